import Domain
import Text

/// Findings as they come, at most so many of a code; the rest are counted.
struct FindingLog: Sendable {
    static let kept = 1000
    private(set) var findings: [LintCode: [Finding]] = [:]
    private(set) var counts: [LintCode: [Finding.Severity: Int]] = [:]

    mutating func add(_ finding: Finding) {
        counts[finding.code, default: [:]][finding.severity, default: 0] += 1
        if findings[finding.code]?.count ?? 0 < FindingLog.kept {
            findings[finding.code, default: []].append(finding)
        }
    }

    /// Findings of which no more is known than how many there are.
    mutating func count(_ number: Int, _ severity: Finding.Severity, _ code: LintCode) {
        if number > 0 { counts[code, default: [:]][severity, default: 0] += number }
    }

    /// Of one example.
    mutating func add(
        _ severity: Finding.Severity, _ code: LintCode, _ example: Example, _ what: String, mend: String,
        others: [Finding.Reference] = []
    ) {
        add(Finding(severity, code, at: example.place, id: example.id, what, mend: mend, others: others))
    }

    /// Of the set as a whole, at the first of the examples that show it.
    mutating func add(
        _ severity: Finding.Severity, _ code: LintCode, _ sample: Sample, _ what: String, mend: String
    ) {
        let place = sample.references.first?.place ?? SourcePlace(file: "", line: 0)
        add(Finding(severity, code, at: place, what, mend: mend, others: sample.references))
    }
}

/// How many examples show a thing, and the first few of them.
struct Sample: Sendable {
    private(set) var count = 0
    private(set) var references: [Finding.Reference] = []
    private static let kept = 5

    mutating func add(_ example: Example) {
        count += 1
        if references.count < Sample.kept { references.append(Finding.Reference(example)) }
    }
}

/// What one lint looks at: fed example by example, and asked for the rest at the end.
protocol LintCheck: Sendable {
    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog)
    mutating func finish(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError)
}

extension LintCheck {
    mutating func finish(_ set: LintedSet, _ log: inout FindingLog) throws(StoreError) {}
}

/// The set when all of it has been seen.
struct LintedSet: Sendable {
    let count: Int
    let examples: any ExampleSource
    /// What a message about the set as a whole names as its place.
    let name: String
    let clusters: SimilarityIndex.Clusters

    var place: SourcePlace { SourcePlace(file: name, line: 0) }
}

/// `1 example`, `12 examples`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    Prose.counted(count, one, many)
}

/// A text from outside, short enough for a message, with control characters as `?`.
func quoted(_ text: String, limit: Int = 60) -> String {
    var out = String.UnicodeScalarView()
    var length = 0
    for scalar in text.unicodeScalars {
        if length == limit {
            out.append("…")
            break
        }
        let isControl = scalar.properties.generalCategory == .control
        out.append(isControl ? "?" : scalar)
        length += 1
    }
    return "'" + String(out) + "'"
}

/// `a`, `a and b`, `a, b and c`.
func listed(_ words: [String]) -> String {
    guard let last = words.last else { return "" }
    return words.count == 1 ? last : words.dropLast().joined(separator: ", ") + " and " + last
}
