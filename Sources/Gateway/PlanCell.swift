import HTTPServer
import Synchronization

/// The plan that is acted on: published by one thread, read by each loop once a request.
///
/// A loop holds the plan it read last and looks at one number; only after a change does it take the lock.
final class PlanCell: Sendable {
    private struct Held {
        var generation: Int
        var plan: ActivePlan
    }

    /// What one loop read last.
    private final class Kept {
        var generation: Int
        var plan: ActivePlan

        init(_ held: Held) { (generation, plan) = (held.generation, held.plan) }
    }

    private let generation = Atomic<Int>(0)
    private let published: Mutex<Held>
    private let local: LoopLocal<Kept>

    init(_ first: ActivePlan) {
        published = Mutex(Held(generation: 0, plan: first))
        local = LoopLocal { _ in Kept(Held(generation: 0, plan: first)) }
    }

    /// Holds for every request that begins from here on.
    func publish(_ plan: ActivePlan) {
        published.withLock { held in
            held = Held(generation: held.generation + 1, plan: plan)
            generation.store(held.generation, ordering: .releasing)
        }
    }

    /// Must be called on a loop.
    func current() -> ActivePlan {
        let newest = generation.load(ordering: .acquiring)
        let kept = local.here
        if kept.generation != newest {
            let held = published.withLock { $0 }
            (kept.generation, kept.plan) = (held.generation, held.plan)
        }
        return kept.plan
    }

    /// From anywhere.
    var newest: ActivePlan { published.withLock { $0.plan } }
}

/// Why nobody meets the candidate, whatever the plan says; read by every request.
final class GatewayGate: Sendable {
    private static let blown = 1
    private static let expired = 2
    private let reasons = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)

    var isOpen: Bool { reasons.load(ordering: .relaxed) == 0 }
    var isBlown: Bool { reasons.load(ordering: .relaxed) & Self.blown != 0 }
    var isExpired: Bool { reasons.load(ordering: .relaxed) & Self.expired != 0 }
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func setBlown(_ isBlown: Bool) { set(Self.blown, isBlown) }
    func setExpired(_ isExpired: Bool) { set(Self.expired, isExpired) }
    func drain() { draining.store(true, ordering: .relaxed) }

    private func set(_ reason: Int, _ holds: Bool) {
        if holds {
            reasons.bitwiseOr(reason, ordering: .sequentiallyConsistent)
        } else {
            reasons.bitwiseAnd(~reason, ordering: .sequentiallyConsistent)
        }
    }
}
