import Metrics
import Statistics

/// The examples that carry a difference: those of which the two arms say something else.
///
/// Few of them prove nothing, however many others agree: were both arms alike, each would have fallen either way
/// as easily, so that no claim may have a smaller p than the turning of their signs gives. Resamples and moments
/// do not know that: two examples that got worse among twenty look sure to a bootstrap.
struct Carriers: Sendable {
    let changed: Int
    /// What each of them adds to candidate minus baseline; nil where one example's share is no measure of it, as
    /// with percentiles and ratios of sums: there all of them count as worse.
    let influences: [Double]?

    /// The smallest p that a claim may have: R. A. Fisher's sign flips, exact up to 15 examples.
    func least(_ alternative: Alternative, seed: UInt64, isRehearsed: Bool = false) -> Double {
        guard let influences else { return Carriers.allAlike(changed) }
        let largest = influences.reduce(0) { max($0, abs($1)) }
        let moving = influences.filter { abs($0) > 1e-9 * largest }
        let exact = isRehearsed ? 10 : 15
        let draws = isRehearsed ? GateOptions.rehearsedFlips : 10_000
        guard largest > 1e-13,
            let flips = try? signFlipTest(
                moving, alternative: alternative, exactUpTo: exact, resamples: draws, seed: seed)
        else { return 1 }
        // Draws show nothing below one in so many, which a large family of claims asks for.
        let isShown = moving.count <= exact || flips.pValue > 3 / Double(draws)
        return isShown ? flips.pValue : Carriers.allAlike(moving.count)
    }

    /// 2⁻ᵏ: every sign the same.
    static func allAlike(_ count: Int) -> Double {
        max(1e-300, exponential(-Double(count) * 0.693_147_180_559_945_3))
    }
}

extension ClassPairs {
    /// The examples whose decision for or against a class differs between the arms.
    func carriers(_ label: Int) -> Carriers {
        var matrix = ClassTable.empty
        func value(_ tally: ClassTable.Tally, _ shift: ClassTable.Part) -> Double {
            tally.fill(&matrix, label, shift)
            return perClass(matrix, 0) ?? 0
        }
        let none = ClassTable.Part()
        let was = value(old, none)
        let now = value(new, none)
        var influences: [Double] = []
        for kind in 0..<alike.before.count {
            let shift = after.part(kind, label).minus(before.part(kind, label))
            guard shift != none else { continue }
            // From either end: what the first of many takes away may not show until the last.
            let first = value(old, shift) - was
            let last = now - value(new, none.minus(shift))
            influences += Array(repeating: (first + last) / 2, count: alike.counts[kind])
        }
        return Carriers(changed: influences.count, influences: influences)
    }
}

extension PairedFunctional {
    /// Of labels: what each changed example does to the metric by itself.
    static func carriers(_ alike: Alike, _ aggregate: Aggregate, member: String?) -> Carriers {
        let kinds = alike.before.count
        var both = alike.before
        for kind in 0..<kinds { both.append(kind, of: alike.after.recoded(both.names)) }
        let functional = Functional(.labels(both), aggregate, member: member)
        var weights = alike.counts.map { Int32($0) } + [Int32](repeating: 0, count: kinds)
        func value() -> Double {
            let found = functional.value(weights.span)
            return found.isFinite ? found : 0
        }
        func turn(_ kind: Int, _ share: Int32) {
            weights[kind] -= share
            weights[kinds + kind] += share
        }
        let changed = (0..<kinds).filter { alike.isChanged($0) }
        let was = value()
        var first: [Double] = []
        for kind in changed {
            turn(kind, 1)
            first.append(value() - was)
            turn(kind, -1)
        }
        for kind in changed { turn(kind, Int32(alike.counts[kind])) }
        let now = value()
        var influences: [Double] = []
        for (place, kind) in changed.enumerated() {
            turn(kind, -1)
            let influence = (first[place] + now - value()) / 2
            turn(kind, 1)
            influences += Array(repeating: influence, count: alike.counts[kind])
        }
        return Carriers(changed: influences.count, influences: influences)
    }
}
