import Domain
import Interchange
import Metrics
import Notation
import Storage
import Text

/// Whether a data set has what a policy wants of it: told before anything is asked, since the run would only end
/// in requests that cannot be formed and gates that cannot be judged.
struct DatasetChecks {
    /// Nothing can be judged so.
    private(set) var errors: [String] = []
    /// Something will be missing in the results.
    private(set) var warnings: [String] = []

    private let policy: ReleasePolicy
    private let path: String
    private let facts: DatasetFacts

    /// - Parameter rules: The gates that shall hold.
    init(
        _ policy: ReleasePolicy, rules: [GateRule], path: String, _ set: DatasetFiles
    ) throws(StoreError) {
        self.policy = policy
        self.path = path
        let templated = DatasetChecks.templated(policy)
        let wanted = Set(templated.map(\.column))
        facts = try DatasetFacts(set, templated: wanted, slices: Set(rules.compactMap(\.slice?.name)))
        for (arm, column) in templated { checkColumn(arm, column, set) }
        checkConditions(rules, set)
        checkSlices(set)
        checkNeeds(rules)
    }

    /// Prints what was found.
    ///
    /// - Throws: Status 65 where there is an error.
    func show(_ console: Console) throws(PolicyFile.Shown) {
        for error in errors { console.error(Sluice.printable(error)) }
        for warning in warnings { console.error(Sluice.printable(warning)) }
        if !errors.isEmpty { throw PolicyFile.Shown(status: ExitStatus.badInput) }
    }

    // MARK: Requests

    /// The columns that requests want; where both arms want one, it is told of the first.
    private static func templated(_ policy: ReleasePolicy) -> [(arm: String, column: String)] {
        var found: [(arm: String, column: String)] = []
        for (arm, target) in [("baseline", policy.app.baseline), ("candidate", policy.app.candidate)] {
            guard let target else { continue }
            for column in columns(of: target) where !found.contains(where: { $0.column == column }) {
                found.append((arm, column))
            }
        }
        return found
    }

    /// What is wrong with a template itself is told by the target that is made of it.
    static func columns(of target: TargetPolicy) -> [String] {
        switch target.kind {
        case .http(let url, let method, let template):
            let address = (try? TemplateText(url))?.columns ?? []
            if ["GET", "HEAD", "DELETE"].contains(method.uppercased()) { return address }
            let body = try? RequestTemplate(template ?? RequestTemplate.standard, overlay: target.overlay)
            return address + (body?.columns ?? [])
        case .openAI(_, _, let parameters, _, let system):
            let body = try? RequestTemplate(.object(parameters), overlay: target.overlay)
            let prompt = system.flatMap { try? TemplateText($0.template) }
            return (body?.columns ?? []) + (prompt?.columns ?? [])
        case .command:
            let body = try? RequestTemplate(RequestTemplate.standard, overlay: target.overlay)
            return body?.columns ?? []
        case .recorded: return []
        }
    }

    private mutating func checkColumn(_ arm: String, _ column: String, _ set: DatasetFiles) {
        let rows = facts.rows[column] ?? 0
        if rows == set.count { return }
        let what = "\(path): %: the request to the \(arm) sends '${input.\(column)}'"
        if rows == 0 {
            let inputs = ["query", "history", "context", "tags", "category", "dataset_version"]
            let mend = hint(column, set.columns.filter(\.isSlice).map(\.name) + inputs)
            errors.append(
                what.replacing("%", with: "error") + ", and no row has a column '\(column)'; "
                    + (mend ?? "add the column to the data set"))
        } else {
            warnings.append(
                what.replacing("%", with: "warning") + ", and \(set.count - rows) of \(set.count) rows have "
                    + "no column '\(column)'; those cannot be asked: fill it")
        }
    }

    // MARK: Slices

    private mutating func checkConditions(_ rules: [GateRule], _ set: DatasetFiles) {
        for rule in rules {
            guard let slice = rule.slice else { continue }
            let values = facts.values[slice.name] ?? []
            let start = "\(PolicyFile.place(rule.place)): error: no example "
            let end = ", so that '\(rule.text)' can never be judged; "
            if values.isEmpty {
                errors.append(start + "bears '\(slice.name)'" + end + sliceHint(slice.name, set))
                continue
            }
            // A condition without a value is that of a column which is true.
            let value = slice.value ?? "true"
            guard !values.contains(value) else { continue }
            let known = "its values are " + values.sorted().prefix(8).joined(separator: ", ")
            let mend = hint(value, values.sorted()) ?? known
            errors.append(start + "has '\(slice.name)' = '\(value)'" + end + mend)
        }
    }

