/// How one simulated rollout ended, and what it cost.
public struct RolloutOutcome: Sendable, Hashable {
    public enum Ending: Sendable, Hashable {
        case rolledBack(RollbackCause)
        case promoted
        /// Undecided when the plan's patience ended.
        case onHold
    }

    public let ending: Ending
    /// Seconds from the start of the rollout to its end.
    public let seconds: Double
    /// Requests that the candidate answered until then.
    public let candidateRequests: Int
    /// Distinct users that met the candidate until then.
    public let usersExposed: Int
    /// Distinct users that something bad happened to while they had the candidate.
    public let usersHarmed: Int
    /// The first second at which the candidate differed; nil where the rollout ended before.
    public let changeBegan: Double?

    public init(
        ending: Ending, seconds: Double, candidateRequests: Int, usersExposed: Int, usersHarmed: Int,
        changeBegan: Double? = nil
    ) {
        self.ending = ending
        self.seconds = seconds
        self.candidateRequests = candidateRequests
        self.usersExposed = usersExposed
        self.usersHarmed = usersHarmed
        self.changeBegan = changeBegan
    }

    public var isRolledBack: Bool {
        if case .rolledBack = ending { return true }
        return false
    }
}

/// Runs one rollout over one replication of the traffic.
public enum RolloutRun {
    /// - Parameter longest: Seconds after which a rollout that has not ended counts as on hold.
    public static func outcome(
        _ loop: any RolloutLoop, model: TrafficModel, tick: Double, longest: Double, seed: UInt64,
        replication: Int
    ) -> RolloutOutcome {
        var loop = loop
        var world = TrafficWorld(model: model, seed: seed, replication: replication)
        world.open(stage: 0, share: loop.firstShare)
        var requests = 0
        var exposed = 0
        var harmed = 0
        var change = model.changeBegins(opening: 0, at: 0)
        while true {
            let slot = world.next(seconds: tick)
            let step = loop.see(slot)
            var until = slot.end
            if case .rollBack(let time, _) = step { until = min(slot.end, max(slot.start, time)) }
            // Within a slot requests come evenly.
            let part = (until - slot.start) / slot.seconds
            requests += Int((Double(slot.requests.candidate) * part).rounded(.up))
            exposed += Int((Double(slot.newlyExposed) * part).rounded(.up))
            for event in slot.events where event.harmsNewUser && event.time <= until { harmed += 1 }
            func ended(_ ending: RolloutOutcome.Ending) -> RolloutOutcome {
                RolloutOutcome(
                    ending: ending, seconds: until, candidateRequests: requests, usersExposed: exposed,
                    usersHarmed: harmed, changeBegan: change.flatMap { $0 <= until ? $0 : nil })
            }
            switch step {
            case .stay: break
            case .open(let stage, let share):
                world.open(stage: stage, share: share)
                let opened = model.changeBegins(opening: stage, at: slot.end)
                change = [change, opened].compactMap { $0 }.min()
            case .promote: return ended(.promoted)
            case .giveUp: return ended(.onHold)
            case .rollBack(_, let cause): return ended(.rolledBack(cause))
            }
            if slot.end >= longest { return ended(.onHold) }
        }
    }
}
