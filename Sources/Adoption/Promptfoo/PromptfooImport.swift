import Domain
import Interchange
import Notation

/// A configuration of promptfoo as a policy and a data set, with all that did not come over.
public struct PromptfooImport: Sendable {
    public struct File: Sendable, Hashable {
        /// Relative to where everything is written.
        public let path: String
        public let text: String
    }

    /// Nil where there is nothing to ask: then the data set alone is made.
    public let policy: String?
    /// Data set, schemas, recorded answers.
    public let files: [File]
    /// In the order of their places.
    public let notes: [ImportNote]
    public let tests: Int
    public let assertions: Int
    public let carried: Int

    public var left: [ImportNote] { notes.filter { $0.kind == .left } }
    public var changed: [ImportNote] { notes.filter { $0.kind == .changed } }

    public static let dataset = "golden/promptfoo.jsonl"

    /// - Parameters:
    ///   - app: What to ask in place of the configuration's providers.
    ///   - project: What reports call the app.
    /// - Throws: A file that cannot be read: nothing was imported then.
    public init(
        path: String, project: String, app: ImportedApp? = nil, files: any ConfigurationFiles
    ) throws(ImportProblem) {
        var reader = PromptfooReader(path: path, files: files)
        let suite = try reader.read()
        guard !suite.tests.isEmpty else {
            throw ImportProblem(
                at: SourcePlace(file: path, line: 1), "there is no test in it",
                mend: "name the file that has tests")
        }
        var maker = PromptfooMaker(suite, notes: reader.notes, app: app, project: project, path: path)
        maker.make(files)
        policy = maker.policy
        self.files = maker.files
        notes = Self.sorted(maker.notes)
        tests = suite.tests.count
        assertions = maker.total
        carried = maker.carried
    }

    /// One note a place and matter, in the order of the file.
    private static func sorted(_ notes: [ImportNote]) -> [ImportNote] {
        var seen: Set<ImportNote> = []
        let unique = notes.filter { seen.insert($0).inserted }
        return unique.enumerated().sorted { left, right in
            let (a, b) = (left.element.place, right.element.place)
            if a.file != b.file { return a.file < b.file }
            return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
        }.map(\.element)
    }
}

/// Puts policy, rows and files together.
private struct PromptfooMaker {
    private(set) var notes: [ImportNote]
    private(set) var files: [PromptfooImport.File] = []
    private(set) var policy: String?
    private(set) var total = 0
    private(set) var carried = 0

    private let suite: PromptfooSuite
    private let app: ImportedApp?
    private let project: String
    private let path: String
    private let columns: PromptColumns

    private struct Row {
        var object: JSONObject
        var tags: [String] = []
        let test: PromptfooTest
        let expectation: ExpectationImport
        let id: String
    }

    private struct GateLine {
        let rule: String
        let metric: String
        let why: String
    }

    init(_ suite: PromptfooSuite, notes: [ImportNote], app: ImportedApp?, project: String, path: String) {
        self.suite = suite
        self.notes = notes
        self.app = app
        self.project = project
        self.path = path
        var used: [String] = []
        for prompt in suite.prompts {
            switch prompt.content {
            case .text(let text): used += PromptTemplate(text).names
            case .messages(let value): used += Self.names(value)
            }
        }
        for provider in suite.providers { used += Self.names(provider.config).filter { $0 != "prompt" } }
        if used.isEmpty { used = suite.tests.first?.variables.keys ?? [] }
        columns = PromptColumns(tests: suite.tests, used: used)
    }