    private mutating func checkSlices(_ set: DatasetFiles) {
        for name in policy.slices where !facts.borne.contains(name) {
            warnings.append(
                "\(path): warning: slices: no example bears '\(name)', so that nothing is broken down by it; "
                    + sliceHint(name, set))
        }
    }

    private func sliceHint(_ name: String, _ set: DatasetFiles) -> String {
        let known = facts.borne.sorted()
        if let near = hint(name, known) { return near }
        let shown = known.prefix(8).joined(separator: ", ")
        return shown.isEmpty ? "add it as a column, tag or category" : "the data set has \(shown)"
    }

    private func hint(_ name: String, _ known: [String]) -> String? {
        nearest(name, in: known).map { "did you mean '\($0)'?" }
    }

    // MARK: Expectations

    /// Whether another column stands in for the one that a metric names: an expected result for a reference.
    private func isMet(_ field: DatasetField, otherwise metric: String) -> Bool {
        field == .references && metric == "exact_match" && facts.expected.contains(.expectedResult)
    }

    /// Metrics whose expectation stands on no row: they would be not applicable on every one of them.
    private mutating func checkNeeds(_ rules: [GateRule]) {
        var needy: [(field: DatasetField, metrics: [String])] = []
        for name in policy.metrics.map(\.name) + rules.map(MetricCatalogue.definitionName(for:)) {
            for need in MetricCatalogue.family(of: name)?.needs ?? [] {
                guard case .expected(let key) = need, let field = DatasetField(rawValue: key),
                    !facts.expected.contains(field), !isMet(field, otherwise: name)
                else { continue }
                if let place = needy.firstIndex(where: { $0.field == field }) {
                    if !needy[place].metrics.contains(name) { needy[place].metrics.append(name) }
                } else {
                    needy.append((field, [name]))
                }
            }
        }
        for (field, metrics) in needy {
            let names = metrics.joined(separator: ", ")
            let more =
                field == .goldDocuments
                ? " (or \(DatasetField.goldSpans.rawValue))"
                : metrics == ["exact_match"] ? " (or \(DatasetField.expectedResult.rawValue))" : ""
            warnings.append(
                "\(path): warning: no row says what \(names) \(metrics.count == 1 ? "needs" : "need"); "
                    + "add the column '\(field.rawValue)'\(more), or drop \(metrics.count == 1 ? "it" : "them")"
            )
        }
    }
}

/// What the examples of a set bear, gathered in one pass.
private struct DatasetFacts {
    /// Rows that have a further column which requests send.
    private(set) var rows: [String: Int] = [:]
    /// Values of the conditions that gates name; at most 1000 each.
    private(set) var values: [String: Set<String>] = [:]
    /// Every name by which examples can be sliced; at most 10,000.
    private(set) var borne: Set<String> = ["turn_count"]
    private(set) var expected: Set<DatasetField> = []

    init(_ set: DatasetFiles, templated: Set<String>, slices: Set<String>) throws(StoreError) {
        for index in 0..<set.count {
            let example = try set.example(index)
            for column in example.columns {
                if templated.contains(column.name) { rows[column.name, default: 0] += 1 }
                add(column.name)
            }
            for name in slices {
                guard let value = example.sliceValue(name), (values[name]?.count ?? 0) < 1000 else {
                    continue
                }
                values[name, default: []].insert(value)
            }
            noteOwn(example)
        }
    }

    private mutating func add(_ name: String) {
        if borne.count < 10_000 { borne.insert(name) }
    }

    private mutating func noteOwn(_ example: Example) {
        for tag in example.tags { add(tag) }
        if !example.tags.isEmpty { add("tags") }
        if let category = example.category {
            add("category")
            add(category)
        }
        if example.expectedIntent != nil {
            add("intent")
            expected.insert(.expectedIntent)
        }
        if example.expectedGuardrail != nil {
            add("guardrail")
            expected.insert(.expectedGuardrail)
        }
        if !example.references.isEmpty { expected.insert(.references) }
        if example.expectedResult != nil { expected.insert(.expectedResult) }
        if !example.required.isEmpty { expected.insert(.required) }
        if !example.prohibited.isEmpty { expected.insert(.prohibited) }
        if example.goldDocuments?.isEmpty == false || example.goldSpans?.isEmpty == false {
            expected.insert(.goldDocuments)
        }
        if !example.history.isEmpty { expected.insert(.history) }
        if !example.query.isEmpty { expected.insert(.query) }
        if !example.context.isEmpty { expected.insert(.context) }
        if example.rubric != nil { expected.insert(.rubric) }
        if example.expectedScore != nil { expected.insert(.expectedScore) }
        if example.expectedMatch != nil { expected.insert(.match) }
    }
}
