/// What a lint found, grouped: the gravest first, then in the order of the codes.
public struct LintReport: Sendable, Hashable {
    /// Findings of one code and severity.
    public struct Group: Sendable, Hashable {
        public let severity: Finding.Severity
        public let code: LintCode
        /// How many there are; of many, the first 1000 are kept.
        public let count: Int
        public let findings: [Finding]
    }

    /// Examples that could be read.
    public let examples: Int
    /// Those left when the same and the nearly same are counted once.
    public let distinct: Int
    public let groups: [Group]

    init(examples: Int, distinct: Int, _ log: FindingLog) {
        self.examples = examples
        self.distinct = distinct
        var groups: [Group] = []
        for severity in Finding.Severity.allCases {
            for code in LintCode.allCases {
                guard let count = log.counts[code]?[severity] else { continue }
                let found = (log.findings[code] ?? []).filter { $0.severity == severity }
                groups.append(Group(severity: severity, code: code, count: count, findings: found))
            }
        }
        self.groups = groups
    }

    public func count(_ severity: Finding.Severity) -> Int {
        groups.reduce(0) { $0 + ($1.severity == severity ? $1.count : 0) }
    }

    public func count(of code: LintCode) -> Int {
        groups.reduce(0) { $0 + ($1.code == code ? $1.count : 0) }
    }

    /// Whether the set may be used: without errors, and where it is to be `strict` without warnings.
    public func isClean(strict: Bool) -> Bool { count(.error) == 0 && (!strict || count(.warning) == 0) }
}
