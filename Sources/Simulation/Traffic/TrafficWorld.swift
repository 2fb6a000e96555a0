import Glibc
import Statistics

/// One replication of the traffic: what happens is a function of (model, seed, replication) and of the shares that
/// the rollout opens, on any number of threads.
///
/// Requests arrive as a Poisson process; each user has a hash that decides the arm for each share, so a user who
/// meets the candidate at 1 % still does at 10 %. What is drawn are events and counts, not requests one by one: by
/// the thinning of Poisson processes that is the same distribution, and the cost does not grow with the rate. A
/// burst begins at any request and all of it fails within seconds.
public struct TrafficWorld: Sendable {
    private let model: TrafficModel
    private var stream: RandomStream
    private var time = 0.0
    private var stage = 0
    /// What the hash really gives to the candidate.
    private var share = 0.0
    private var groups: [GroupState] = []
    private var seen: [KeySet]
    private var harmed = KeySet()
    private var pending: [Draft] = []
    private var nextKey: UInt64 = 1 << 63

    /// - Parameter replication: Streams of different replications are independent.
    public init(model: TrafficModel, seed: UInt64, replication: Int) {
        self.model = model
        stream = RandomStream(seed: seed, stream: UInt64(replication))
        seen = model.metrics.map { _ in KeySet() }
        groups = model.population.groups.map { GroupState($0) }
    }

    /// Gives this share of users to the candidate; it never falls while a rollout runs.
    ///
    /// - Parameter configured: As the plan says; the model's error of the share comes on top.
    public mutating func open(stage: Int, share configured: Double) {
        self.stage = stage
        let wanted = min(1, max(share, configured * model.shareError))
        let moved = share < 1 ? (wanted - share) / (1 - share) : 0
        for index in groups.indices { groups[index].move(moved, &stream) }
        share = wanted
    }

    /// What happens in the next seconds.
    public mutating func next(seconds: Double) -> TrafficSlot {
        var slot = TrafficSlot(start: time, seconds: seconds)
        let middle = time + seconds / 2
        let volume = model.rate * model.profile.factor(at: middle) * seconds
        let weight = candidateWeight
        var harmless = (baseline: 1.0, candidate: 1.0)
        var drafts: [Draft] = []
        for (index, metric) in model.metrics.enumerated() {
            let base = metric.baseRate(at: middle)
            let hit = metric.harm?.rate(base: base, at: middle, stage: stage) ?? base
            let slice = metric.harm?.slice ?? 1
            harmless.baseline -= base
            harmless.candidate -= slice * hit + (1 - slice) * base
            let starts = 1 / Double(metric.burst)
            let unharmed = stream.poisson(volume * (1 - weight) * base * starts)
            let most = max(base, hit)
            let tried = stream.poisson(volume * weight * most * starts)
            for _ in 0..<unharmed { add(index, false, &slot, &drafts) }
            for _ in 0..<tried {
                // Inside the slice the rate is `hit`, outside it stays `base`.
                let rate = slice >= 1 || stream.unit() < slice ? hit : base
                if rate >= most || stream.unit() * most < rate { add(index, true, &slot, &drafts) }
            }
        }
        let quiet = ArmCounts(
            baseline: stream.poisson(volume * (1 - weight) * max(0, harmless.baseline)),
            candidate: stream.poisson(volume * weight * max(0, harmless.candidate)))
        meet(quiet, volume, &slot)
        slot.requests += quiet
        deliver(drafts, &slot)
        time += seconds
        return slot
    }

    /// The part of all requests that goes to the candidate.
    private var candidateWeight: Double {
        guard !groups.isEmpty else { return share }
        var weight = 0.0
        for group in groups { weight += Double(group.candidates) * group.weight }
        return min(1, weight)
    }

    private mutating func add(
        _ metric: Int, _ isCandidate: Bool, _ slot: inout TrafficSlot, _ drafts: inout [Draft]
    ) {
        let definition = model.metrics[metric]
        let key = pick(isCandidate)
        if isCandidate {
            slot.requests.candidate += definition.burst
        } else {
            slot.requests.baseline += definition.burst
        }
        if groups.isEmpty {
            slot.newKeys += ArmCounts(baseline: isCandidate ? 0 : 1, candidate: isCandidate ? 1 : 0)
            if isCandidate { slot.newlyExposed += 1 }
        }
        let happened = slot.start + slot.seconds * stream.unit()
        let reported = isCandidate ? definition.feedback.candidate : definition.feedback.baseline
        if reported < 1, stream.unit() >= reported { return }
        var learnt = happened
        if definition.feedback.delay > 0 { learnt += definition.feedback.delay * stream.exponential() }
        drafts.append(
            Draft(time: learnt, key: key, metric: metric, isCandidate: isCandidate, stage: stage))
    }

