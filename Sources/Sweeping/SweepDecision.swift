import Domain

/// Which variant a person chose of a sweep, and why.
public struct SweepDecision: Sendable {
    public let report: SweepReport
    public let chosen: String
    public let why: String
    public let who: String
    /// RFC 3339, UTC.
    public let decidedAt: String

    /// Nil where the sweep has no such variant, or could not measure it.
    public init?(_ report: SweepReport, chosen: String, why: String, who: String, decidedAt: String) {
        guard let row = report.variants.first(where: { $0.variant.name == chosen }), row.isMeasured else {
            return nil
        }
        self.report = report
        self.chosen = chosen
        self.why = why
        self.who = who
        self.decidedAt = decidedAt
    }

    public var row: SweepReport.Row {
        report.variants.first { $0.variant.name == chosen } ?? report.reference
    }

    /// What a reader should know of this choice before agreeing with it.
    public var cautions: [String] {
        var cautions: [String] = []
        let row = row
        if !row.standing.surelyDominatedBy.isEmpty {
            cautions.append(
                "surely dominated by \(row.standing.surelyDominatedBy.joined(separator: ", ")): no worse on any axis, "
                    + "better on one, beyond chance")
        } else if !row.standing.dominatedBy.isEmpty {
            cautions.append(
                "by the estimates dominated by \(row.standing.dominatedBy.joined(separator: ", "))")
        }
        for metric in report.claimed where report.claim(row, metric) == .worse {
            cautions.append("proven to be worse than the reference on \(report.metrics[metric].name)")
        }
        let claims = report.claimed.map { report.claim(row, $0) }
        if !row.isReference, !claims.contains(.better) {
            cautions.append("not proven to be better than the reference on any claimed metric")
        }
        return cautions
    }

    /// The record's name: the day and the variant, `2026-11-20-top_k-3`.
    public var name: String {
        var name = String(decidedAt.prefix(10)) + "-"
        for scalar in chosen.unicodeScalars.prefix(60) {
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            let next: Unicode.Scalar = isPlain || scalar == "_" || scalar == "." ? scalar : "-"
            if next == "-", name.hasSuffix("-") { continue }
            name.unicodeScalars.append(next)
        }
        while name.hasSuffix("-") { name.removeLast() }
        return name
    }
}