    private static func names(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): PromptTemplate(text).names
        case .array(let elements): elements.flatMap(names)
        case .object(let object): object.members.flatMap { names($0.value) }
        default: []
        }
    }

    mutating func make(_ files: any ConfigurationFiles) {
        var rows = self.rows(files)
        let schemas = takeSchemas(&rows)
        let gates = self.gates(&rows, schemas)
        let arms = self.arms(rows)
        for (index, schema) in schemas.enumerated() {
            let text = String(decoding: schema.bytes(pretty: true), as: UTF8.self) + "\n"
            self.files.append(.init(path: "schemas/promptfoo-\(index + 1).json", text: text))
        }
        self.files.append(.init(path: PromptfooImport.dataset, text: text(rows)))
        if let arms { policy = text(arms, gates, rows) }
    }

    // MARK: Rows

    private mutating func rows(_ files: any ConfigurationFiles) -> [Row] {
        var rows: [Row] = []
        let load: (String, SourcePlace) -> JSONValue? = { name, _ in
            guard let bytes = try? files.read(name), let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            let plain = name.lowercased()
            if plain.hasSuffix(".json") { return try? JSONValue.parse(text) }
            if plain.hasSuffix(".yaml") || plain.hasSuffix(".yml") { return YAMLNode.read(text).root?.json }
            return [".txt", ".md"].contains { plain.hasSuffix($0) } ? .string(text) : nil
        }
        let width = String(suite.tests.count).count
        for (index, test) in suite.tests.enumerated() {
            let expectation = ExpectationImport(test, load: load)
            notes += expectation.notes
            total += expectation.total
            carried += expectation.carried
            let digits = String(index + 1)
            let id = "T-" + String(repeating: "0", count: width - digits.count) + digits
            let own = test.metadata.members.filter { DatasetField(column: $0.key) == .tags }.flatMap {
                member in
                (member.value.arrayValue ?? [member.value]).map(PromptTemplate.text)
            }
            rows.append(Row(object: row(test, id), tags: own, test: test, expectation: expectation, id: id))
        }
        noteNames()
        return rows
    }

    private func row(_ test: PromptfooTest, _ id: String) -> JSONObject {
        var row = JSONObject()
        row["query_id"] = .string(id)
        let asked = columns.question.flatMap { test.variables[$0] }.map(PromptTemplate.text) ?? rendered(test)
        row["query"] = .string(asked.contains { !$0.isWhitespace } ? asked : test.description ?? id)
        for (variable, column) in columns.columns {
            guard let value = test.variables[variable] else {
                row[column] = ""
                continue
            }
            switch value {
            case .array, .object, .null: row[column] = .string(PromptTemplate.text(value))
            default: row[column] = value
            }
        }
        if columns.usesPrefix { row[PromptColumns.prefix] = .string(test.prefix) }
        if columns.usesSuffix { row[PromptColumns.suffix] = .string(test.suffix) }
        if let description = test.description { row["description"] = .string(description) }
        for member in test.metadata.members {
            let field = DatasetField(column: member.key)
            if field == .tags { continue }
            let isTaken = row[member.key] != nil || (field != nil && field != .category)
            let name = isTaken ? "meta_" + member.key : member.key
            if member.value.objectValue == nil { row[name] = member.value }
        }
        return row
    }

    /// The first prompt with a test's variables.
    private func rendered(_ test: PromptfooTest) -> String {
        guard let prompt = suite.prompts.first else { return "" }
        return Self.rendered(prompt, test)
    }

    private static func rendered(_ prompt: PromptfooSuite.Prompt, _ test: PromptfooTest) -> String {
        switch prompt.content {
        case .text(let text): test.prefix + PromptTemplate(text).rendered(test.variables) + test.suffix
        case .messages(let value):
            PromptTemplate(String(decoding: value.bytes(), as: UTF8.self)).rendered(test.variables)
        }
    }

    private mutating func noteNames() {
        var seen: Set<String> = []
        for test in suite.tests {
            for assertion in test.assertions + test.assertions.flatMap(\.members) {
                guard let metric = assertion.metric, seen.insert(metric).inserted else { continue }
                notes.append(
                    ImportNote(
                        .changed, at: assertion.place,
                        "the name '\(ProbeReading.shown(metric))' of a score is not kept",
                        mend: "gates are named after what they measure; tags and slices group rows"))
            }
        }
    }

    // MARK: Gates

    /// The schemas that rows ask for; the second and later ones cannot be held by one policy.
    private mutating func takeSchemas(_ rows: inout [Row]) -> [JSONValue] {
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

    private mutating func gates(_ rows: inout [Row], _ schemas: [JSONValue]) -> [GateLine] {
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

    private func tagged(
        _ tag: String, _ rule: String, _ metric: String, _ rows: [Row], _ why: String
    ) -> GateLine {
        let isAll = rows.allSatisfy { row in
            row.tags.contains(tag) || row.expectation.gates.contains { $0.tag == tag }
        }
        return GateLine(rule: isAll ? rule : "when \(tag): \(rule)", metric: metric, why: why)
    }

    /// Tests that need a part of their score only: where that is a share of equal elements it is a gate.
    private mutating func takeThresholds(_ rows: inout [Row]) {
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

    // MARK: Arms

    private mutating func arms(_ rows: [Row]) -> [(name: String, arm: JSONObject)]? {
        let prompts =
            suite.prompts.isEmpty
            ? [
                PromptfooSuite.Prompt(
                    content: .text("{{prompt}}"), label: nil, place: SourcePlace(file: path, line: 1))
            ]
            : suite.prompts
        if let app {
            let prompt = suite.prompts.first.flatMap { prompt -> String? in
                if case .text(let text) = prompt.content { columns.prompt(text) } else { nil }
            }
            let arm = app.arm(asking: prompt ?? "${input.query}")
            if let doubt = app.doubt {
                notes.append(
                    ImportNote(
                        .changed, at: SourcePlace(file: path, line: 1),
                        "\(app.url) could not be asked how it wants to be asked (\(doubt)): { query } is written",
                        mend: "import again while it runs, or write app.request and app.observe"))
            }
            if suite.prompts.count > 1 { notePrompts(from: 1) }
            return [("baseline", arm), ("candidate", arm)]
        }
        var found: [(name: String, arm: JSONObject)] = []
        var pairs = 0
        for provider in suite.providers {
            for prompt in prompts {
                let made = ProviderImport(provider, prompt, columns)
                for note in made.notes where !notes.contains(note) { notes.append(note) }
                guard made.isAskable else { continue }
                pairs += 1
                guard found.count < 2 else { continue }
                let arm = made.isEcho ? echo(prompt, rows, number: found.count + 1) : made.arm
                found.append((found.isEmpty ? "baseline" : "candidate", arm))
            }
        }
        if pairs > 2 {
            notes.append(
                ImportNote(
                    .left, at: suite.providers.first?.place ?? SourcePlace(file: path, line: 1),
                    "\(pairs) pairs of provider and prompt: the first two are baseline and candidate",
                    mend: "write further ones into policies of their own, or compare with --candidate"))
        }
        guard let first = found.first else {
            if suite.providers.isEmpty {
                notes.append(
                    ImportNote(
                        .left, at: SourcePlace(file: path, line: 1),
                        "no provider is named, so that no policy is written",
                        mend: "give --app URL; or sluice init URL --dataset \(PromptfooImport.dataset)"))
            }
            return nil
        }
        if found.count == 1 { found.append(("candidate", first.arm)) }
        return found
    }

    private mutating func notePrompts(from index: Int) {
        for prompt in suite.prompts.dropFirst(index) {
            notes.append(
                ImportNote(
                    .left, at: prompt.place, "a further prompt: --app asks with the first one",
                    mend: "write it into a policy of its own"))
        }
    }

    /// What `echo` answers is known: the prompt itself, recorded.
    private mutating func echo(_ prompt: PromptfooSuite.Prompt, _ rows: [Row], number: Int) -> JSONObject {
        let path = "outputs/echo-\(number).jsonl"
        var text = ""
        for row in rows {
            let line: JSONValue = [
                "id": .string(row.id), "answer": .string(Self.rendered(prompt, row.test)), "latency_ms": 0,
            ]
            text += String(decoding: line.bytes(), as: UTF8.self) + "\n"
        }
        files.append(.init(path: path, text: text))
        return JSONObject("recorded", .string(path))
    }

    // MARK: Text

    private func text(_ rows: [Row]) -> String {
        var out = ""
        for row in rows {
            var object = row.object
            let expectation = row.expectation
            func texts(_ list: [String]) -> JSONValue {
                list.count == 1 ? .string(list[0]) : .array(list.map { .string($0) })
            }
            if !expectation.references.isEmpty {
                object["reference_response"] = texts(expectation.references)
            }
            if let result = expectation.expectedResult { object["expected_result"] = result }
            if !expectation.required.isEmpty { object["required_elements"] = .array(expectation.required) }
            if !expectation.prohibited.isEmpty {
                object["prohibited_elements"] = .array(expectation.prohibited)
            }
            if !expectation.rubric.isEmpty { object["rubric"] = texts(expectation.rubric) }
            if !row.tags.isEmpty { object["tags"] = .array(row.tags.map { .string($0) }) }
            let line = row.test.place.line
            object["provenance"] = [
                "source": .string("promptfoo, \(row.test.place.file)" + (line > 0 ? " line \(line)" : ""))
            ]
            out += String(decoding: JSONValue.object(object).bytes(), as: UTF8.self) + "\n"
        }
        return out
    }

    private func text(_ arms: [(name: String, arm: JSONObject)], _ gates: [GateLine], _ rows: [Row]) -> String
    {
        var out =
            "# Made by 'sluice import promptfoo' from \(ProbeReading.shown(path)). Every line is yours to change.\n"
        if let description = suite.description {
            out += YAMLText.comment(ProbeReading.shown(description), indent: "")
        }
        out += "version: 1\nproject: \(YAMLText.scalar(project))\napp:\n"
        for (name, arm) in arms {
            out += "  \(name):\n"
            for member in arm.members { out += "    \(member.key): \(YAMLText.flow(member.value))\n" }
        }
        out += limits()
        out += "dataset: \(PromptfooImport.dataset)\n\n# Measured and shown, gated or not.\nmetrics:\n"
        var metrics: [String] = []
        for gate in gates where !metrics.contains(gate.metric) && gate.metric != "schema" {
            metrics.append(gate.metric)
        }
        if rows.contains(where: { !$0.expectation.references.isEmpty }) {
            metrics += ["token_f1", "rouge_l"].filter { !metrics.contains($0) }
        }
        for name in ["length", "latency"] where !metrics.contains(name) { metrics.append(name) }
        if gates.contains(where: { $0.metric == "schema" }) {
            out += "  - schema: { file: schemas/promptfoo-1.json, of: text }\n"
        }
        out += metrics.map { "  - \($0)\n" }.joined()
        out += "\n# Rules that must all hold.\ngates:\n"
        var last = ""
        for gate in gates {
            if gate.why != last { out += YAMLText.comment(gate.why, indent: "  ") }
            last = gate.why
            out += "  - \(gate.rule.contains(": ") ? YAMLText.quoted(gate.rule) : gate.rule)\n"
        }
        return out + "unsure: ask\n"
    }

    private func limits() -> String {
        var members = JSONObject()
        if let number = suite.concurrency, number > 0 {
            members["concurrency"] = .integer(Int64(min(4096, number)))
        }
        if let number = suite.repeats, number > 1 { members["repeats"] = .integer(Int64(min(1000, number))) }
        if !suite.usesCache { members["cache"] = false }
        var text = members.isEmpty ? "" : YAMLText.flow(.object(members))
        if let delay = suite.delayMilliseconds, delay > 0 {
            let rate = "rate: \(max(1, 1000 / delay))/s"
            text = text.isEmpty ? "{ \(rate) }" : String(text.dropLast(2)) + ", \(rate) }"
        }
        return text.isEmpty ? "" : "  limits: \(text)\n"
    }
}
