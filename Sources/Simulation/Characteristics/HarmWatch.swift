import Statistics

/// A rollout that goes through its stages whatever happens, with a process that watches the events.
struct HarmWatch: Sendable {
    let model: TrafficModel
    let shares: [Double]
    /// Seconds of each stage.
    let hold: Double
    let ticks: Int
    let seed: UInt64

    init(model: TrafficModel, shares: [Double], hold: Double, ticks: Int = 30, seed: UInt64) {
        self.model = model
        self.shares = shares
        self.hold = hold
        self.ticks = ticks
        self.seed = seed
    }

    /// The candidate's requests until the first alarm; nil: there was none.
    ///
    /// - Parameter see: Takes an event with the slot that it comes in and says whether the alarm is raised.
    func alarm<State>(
        _ replication: Int, _ state: State, see: (inout State, HarmEvent, TrafficSlot, _ stage: Int) -> Bool
    ) -> Double? {
        var state = state
        var world = TrafficWorld(model: model, seed: seed, replication: replication)
        var requests = 0.0
        for (stage, share) in shares.enumerated() {
            world.open(stage: stage, share: share)
            for _ in 0..<ticks {
                let slot = world.next(seconds: hold / Double(ticks))
                for event in slot.events where see(&state, event, slot, stage) {
                    let part = (event.time - slot.start) / slot.seconds
                    return (requests + part * Double(slot.requests.candidate)).rounded(.up)
                }
                requests += Double(slot.requests.candidate)
            }
        }
        return nil
    }
}