    /// A user of the arm, by activity.
    private mutating func pick(_ isCandidate: Bool) -> UInt64 {
        guard !groups.isEmpty else {
            nextKey += 1
            return nextKey
        }
        var total = 0.0
        for group in groups { total += group.weight * Double(group.users(isCandidate)) }
        var place = stream.unit() * total
        var chosen = 0
        for index in groups.indices {
            let part = groups[index].weight * Double(groups[index].users(isCandidate))
            if part > 0 { chosen = index }
            if place < part { break }
            place -= part
        }
        let group = groups[chosen]
        let number = stream.index(below: max(1, group.users(isCandidate)))
        let user = isCandidate ? number : group.candidates + number
        return UInt64(chosen) << 40 | UInt64(user)
    }

    private mutating func meet(_ quiet: ArmCounts, _ volume: Double, _ slot: inout TrafficSlot) {
        guard !groups.isEmpty else {
            slot.newKeys += quiet
            slot.newlyExposed += quiet.candidate
            return
        }
        for index in groups.indices {
            let met = groups[index].meet(volume, &stream)
            slot.newKeys += met.new
            slot.newlyExposed += met.exposed
        }
    }

    private mutating func deliver(_ drafts: [Draft], _ slot: inout TrafficSlot) {
        var due: [Draft] = []
        if pending.isEmpty, drafts.allSatisfy({ $0.time < slot.end }) {
            due = drafts
        } else {
            let all = pending + drafts
            pending = all.filter { $0.time >= slot.end }
            due = all.filter { $0.time < slot.end }
        }
        due.sort { $0.time < $1.time }
        slot.events.reserveCapacity(due.count)
        for draft in due {
            slot.events.append(
                HarmEvent(
                    time: draft.time, metric: draft.metric, isCandidate: draft.isCandidate,
                    stage: draft.stage, isFirst: seen[draft.metric].insert(draft.key),
                    harmsNewUser: draft.isCandidate && harmed.insert(draft.key),
                    requests: model.metrics[draft.metric].burst))
        }
    }

    private struct Draft: Sendable {
        let time: Double
        let key: UInt64
        let metric: Int
        let isCandidate: Bool
        let stage: Int
    }
}

/// The users of one activity: how many have which arm, and were seen.
///
/// Each user's hash is independent of all else, so what a wider share moves are binomial parts; and the users of a
/// group may be numbered by their hash, so that the first `candidates` of them are the candidate's.
private struct GroupState: Sendable {
    let size: Int
    let weight: Double
    private var unseenBaseline: Int
    private var seenBaseline = 0
    private var unseenCandidate = 0
    /// Seen before they were moved, and not since.
    private var movedCandidate = 0
    private(set) var candidates = 0

    init(_ group: UserPopulation.Group) {
        size = group.users
        weight = group.weight
        unseenBaseline = group.users
    }

    func users(_ isCandidate: Bool) -> Int { isCandidate ? candidates : size - candidates }

    mutating func move(_ part: Double, _ stream: inout RandomStream) {
        let unseen = stream.binomial(unseenBaseline, part)
        let seen = stream.binomial(seenBaseline, part)
        unseenBaseline -= unseen
        seenBaseline -= seen
        unseenCandidate += unseen
        movedCandidate += seen
        candidates += unseen + seen
    }

    /// Who makes a request for the first time, of `volume` requests of all users.
    mutating func meet(
        _ volume: Double, _ stream: inout RandomStream
    ) -> (new: ArmCounts, exposed: Int) {
        let chance = -expm1(-volume * weight)
        let baseline = stream.binomial(unseenBaseline, chance)
        let candidate = stream.binomial(unseenCandidate, chance)
        let again = stream.binomial(movedCandidate, chance)
        unseenBaseline -= baseline
        seenBaseline += baseline
        unseenCandidate -= candidate
        movedCandidate -= again
        return (ArmCounts(baseline: baseline, candidate: candidate), candidate + again)
    }
}
