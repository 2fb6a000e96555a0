import Domain
import Statistics

/// Adds up what a gateway saw, second by second. On the recorder's thread alone.
struct LiveCounter {
    private let gateway: String
    private let capacity: Int
    private let empty: QuantileSketch
    /// Of the current second: places of counts in `counts`.
    private var places: [LiveCount.Place: Int] = [:]
    private var counts: [LiveCount] = []
    /// The place that was found last: most requests have the same stage and no slices.
    private var cached: [CachedPlace] = []
    private var stages: [StageMemory] = []
    private var recent: RecentIDs
    private let since: Int
    private var lookups = 0

    /// The most counts of one second: slices of too many values go without.
    private static let mostCounts = 2048
    /// Stages whose keys are remembered.
    private static let mostStages = 4

    private struct CachedPlace {
        let stage: RecordedStage
        let assigned: LiveArm
        let copy: LiveArm?
        let index: Int
    }

    private struct StageMemory {
        let name: String?
        /// Told apart in the hashes.
        var filter: KeyFilter
    }

    /// - Parameters:
    ///   - capacity: Keys and first events remembered a stage.
    ///   - now: In seconds since 1970.
    init(gateway: String, capacity: Int, now: Int) throws(EstimateError) {
        self.gateway = gateway
        self.capacity = capacity
        empty = try QuantileSketch(relativeError: 0.01)
        recent = RecentIDs(capacity: min(capacity, 1 << 20), now: now)
        since = now
    }

    /// Whether a client's id was seen before.
    mutating func isRepeat(_ identity: RequestIdentity, now: Int) -> Bool {
        identity.isClients && recent.isRepeat(identity.hash, now: now)
    }

    /// Counts an outcome in its place, and in that of each slice.
    ///
    /// - Parameter stage: The stage of the outcome: one object a plan.
    mutating func count(_ outcome: LiveOutcome, stage: RecordedStage, slices: [LiveField], isRepeat: Bool) {
        let copy: LiveArm? = outcome.isCopy ? outcome.arm : nil
        let first = isRepeat ? (isNewKey: false, events: LiveEvents(), full: 0) : firsts(outcome, stage, copy)
        add(outcome, first, isRepeat, at: place(stage, outcome.assigned, copy))
        guard !slices.isEmpty else { return }
        for slice in slices {
            let place = LiveCount.Place(
                plan: stage.plan, stage: stage.name, assigned: outcome.assigned, copy: copy, slice: slice)
            guard let index = index(of: place) else { continue }
            add(outcome, first, isRepeat, at: index)
        }
    }

    /// Counts an event that was learnt of later, by feedback: of whom it was is known where the request is.
    mutating func count(
        _ events: LiveEvents, key: UInt64?, assigned: LiveArm, stage: RecordedStage, slices: [LiveField]
    ) {
        var first = LiveEvents()
        var full = 0
        if let key { (first, full) = firstEvents(events, key, assigned, nil, stage) }
        var indices = [place(stage, assigned, nil)]
        for slice in slices {
            let place = LiveCount.Place(plan: stage.plan, stage: stage.name, assigned: assigned, slice: slice)
            if let index = index(of: place) { indices.append(index) }
        }
        for index in indices {
            tally(events, first, at: index)
            counts[index].unremembered += full
        }
    }

    /// What was counted, and begins anew.
    mutating func close(second: Int, lost: Int) -> LiveSecond {
        var memory = LiveSecond.KeyMemory()
        memory.since = since
        for stage in stages {
            memory.entries += stage.filter.count
            memory.capacity += capacity
            memory.bytes += stage.filter.bytes
            memory.falsePositive = max(memory.falsePositive, stage.filter.falsePositive)
        }
        memory.expectedMissed = memory.falsePositive * Double(lookups)
        lookups = 0
        let all = counts.sorted { $0.place.precedes($1.place) }
        counts.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        cached.removeAll(keepingCapacity: true)
        return LiveSecond(second: second, gateways: [gateway], counts: all, memory: memory, lost: lost)
    }

    // MARK: - Places

    private mutating func place(_ stage: RecordedStage, _ assigned: LiveArm, _ copy: LiveArm?) -> Int {
        for entry in cached where entry.stage === stage && entry.assigned == assigned && entry.copy == copy {
            return entry.index
        }
        let place = LiveCount.Place(plan: stage.plan, stage: stage.name, assigned: assigned, copy: copy)
        let index = known(place) ?? append(place)
        cached.append(CachedPlace(stage: stage, assigned: assigned, copy: copy, index: index))
        return index
    }

    private func known(_ place: LiveCount.Place) -> Int? { places[place] }

    private mutating func append(_ place: LiveCount.Place) -> Int {
        counts.append(LiveCount(place, sketch: empty))
        places[place] = counts.count - 1
        return counts.count - 1
    }

