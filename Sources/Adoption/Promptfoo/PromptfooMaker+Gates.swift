import Domain
import Notation

/// Gates out of what rows ask for.
extension PromptfooMaker {
    /// The schemas that rows ask for; the second and later ones cannot be held by one policy.
    mutating func takeSchemas(_ rows: inout [Row]) -> [JSONValue] {
        var schemas: [JSONValue] = []
        for index in rows.indices {
            guard let schema = rows[index].expectation.schema else { continue }
            if schemas.isEmpty { schemas.append(schema) }
            if schema == schemas[0] {
                rows[index].tags.append("fits_schema")
            } else {
                rows[index].tags.append("is_json")
                let place =
                    rows[index].test.assertions.first { $0.type == "is-json" }?.place
                    ?? rows[index].test.place
                notes.append(
                    ImportNote(
                        .left, at: place,
                        "'is-json': a policy holds one schema; of this one only that the answer is JSON",
                        mend:
                            "put the schemas into one with anyOf, or keep these tests in a policy of their own"
                    ))
            }
        }
        return schemas
    }

    mutating func gates(_ rows: inout [Row], _ schemas: [JSONValue]) -> [GateLine] {
        takeThresholds(&rows)
        var lines: [GateLine] = []
        let every =
            "promptfoo fails where any test does; write 'not worse than baseline' to ship with known failures"
        let lenient = rows.contains { $0.tags.contains { $0.hasPrefix("threshold_") } }
        let hasRequired = rows.contains { !$0.expectation.required.isEmpty }
        if hasRequired {
            for index in rows.indices where lenient && !rows[index].expectation.required.isEmpty {
                if !rows[index].tags.contains(where: { $0.hasPrefix("threshold_") }) {
                    rows[index].tags.append("all_required")
                }
            }
            let strict = !lenient || rows.contains { $0.tags.contains("all_required") }
            if strict {
                lines.append(
                    GateLine(
                        rule: (lenient ? "when all_required: " : "") + "required == 1", metric: "required",
                        why: every))
            }
        }
        if rows.contains(where: { !$0.expectation.prohibited.isEmpty }) {
            lines.append(GateLine(rule: "prohibited == 1", metric: "prohibited", why: every))
        }
        if !schemas.isEmpty { lines.append(tagged("fits_schema", "schema == 1", "schema", rows, every)) }
        if rows.contains(where: { $0.tags.contains("is_json") }) {
            lines.append(tagged("is_json", "json == 1", "json", rows, every))
        }
        for index in rows.indices {
            for gate in rows[index].expectation.gates where !rows[index].tags.contains(gate.tag) {
                rows[index].tags.append(gate.tag)
            }
        }
        var seen: Set<String> = Set(lines.map(\.metric).filter { $0 == "json" })
        for gate in rows.flatMap(\.expectation.gates)
        where seen.insert(gate.metric == "json" ? gate.rule : gate.tag).inserted {
            if lines.contains(where: { $0.rule.hasSuffix(gate.rule) }) { continue }
            lines.append(tagged(gate.tag, gate.rule, gate.metric, rows, every))
        }
        for tag in Set(rows.flatMap(\.tags)).filter({ $0.hasPrefix("threshold_") }).sorted() {
            let share = tag.dropFirst("threshold_".count).replacing("_", with: ".")
            lines.append(
                GateLine(
                    rule: "when \(tag): required.min >= \(share)", metric: "required",
                    why: "the test's own threshold: so much of what is required suffices"))
        }
        lines.append(
            GateLine(
                rule: "error_rate <= 1%", metric: "error_rate",
                why: "an app that fails to answer passes nothing"))
        return lines
    }

    func tagged(
        _ tag: String, _ rule: String, _ metric: String, _ rows: [Row], _ why: String
    ) -> GateLine {
        let isAll = rows.allSatisfy { row in
            row.tags.contains(tag) || row.expectation.gates.contains { $0.tag == tag }
        }
        return GateLine(rule: isAll ? rule : "when \(tag): \(rule)", metric: metric, why: why)
    }

    /// Tests that need a part of their score only: where that is a share of equal elements it is a gate.
    mutating func takeThresholds(_ rows: inout [Row]) {
        for index in rows.indices {
            guard let threshold = rows[index].test.threshold, threshold < 1 else { continue }
            let expectation = rows[index].expectation
            let isPlain =
                threshold > 0 && expectation.weights.count == expectation.total
                && expectation.prohibited.isEmpty
                && expectation.gates.isEmpty && Set(expectation.weights).count == 1
                && expectation.weights.first ?? -1 > 0
                && expectation.required.count == expectation.weights.count
            if isPlain {
                rows[index].tags.append(
                    "threshold_" + ExpectationImport.number(threshold).replacing(".", with: "_"))
            } else {
                notes.append(
                    ImportNote(
                        .left, at: rows[index].test.place,
                        "the test's threshold \(ExpectationImport.number(threshold)) over assertions of several kinds or weights: each must hold now",
                        mend: "write a gate on what matters most, without the others"))
            }
        }
    }
}
