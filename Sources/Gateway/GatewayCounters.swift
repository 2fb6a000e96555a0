import HTTPServer
import Rollout
import Synchronization

/// A number that one thread adds to and others read.
final class Tally: Sendable {
    private let value = Atomic<Int>(0)
    func add(_ count: Int = 1) { value.add(count, ordering: .relaxed) }
    var count: Int { value.load(ordering: .relaxed) }
}

/// Times in buckets, for Prometheus.
final class TimeBuckets: Sendable {
    /// Upper ends, in seconds.
    static let ends = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
    ]
    private static let nanoseconds = ends.map { UInt64($0 * 1e9) }
    let buckets = (0...TimeBuckets.ends.count).map { _ in Tally() }
    /// In microseconds.
    let sum = Tally()

    func add(_ nanoseconds: UInt64) {
        var index = 0
        while index < Self.nanoseconds.count, nanoseconds > Self.nanoseconds[index] { index += 1 }
        buckets[index].add()
        sum.add(Int(nanoseconds / 1000))
    }
}

/// What one loop counts; the sums are read by the metrics.
final class LoopCounters: Sendable {
    final class Arm: Sendable {
        /// Requests whose answer this arm gave, by the hundreds of the status: index 1 for 1xx (upgrades) to 5.
        let statuses = (0...5).map { _ in Tally() }
        /// Requests that the split put here.
        let assigned = Tally()
        /// Requests to which it gave no answer, or a broken one.
        let failures = Tally()
        let firstByte = TimeBuckets()
        let total = TimeBuckets()
    }

    let production = Arm()
    let candidate = Arm()
    let fallbacks = Tally()
    let clientsGone = Tally()
    let overrides = Tally()
    let refusedOverrides = Tally()
    let keyless = Tally()
    let ineligible = Tally()
    let upgrades = Tally()
    let own = Tally()
    /// Requests that the mirror's rules and share take.
    let mirrorable = Tally()

    func arm(_ arm: ArmName) -> Arm { arm == .production ? production : candidate }
}

/// The counters of all loops.
final class GatewayCounters: Sendable {
    private final class Shelf: Sendable {
        let all = Mutex<[LoopCounters]>([])
    }

    private let shelf = Shelf()
    private let local: LoopLocal<LoopCounters>

    init() {
        local = LoopLocal { [shelf] _ in
            let counters = LoopCounters()
            shelf.all.withLock { $0.append(counters) }
            return counters
        }
    }

    /// The calling loop's own.
    var here: LoopCounters { local.here }

    func sum(_ tally: (LoopCounters) -> Tally) -> Int {
        shelf.all.withLock { $0 }.reduce(0) { $0 + tally($1).count }
    }
}