    /// The place of a slice; nil where there are too many.
    private mutating func index(of place: LiveCount.Place) -> Int? {
        if let index = known(place) { return index }
        return counts.count < Self.mostCounts ? append(place) : nil
    }

    // MARK: - Adding

    private mutating func add(
        _ outcome: LiveOutcome, _ first: (isNewKey: Bool, events: LiveEvents, full: Int), _ isRepeat: Bool,
        at index: Int
    ) {
        if isRepeat {
            counts[index].repeats += 1
            return
        }
        counts[index].requests += 1
        if outcome.key == nil { counts[index].withoutKey += 1 }
        if first.isNewKey { counts[index].keys += 1 }
        counts[index].unremembered += first.full
        tally(outcome.events, first.events, at: index)
        if outcome.failure == nil, let last = outcome.timings.lastByteMilliseconds {
            add(last, to: \.latency, at: index)
        }
        if let token = outcome.timings.firstTokenMilliseconds { add(token, to: \.firstToken, at: index) }
        guard let usage = outcome.usage else { return }
        if let tokens = usage.outputTokens {
            counts[index].outputTokens += tokens
            add(Double(tokens), to: \.length, at: index)
        }
        if let tokens = usage.inputTokens { counts[index].inputTokens += tokens }
        if let cost = usage.cost { add(cost, to: \.cost, at: index) }
    }

    private mutating func add(
        _ value: Double, to sketch: WritableKeyPath<LiveCount, QuantileSketch>, at index: Int
    ) {
        // What is not finite is no measurement.
        do throws(EstimateError) { try counts[index][keyPath: sketch].add(value) } catch {}
    }

    private mutating func tally(_ events: LiveEvents, _ first: LiveEvents, at index: Int) {
        guard !events.isEmpty else { return }
        for (bit, named) in LiveEvents.named.enumerated() {
            if events.contains(named.event) { counts[index].events[bit] += 1 }
            if first.contains(named.event) { counts[index].firstEvents[bit] += 1 }
        }
    }

    // MARK: - First events

    private mutating func firsts(
        _ outcome: LiveOutcome, _ stage: RecordedStage, _ copy: LiveArm?
    ) -> (isNewKey: Bool, events: LiveEvents, full: Int) {
        guard let key = outcome.key else { return (false, [], 0) }
        let memory = memory(of: stage)
        lookups += 1
        var (events, full) = (LiveEvents(), 0)
        let isNew = stages[memory].filter.insert(Self.mixed(key, outcome.assigned, copy, 15))
        if isNew == .full { full += 1 }
        if !outcome.events.isEmpty {
            let (first, more) = firstEvents(outcome.events, key, outcome.assigned, copy, stage)
            events = first
            full += more
        }
        return (isNew == .new, events, full)
    }

    private mutating func firstEvents(
        _ events: LiveEvents, _ key: UInt64, _ assigned: LiveArm, _ copy: LiveArm?, _ stage: RecordedStage
    ) -> (LiveEvents, Int) {
        let memory = memory(of: stage)
        var (first, full) = (LiveEvents(), 0)
        for (bit, named) in LiveEvents.named.enumerated() where events.contains(named.event) {
            lookups += 1
            switch stages[memory].filter.insert(Self.mixed(key, assigned, copy, UInt64(bit))) {
            case .new: first.insert(named.event)
            case .known: continue
            case .full: full += 1
            }
        }
        return (first, full)
    }

    /// The memory of a stage, which lives as long as the last four stages do. A stage is known by its name, so that a
    /// new plan of the same stage goes on; without a name by the plan.
    private mutating func memory(of stage: RecordedStage) -> Int {
        let name = stage.name ?? stage.plan.map { "plan \($0)" }
        if let last = stages.last, last.name == name { return stages.count - 1 }
        if let place = stages.firstIndex(where: { $0.name == name }) { return place }
        if stages.count == Self.mostStages { stages.removeFirst() }
        stages.append(StageMemory(name: name, filter: KeyFilter(capacity: capacity)))
        return stages.count - 1
    }

    /// One hash of a key, an arm and an event (15: that it was there).
    private static func mixed(_ key: UInt64, _ assigned: LiveArm, _ copy: LiveArm?, _ bit: UInt64) -> UInt64 {
        var word =
            key ^ (number(assigned) << 8 | (copy.map { number($0) + 1 } ?? 0) << 4 | bit)
            &* 0xD6E8_FEB8_6659_FD93
        word = (word ^ (word >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return word ^ (word >> 29)
    }

    private static func number(_ arm: LiveArm) -> UInt64 {
        switch arm {
        case .production: 0
        case .candidate: 1
        case .control: 2
        }
    }
}
