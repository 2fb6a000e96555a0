import Domain

/// Why a number of a report is not there. Absent is never zero and never silent.
enum AbsentReason {
    static let noBaseline = "the run has no baseline"
    static let noInterval = "the method gives no interval here"
    static let notFinite = "not a finite number"

    static func baseline(_ gate: GateResult, _ result: RunResult) -> String {
        result.manifest.baseline == nil ? noBaseline : value(gate)
    }

    static func candidate(_ gate: GateResult) -> String { value(gate) }

    static func difference(_ gate: GateResult, _ result: RunResult) -> String {
        if result.manifest.baseline == nil { return noBaseline }
        switch gate.rule.form {
        case .notWorse, .noWorse, .within: return value(gate)
        case .compare, .inBand, .tolerance, .spread, .repeated, .passPower, .order, .text, .kpiBands:
            return "the rule compares with a bound, not with the baseline"
        }
    }

    private static func value(_ gate: GateResult) -> String {
        if !gate.members.isEmpty { return "given for each member" }
        if gate.unit == "text" { return "a text has no number" }
        return "not measured"
    }
}
