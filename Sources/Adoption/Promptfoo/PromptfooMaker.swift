import Domain
import Interchange
import Notation

/// Puts policy, rows and files together.
struct PromptfooMaker {
    var notes: [ImportNote]
    var files: [ImportedFile] = []
    var policy: String?
    var total = 0
    var carried = 0

    let suite: PromptfooSuite
    let app: ImportedApp?
    let project: String
    let path: String
    let columns: PromptColumns
    /// Variables that prompts and providers name.
    private let named: [String]

    struct Row {
        var object: JSONObject
        var tags: [String] = []
        let test: PromptfooTest
        let expectation: ExpectationImport
        let id: String
    }

    struct GateLine {
        let rule: String
        let metric: String
        let why: String
    }

    init(
        _ suite: PromptfooSuite, notes: [ImportNote], app: ImportedApp?, project: String, path: String,
        question: String? = nil
    ) {
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
        let named = used
        self.named = named
        if used.isEmpty { used = suite.tests.first?.variables.keys ?? [] }
        var asked: [String] = []
        for name in used where !asked.contains(name) { asked.append(name) }
        // What a test without any question lacks, the others need not do without.
        let sound = suite.tests.filter { !$0.isUnread && Self.fills($0, named) }
        columns = PromptColumns(
            tests: sound.isEmpty ? suite.tests : sound, used: asked, named: question,
            mayBeAbsent: suite.prompts.isEmpty)
    }

    /// Whether a test has a value for any of these variables, or there are none.
    private static func fills(_ test: PromptfooTest, _ names: [String]) -> Bool {
        names.isEmpty
            || names.contains { name in
                test.variables[name].map(PromptTemplate.text)?.contains { !$0.isWhitespace } ?? false
            }
    }

    static func names(_ value: JSONValue) -> [String] {
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

    mutating func rows(_ files: any ConfigurationFiles) -> [Row] {
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
        noteIdentifiers()
        for (index, test) in suite.tests.enumerated() {
            let expectation = ExpectationImport(test, load: load)
            notes += expectation.notes
            total += expectation.total
            carried += expectation.carried
            // Why, was noted when it was read.
            if test.isUnread { continue }
            if columns.question == nil, !suite.prompts.isEmpty, !Self.fills(test, named) {
                notes.append(
                    ImportNote(
                        .left, at: test.place, "the test fills none of the prompt's variables",
                        mend: "give it values, or take it out"))
                continue
            }
            if let question = columns.question, asked(test) == nil, test.description == nil {
                notes.append(
                    ImportNote(
                        .left, at: test.place, "the question is empty: '\(ProbeReading.shown(question))'",
                        mend: "fill it, take the test out, or name what is asked with --question NAME"))
                continue
            }
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

    func row(_ test: PromptfooTest, _ id: String) -> JSONObject {
        var row = JSONObject()
        row["query_id"] = .string(id)
        row["query"] = .string(asked(test) ?? test.description ?? id)
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

    /// What a test asks; nil where that is nothing.
    func asked(_ test: PromptfooTest) -> String? {
        let asked =
            columns.question.map { test.variables[$0].map(PromptTemplate.text) ?? "" } ?? rendered(test)
        return asked.contains { !$0.isWhitespace } ? asked : nil
    }

    mutating func noteIdentifiers() {
        guard let question = columns.question, let first = suite.tests.first else { return }
        var look = QuestionLook()
        for test in suite.tests { look.note(test.variables[question]) }
        guard let warning = look.warning("--question NAME") else { return }
        notes.append(
            ImportNote(
                .changed, at: SourcePlace(file: first.place.file, line: 1),
                "the question is '\(ProbeReading.shown(question))'", mend: warning))
    }

    /// The first prompt with a test's variables.
    func rendered(_ test: PromptfooTest) -> String {
        guard let prompt = suite.prompts.first else { return "" }
        return Self.rendered(prompt, test)
    }

    static func rendered(_ prompt: PromptfooSuite.Prompt, _ test: PromptfooTest) -> String {
        switch prompt.content {
        case .text(let text): test.prefix + PromptTemplate(text).rendered(test.variables) + test.suffix
        case .messages(let value):
            PromptTemplate(String(decoding: value.bytes(), as: UTF8.self)).rendered(test.variables)
        }
    }

    mutating func noteNames() {
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
}
