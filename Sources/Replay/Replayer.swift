import Digest
import Domain
import Synchronization

/// Asks what a plan says and hands every observation on as it comes: to the log first, then to the scorer.
///
/// Both arms of an example are asked by the same worker, one after the other in an order that is drawn, so that what
/// disturbs one arm disturbs both, and no kind of example gives one arm all first places. What was settled before is not asked again.
public struct Replayer: Sendable {
    public typealias Sink = @Sendable (_ example: Int, Example, [Observation]) throws -> Void

    private let plan: ReplayPlan
    private let clock: any ReplayClock
    private let log: any ObservationLog
    private let sink: Sink
    private let progress: @Sendable (ReplayProgress) -> Void

    public init(
        plan: ReplayPlan, clock: any ReplayClock, log: any ObservationLog, sink: @escaping Sink,
        progress: @escaping @Sendable (ReplayProgress) -> Void
    ) {
        self.plan = plan
        self.clock = clock
        self.log = log
        self.sink = sink
        self.progress = progress
    }

    /// What each arm has open first, asked alone: it shows whether the app is there, what it shows, and which
    /// versions it runs. An arm that has nothing open is left alone. It is in the log already.
    public struct Rehearsal: Sendable {
        let answers: [(unit: ReplayPlan.Unit, observation: Observation)]
        let versions: [Arm: String]

        public var observations: [Observation] { answers.map(\.observation) }
    }

    /// - Throws: `ReplayInterruption`; what was answered until then is in the log.
    public func run(settled: Settled, after rehearsal: Rehearsal) async throws {
        let passage = begin(settled: settled, after: rehearsal)
        let work = WorkQueue(exampleCount: plan.examples.count)
        let workers = min(plan.limits.concurrency, max(1, plan.examples.count))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    while let example = work.next() {
                        if Task.isCancelled { return }
                        try await passage.ask(example)
                    }
                }
            }
            try await group.waitForAll()
        }
        if Task.isCancelled {
            throw ReplayInterruption.stopped(done: passage.done, planned: plan.planned)
        }
    }

    /// A replay under way: its examples are asked one at a time, in any order and by any task.
    struct Passage: Sendable {
        fileprivate let replayer: Replayer
        fileprivate let askers: [Arm: Asker]
        fileprivate let versions: [Arm: String]
        fileprivate let settled: Settled
        fileprivate let shared: SharedState
        fileprivate let began: Double

        /// Observations that are settled.
        var done: Int { shared.done }
        var planned: Int { replayer.plan.planned }

        /// Asks all that is open of one example.
        ///
        /// - Throws: `ReplayInterruption` where an arm is given up, what log and sink throw.
        func ask(_ example: Int) async throws {
            try await replayer.ask(example, askers, settled, versions, shared, began)
            if let (arm, why) = shared.givenUp { throw ReplayInterruption.unreachable(arm, why) }
        }
    }

    func begin(settled: Settled, after rehearsal: Rehearsal) -> Passage {
        let shared = SharedState(settled: settled.count)
        // One that was read back from the log is settled, and scored there.
        for answer in rehearsal.answers where !settled[answer.unit] {
            shared.keep(answer.observation, for: answer.unit)
        }
        return Passage(
            replayer: self, askers: makeAskers(), versions: rehearsal.versions, settled: settled,
            shared: shared, began: clock.now())
    }

    private func makeAskers() -> [Arm: Asker] {
        var askers: [Arm: Asker] = [:]
        for arm in plan.arms {
            guard let target = plan.targets[arm] else { continue }
            let pacer = Pacer(
                concurrency: plan.limits.concurrency, requestsPerSecond: plan.limits.requestsPerSecond)
            askers[arm] = Asker(
                target: target, arm: arm, limits: plan.limits, conversation: plan.conversation,
                runID: plan.runID,
                pacer: Mutexed(pacer), clock: clock,
                waiting: { [plan, progress] words in
                    var step = ReplayProgress(done: 0, planned: plan.planned, failed: 0, seconds: 0)
                    step.waiting = words
                    progress(step)
                })
        }
        return askers
    }

    /// - Parameter settled: What is not to be asked again.
    public func rehearse(settled: Settled) async throws -> Rehearsal {
        var versions: [Arm: String] = [:]
        var answers: [(unit: ReplayPlan.Unit, observation: Observation)] = []
        let askers = makeAskers()
        for arm in plan.arms {
            guard let asker = askers[arm], let unit = settled.firstOpen(arm) else { continue }
            let example = try plan.examples.example(unit.example)
            guard let observation = await asker.observe(example, repetition: unit.repetition) else {
                throw ReplayInterruption.stopped(done: settled.count, planned: plan.planned)
            }
            if let failure = observation.failure, failure.cause == .unreachable {
                throw ReplayInterruption.unreachable(arm, failure.detail)
            }
            try log.append(observation)
            versions[arm] = observation.answer.flatMap(shownVersions)
            answers.append((unit, observation))
        }
        return Rehearsal(answers: answers, versions: versions)
    }

    /// All repeats of one example in all arms.
    private func ask(
        _ index: Int, _ askers: [Arm: Asker], _ settled: Settled, _ versions: [Arm: String],
        _ shared: SharedState, _ began: Double
    ) async throws {
        let repeats = Int(plan.starts[index + 1] - plan.starts[index])
        let arms = plan.arms
        let order = AskingOrder(seed: plan.seed, count: arms.count)
        var missing: [ReplayPlan.Unit] = []
        for repetition in 0..<repeats {
            for place in order.places(index, repetition: repetition) {
                let unit = ReplayPlan.Unit(example: index, arm: arms[place], repetition: repetition)
                if !settled[unit] { missing.append(unit) }
            }
        }
        guard !missing.isEmpty else { return }
        let example = try plan.examples.example(index)
        var observations: [Observation] = []
        for unit in missing {
            guard let asker = askers[unit.arm] else { continue }
            var kept = shared.take(unit)
            if kept == nil {
                kept = try await observe(example, unit, asker, versions[unit.arm])
                if let kept { try log.append(kept) }
            }
            guard let observation = kept else { break }
            shared.count(observation)
            observations.append(observation)
            progress(shared.progress(planned: plan.planned, seconds: clock.now() - began))
        }
        if !observations.isEmpty { try sink(index, example, observations) }
    }

    private func observe(
        _ example: Example, _ unit: ReplayPlan.Unit, _ asker: Asker, _ versions: String?
    ) async throws -> Observation? {
        // Without versions shown, an answer of yesterday may be another app's.
        guard let cache = plan.cache, let versions else {
            return await asker.observe(example, repetition: unit.repetition)
        }
        let key = Replayer.cacheKey(
            example, unit, asker.target.identity, versions, plan.conversation)
        if let kept = try cache.observation(key) {
            return Observation(
                example: example.id, arm: unit.arm, repetition: unit.repetition, outcome: kept.outcome,
                earlierTurns: kept.earlierTurns, attempts: kept.attempts, throttled: kept.throttled,
                fromCache: true)
        }
        guard let observation = await asker.observe(example, repetition: unit.repetition) else { return nil }
        // An answer of another version than was rehearsed is kept for nobody.
        if let answer = observation.answer, shownVersions(answer) == versions {
            try cache.keep(observation, key)
        }
        return observation
    }

    /// All that decides an answer, as far as the outside can know: the target, its versions, the request, the repeat.
    static func cacheKey(
        _ example: Example, _ unit: ReplayPlan.Unit, _ identity: TargetIdentity, _ versions: String,
        _ conversation: AppPolicy.Conversation
    ) -> String {
        var hash = SHA256()
        var parts = [
            identity.kind, identity.address, identity.configuration, versions, conversation.rawValue,
            String(unit.repetition), example.id, example.query,
        ]
        for message in example.history { parts += [message.role.rawValue, message.content] }
        parts += example.context
        for column in example.columns { parts += [column.name, column.value] }
        for part in parts {
            // Lengths keep ("ab", "c") apart from ("a", "bc").
            hash.update(String(part.utf8.count) + ":")
            hash.update(part)
        }
        return hash.finish().hex
    }
}

