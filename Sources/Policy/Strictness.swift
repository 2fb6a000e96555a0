import Domain

/// When one rule asks for at least as much as another on the same metric and slice: `table` says it in words.
///
/// Everything that the table does not name does not compare: both rules hold.
enum Strictness {
    static let table: [(form: String, stricter: String)] = [
        (">= x, > x", "the higher bound; > before >= at the same bound; with confidently before without"),
        ("<= x, < x", "the lower bound; likewise"),
        ("== x", "stricter than any bound that x satisfies"),
        (
            "no worse than baseline by m",
            "the smaller margin of the same kind (absolute, or share of the baseline)"
        ),
        ("within p% of baseline", "the smaller share"),
        ("in band, within t of expected, spread, k of n", "no looser in any of its numbers"),
        ("order", "the larger gap, for the same two examples"),
        ("pass^k", "the stricter bound, for the same k"),
    ]

    /// Whether every run that passes `form` passes `other` as well.
    static func implies(_ form: GateForm, _ other: GateForm) -> Bool {
        if form == other { return true }
        switch (form, other) {
        case (.compare(let a, let x, let isSure), .compare(let b, let y, let otherIsSure)):
            return (isSure || !otherIsSure) && implies(a, x.value, b, y.value)
        case (.passPower(let k, let a, let x), .passPower(let l, let b, let y)):
            return k == l && implies(a, x.value, b, y.value)
        case (.noWorse(let margin), .noWorse(let other)):
            switch (margin, other) {
            case (.absolute(let a), .absolute(let b)): return a.value <= b.value
            case (.relative(let a), .relative(let b)): return a <= b
            default: return margin == other
            }
        case (.within(let a), .within(let b)): return a <= b
        case (.inBand(let a), .inBand(let b)): return a >= b
        case (.tolerance(let a, let share), .tolerance(let b, let otherShare)):
            return a <= b && share >= otherShare
        case (.spread(let a, let share), .spread(let b, let otherShare)):
            return a.value <= b.value && share >= otherShare
        case (.repeated(let a, let n, let t, let share), .repeated(let b, let m, let u, let otherShare)):
            return n == m && a >= b && t >= u && share >= otherShare
        case (.order(let a, let b, let gap), .order(let c, let d, let otherGap)):
            return a == c && b == d && gap >= otherGap
        default: return false
        }
    }

    private static func implies(_ a: Comparison, _ x: Double, _ b: Comparison, _ y: Double) -> Bool {
        switch (a, b) {
        case (.equal, _): b.holds(x, y)
        case (.atLeast, .atLeast), (.above, .above), (.above, .atLeast): x >= y
        case (.atLeast, .above): x > y
        case (.atMost, .atMost), (.below, .below), (.below, .atMost): x <= y
        case (.atMost, .below): x < y
        default: false
        }
    }

    /// Whether no run can pass both.
    static func contradict(_ form: GateForm, _ other: GateForm) -> Bool {
        switch (form, other) {
        case (.text(let a), .text(let b)): return a != b
        case (.compare(let a, let x, _), .compare(let b, let y, _)): return contradict(a, x.value, b, y.value)
        case (.passPower(let k, let a, let x), .passPower(let l, let b, let y)):
            return k == l && contradict(a, x.value, b, y.value)
        case (.order(let a, let b, _), .order(let c, let d, _)): return a == d && b == c
        default: return false
        }
    }

    private static func contradict(_ a: Comparison, _ x: Double, _ b: Comparison, _ y: Double) -> Bool {
        switch (a, b) {
        case (.equal, _): !b.holds(x, y)
        case (_, .equal): !a.holds(y, x)
        case (.atLeast, .atMost): x > y
        case (.atMost, .atLeast): y > x
        case (.atLeast, .below), (.above, .atMost), (.above, .below): x >= y
        case (.below, .atLeast), (.atMost, .above), (.below, .above): y >= x
        default: false
        }
    }

    /// Forms of different kinds neither imply nor contradict each other.
    static func kind(of form: GateForm) -> String {
        switch form {
        case .compare: "bound"
        case .notWorse: "not worse"
        case .noWorse: "margin"
        case .within: "equivalence"
        case .inBand: "band"
        case .tolerance: "tolerance"
        case .spread: "spread"
        case .repeated: "k of n"
        case .passPower: "pass^k"
        case .order(let above, let below, _): "order " + min(above, below) + "\n" + max(above, below)
        case .text: "text"
        case .kpiBands: "bands"
        }
    }

    /// How strict an answer to being undecided is; nil is the policy's own.
    static func rank(_ unsure: UnsurePolicy?, policy: UnsurePolicy) -> Int {
        switch unsure ?? policy {
        case .continue: 0
        case .default: 1
        case .ask: 2
        case .fail: 3
        }
    }
}
