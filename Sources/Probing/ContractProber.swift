import Deployment
import Digest
import Domain
import Synchronization

/// Time as probes and steps need it.
public struct ProbeClock: Sendable {
    /// Seconds on a monotonic clock.
    public let now: @Sendable () -> Double
    /// False where the task was cancelled.
    public let sleep: @Sendable (Double) async -> Bool

    public init(now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Double) async -> Bool) {
        self.now = now
        self.sleep = sleep
    }
}

/// Asks a deployment's instances the probes of its contract.
public struct ContractProber: Sendable {
    public struct Instance: Sendable {
        /// As reports call it.
        public let name: String
        public let target: any Target

        public init(name: String, target: any Target) {
            self.name = name
            self.target = target
        }
    }

    private let instances: [Instance]
    private let limits: ReplayLimits
    private let run: String
    private let clock: ProbeClock
    /// Longest wait that an app may ask of a check that is to take seconds.
    private static let patience = 5.0

    public init(_ instances: [Instance], limits: ReplayLimits, run: String, clock: ProbeClock) {
        self.instances = instances
        self.limits = limits
        self.run = run
        self.clock = clock
    }

    /// Every probe of every instance, in the order of examples and instances, whichever answered first. What is
    /// unreachable or throttled is tried again, as often as the policy retries; what was served is not.
    public func looks(_ examples: [Example], concurrency: Int) async -> [ContractJudge.Look] {
        let work = examples.flatMap { example in instances.map { (example, $0) } }
        var looks = [ContractJudge.Look?](repeating: nil, count: work.count)
        await withTaskGroup(of: (Int, ContractJudge.Look).self) { group in
            var next = 0
            func begin() {
                guard next < work.count else { return }
                let (index, (example, instance)) = (next, work[next])
                next += 1
                group.addTask { (index, await look(example, instance)) }
            }
            for _ in 0..<max(1, concurrency) { begin() }
            while let (index, look) = await group.next() {
                looks[index] = look
                begin()
            }
        }
        return looks.compactMap { $0 }
    }

    private func look(_ example: Example, _ instance: Instance) async -> ContractJudge.Look {
        var attempt = 0
        while true {
            let probe = await ask(example, instance, attempt: attempt)
            guard let wait = wait(after: probe, attempt), attempt < limits.retries, await clock.sleep(wait)
            else {
                return ContractJudge.Look(example: example.id, target: instance.name, probe: probe)
            }
            attempt += 1
        }
    }

    /// Nil where it is of no use to ask again: an app that served badly is to be seen.
    private func wait(after probe: Probe, _ attempt: Int) -> Double? {
        guard case .failed(let failure) = probe.result else { return nil }
        switch failure.cause {
        case .unreachable: return 0.1 * Double(1 << min(attempt, 5))
        case .throttled: return min(Self.patience, probe.pacing.retryAfterSeconds ?? 0.5)
        default: return nil
        }
    }

    private func ask(_ example: Example, _ instance: Instance, attempt: Int) async -> Probe {
        let name = "\(run)/\(instance.name)/\(example.id)"
        let question = Question(
            example: example, query: example.query, history: example.history, arm: .candidate, repetition: 0,
            turn: example.history.count { $0.role == .user }, attempt: attempt, session: nil, runID: run,
            idempotencyKey: "sluice-" + String(ContentDigest(of: name).hex.prefix(32)),
            timeoutSeconds: limits.timeoutSeconds)
        if let probed = instance.target as? any ProbedTarget { return await probed.probe(question) }
        let result = await instance.target.ask(question)
        return Probe(
            method: instance.target.identity.kind, url: instance.target.identity.address, body: nil,
            result: result.result, response: nil, pacing: result.pacing)
    }
}

/// Which examples of a data set are a contract's probes: always the same ones, wherever rows stand, and few others
/// when rows are added.
public struct ProbeDraw: Sendable {
    private let count: Int
    private let seed: UInt64
    /// Highest key first out.
    private var drawn: [(key: UInt64, id: String, row: Int)] = []
    private var rows = 0

    public init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
    }

    /// Notes the next example. O(log n) in the number drawn where it is taken.
    public mutating func note(_ id: String) {
        defer { rows += 1 }
        let key = XXHash.xxh3(id, seed: seed)
        if drawn.count == count {
            guard let last = drawn.last, key < last.key else { return }
            drawn.removeLast()
        }
        let place = drawn.firstIndex { key < $0.key } ?? drawn.count
        drawn.insert((key, id, rows), at: place)
    }

    /// Rows of the data set, in its order.
    public var chosen: [Int] { drawn.map(\.row).sorted() }
}