/// Example numbers, handed out once each.
final class WorkQueue: Sendable {
    private let position = Atomic<Int>(0)
    private let exampleCount: Int

    init(exampleCount: Int) { self.exampleCount = exampleCount }

    func next() -> Int? {
        let taken = position.wrappingAdd(1, ordering: .relaxed).oldValue
        return taken < exampleCount ? taken : nil
    }
}

/// What the workers count together.
final class SharedState: Sendable {
    private struct Content: Sendable {
        var done: Int
        var failed = 0
        var kept: [ReplayPlan.Unit: Observation] = [:]
        var unreachableInARow: [Arm: Int] = [:]
        var givenUp: Arm?
        var why = ""
    }

    private let content: Mutexed<Content>
    /// Refused connections in a row after which an arm is given up.
    private static let patience = 20

    init(settled: Int) { content = Mutexed(Content(done: settled)) }

    /// What is in the log: what was counted, and what was rehearsed and not taken up yet.
    var done: Int { content.withLock { $0.done + $0.kept.count } }

    var givenUp: (Arm, String)? {
        content.withLock { content in content.givenUp.map { ($0, content.why) } }
    }

    func keep(_ observation: Observation, for unit: ReplayPlan.Unit) {
        content.withLock { $0.kept[unit] = observation }
    }

    func take(_ unit: ReplayPlan.Unit) -> Observation? {
        content.withLock { $0.kept.removeValue(forKey: unit) }
    }

    func count(_ observation: Observation) {
        content.withLock { content in
            content.done += 1
            guard let failure = observation.failure else {
                content.unreachableInARow[observation.arm] = 0
                return
            }
            content.failed += 1
            guard failure.cause == .unreachable else { return }
            let row = content.unreachableInARow[observation.arm, default: 0] + 1
            content.unreachableInARow[observation.arm] = row
            if row >= SharedState.patience, content.givenUp == nil {
                content.givenUp = observation.arm
                content.why = failure.detail
            }
        }
    }

    func progress(planned: Int, seconds: Double) -> ReplayProgress {
        content.withLock {
            ReplayProgress(done: $0.done, planned: planned, failed: $0.failed, seconds: seconds)
        }
    }
}

/// The versions that an answer shows, as one text; nil where it shows none.
func shownVersions(_ answer: Answer) -> String? {
    guard let shown = answer.versions, !shown.isEmpty else { return nil }
    return shown.map { $0.name + "=" + $0.value }.joined(separator: "\n")
}
