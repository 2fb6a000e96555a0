import Domain
import Interchange
import Notation

/// Another tool's data set, log or traces as a policy and a golden set, with all that did not come over.
public struct ForeignImport: Sendable {
    /// Nil where there is nothing to ask and nothing was answered: then the data set alone is made.
    public let policy: String?
    /// Data set and recorded answers.
    public let files: [ImportedFile]
    /// What did not come over, or not as it was.
    public let notes: [ImportNote]
    public let examples: Int
    /// Answers that were recorded.
    public let answers: Int
    /// Rows of which nothing could be made.
    public let skipped: Int

    /// Whether the policy waits for the app's address: nothing but recorded answers is known, and these held
    /// against themselves tell nothing.
    public let lacksApp: Bool

    public var left: [ImportNote] { notes.filter { $0.kind == .left } }
    public var changed: [ImportNote] { notes.filter { $0.kind == .changed } }

    /// - Parameters:
    ///   - files: Names and bytes, in the order given.
    ///   - app: What to ask, where that is known.
    /// - Throws: A file that cannot be read: nothing was imported then.
    public init(
        _ format: ForeignFormat, files: [(name: String, bytes: [UInt8])], project: String,
        app: ImportedApp? = nil
    ) throws(ImportProblem) {
        var notes = ForeignNotes()
        var records: [ForeignRecord] = []
        var skipped = 0
        for file in files {
            let rows = try ForeignRow.rows(file.bytes, path: file.name, wrappers: format.wrappers)
            for row in format.gather(rows) {
                let before = notes.count
                if let record = format.read(row, &notes) {
                    records.append(record)
                    ForeignLosses.note(row, keepsPeople: format.keepsPeople, &notes)
                    continue
                }
                skipped += 1
                if notes.count == before {
                    notes.add(
                        .left, at: row.place, "a row holds no question that \(format.title) would know",
                        mend: "remove it, or import another export")
                }
            }
        }
        guard !records.isEmpty else {
            throw ImportProblem(
                at: SourcePlace(file: files.first?.name ?? "", line: 0),
                "no row holds a question as \(format.title) writes it",
                mend: "read are: \(format.summary); other tables come in by 'sluice import csv'")
        }
        var maker = ForeignMaker(format, Self.merged(records))
        maker.make(project: project, app: app, names: files.map(\.name), &notes)
        policy = maker.policy
        self.files = maker.files
        self.notes = notes.notes
        examples = maker.records.count
        answers = maker.answers
        lacksApp = maker.policy != nil && app == nil
        self.skipped = skipped
    }

    /// Rows of one id and one question are its repeats.
    private static func merged(_ records: [ForeignRecord]) -> [ForeignRecord] {
        var out: [ForeignRecord] = []
        var places: [String: Int] = [:]
        for record in records {
            if let id = record.id, let place = places[id], out[place].query == record.query {
                out[place].answers += record.answers
                continue
            }
            if let id = record.id, places[id] == nil { places[id] = out.count }
            out.append(record)
        }
        return out
    }
}

/// Puts rows, recorded answers and policy together.
struct ForeignMaker {
    private let format: ForeignFormat
    private(set) var records: [ForeignRecord]
    private(set) var files: [ImportedFile] = []
    private(set) var policy: String?
    private(set) var answers = 0

    private var dataset: String { "golden/\(format.name).jsonl" }
    private var recording: String { "outputs/\(format.name).jsonl" }

    init(_ format: ForeignFormat, _ records: [ForeignRecord]) {
        self.format = format
        self.records = records
    }

    mutating func make(
        project: String, app: ImportedApp?, names: [String], _ notes: inout ForeignNotes
    ) {
        number()
        var rows = ""
        for record in records {
            rows += String(decoding: JSONValue.object(row(record, &notes)).bytes(), as: UTF8.self) + "\n"
        }
        files.append(ImportedFile(path: dataset, text: rows))
        var recorded = ""
        for record in records {
            for answer in record.answers where !answer.isEmpty {
                recorded +=
                    String(
                        decoding: JSONValue.object(Self.row(answer, record.id ?? "")).bytes(), as: UTF8.self)
                    + "\n"
                answers += 1
            }
        }
        if answers > 0 { files.append(ImportedFile(path: recording, text: recorded)) }
        if answers > 0 || app != nil { policy = text(project, app, names) }
    }

    /// Ids where the file has none, or one twice.
    private mutating func number() {
        var used: Set<String> = []
        for record in records { if let id = record.id { used.insert(id) } }
        var taken: Set<String> = []
        let width = String(records.count).count
        for index in records.indices {
            if let id = records[index].id, taken.insert(id).inserted { continue }
            var next = index + 1
            var id: String
            repeat {
                let digits = String(next)
                id = "R-" + String(repeating: "0", count: max(0, width - digits.count)) + digits
                next += records.count
            } while used.contains(id) || taken.contains(id)
            taken.insert(id)
            records[index].id = id
        }
    }

    // MARK: Rows

    private func row(_ record: ForeignRecord, _ notes: inout ForeignNotes) -> JSONObject {
        var row = JSONObject()
        row["query_id"] = .string(record.id ?? "")
        row["query"] = .string(record.query)
        if !record.history.isEmpty {
            row["conversation_history"] = .array(
                record.history.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
        }
        if !record.references.isEmpty {
            row["reference_response"] =
                record.references.count == 1
                ? .string(record.references[0]) : .array(record.references.map { .string($0) })
        }
        if let tools = record.expectedTools { row["expected_result"] = tools }
        if !record.required.isEmpty { row["required_elements"] = .array(record.required) }
        if let rubric = record.rubric { row["rubric"] = .string(rubric) }
        if !record.goldTexts.isEmpty {
            row["gold_source_spans"] = .array(
                record.goldTexts.enumerated().map { number, text in
                    ["source": .string("context-\(number + 1)"), "text": .string(text)]
                })
        }
        if record.answers.count > 1 { row["repeats"] = .integer(Int64(record.answers.count)) }
        for member in record.columns.members {
            if member.key == "tags" {
                row["tags"] = member.value
                continue
            }
            guard member.value.objectValue == nil else {
                notes.add(
                    .left, at: record.place, "the column '\(ProbeReading.shown(member.key))' holds objects",
                    mend: "flatten it there, where it is wanted as a column")
                continue
            }
            // A name that means something here, or is there already, is kept apart.
            let isTaken = row[member.key] != nil || DatasetField(column: member.key) != nil
            let name = isTaken ? "\(format.name)_\(member.key)" : member.key
            if row[name] == nil, !member.key.isEmpty { row[name] = member.value }
        }
        let line = record.place.line
        row["provenance"] = [
            "source": .string(
                "\(format.title), \(Self.name(record.place.file))" + (line > 0 ? " line \(line)" : ""))
        ]
        return row
    }

    /// A file without its folder, which is nobody's business in a data set that is shared.
    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func row(_ answer: ForeignAnswer, _ id: String) -> JSONObject {
        var row = JSONObject()
        row["id"] = .string(id)
        if let error = answer.error {
            row["error"] = .string(error)
            return row
        }
        if let text = answer.text { row["answer"] = .string(text) }
        if let documents = answer.documents { row["documents"] = .array(documents) }
        if let tools = answer.tools { row["tool_calls"] = .array(tools) }
        var usage = JSONObject()
        if let tokens = answer.inputTokens { usage["input_tokens"] = .integer(Int64(tokens)) }
        if let tokens = answer.outputTokens { usage["output_tokens"] = .integer(Int64(tokens)) }
        if let cost = answer.cost, cost.isFinite, cost >= 0 { usage["cost"] = .number(cost) }
        if !usage.isEmpty { row["usage"] = .object(usage) }
        if let time = answer.milliseconds, time.isFinite, time >= 0 { row["latency_ms"] = .number(time) }
        if let time = answer.firstTokenMilliseconds, time.isFinite, time >= 0 {
            row["first_token_ms"] = .number(time)
        }
        if !answer.versions.isEmpty {
            var versions = JSONObject()
            for version in answer.versions { versions[version.name] = .string(version.value) }
            row["versions"] = .object(versions)
        }
        return row
    }

    // MARK: Policy

    private func text(_ project: String, _ app: ImportedApp?, _ names: [String]) -> String {
        let more = names.count > 3 ? " and \(names.count - 3) more" : ""
        let shown = names.prefix(3).map { ProbeReading.shown(Self.name($0)) }.joined(separator: ", ") + more
        var out = "# Made by 'sluice import \(format.name)' from \(shown). Every line is yours to change.\n"
        out += "version: 1\nproject: \(YAMLText.scalar(project))\napp:\n"
        let recorded = JSONObject("recorded", .string(recording))
        let asked = app?.arm(asking: "${input.query}")
        if answers > 0 { out += "  # What was answered then.\n" }
        out += arm("baseline", answers > 0 ? recorded : asked ?? recorded)
        if asked == nil {
            out +=
                "  # Your app's address goes here; 'sluice eval' stops until it does, since what was recorded, held\n"
            out +=
                "  # against itself, tells nothing. 'observe' says where its answers hold what is measured.\n"
        }
        out += arm("candidate", asked ?? noApp)
        out += "dataset: \(dataset)\n\n# Measured and shown, gated or not.\nmetrics:\n"
        let (metrics, gates) = measures()
        out += metrics.map { "  - \($0)\n" }.joined()
        out += "\n# Rules that must all hold.\ngates:\n"
        out += gates.map { "  - \($0)\n" }.joined()
        return out + "unsure: ask\n"
    }

    /// An address that RFC 2606 keeps anybody from having, which shows what was recorded.
    private var noApp: JSONObject {
        var arm = JSONObject("url", "http://your-app.invalid/ask")
        let said = records.flatMap(\.answers)
        var observe = JSONObject("text", "/answer")
        if said.contains(where: { $0.documents != nil }) { observe["documents"] = "/documents" }
        if said.contains(where: { $0.tools != nil }) { observe["tools"] = "/tool_calls" }
        arm["observe"] = .object(observe)
        return arm
    }

    private func arm(_ name: String, _ arm: JSONObject) -> String {
        "  \(name):\n" + arm.members.map { "    \($0.key): \(YAMLText.flow($0.value))\n" }.joined()
    }

    /// What the data can tell.
    private func measures() -> (metrics: [String], gates: [String]) {
        var metrics: [String] = []
        var gates: [String] = []
        let said = records.flatMap(\.answers)
        func add(_ metric: String, gate: String? = nil) {
            metrics.append(metric)
            if let gate { gates.append(gate) }
        }
        if records.contains(where: { !$0.references.isEmpty }) {
            add("token_f1", gate: "token_f1 not worse than baseline")
            add("rouge_l")
        }
        if records.contains(where: { !$0.required.isEmpty }) {
            add("required", gate: "required not worse than baseline")
        }
        let showsDocuments = said.contains { $0.documents != nil }
        if showsDocuments, records.contains(where: { !$0.goldTexts.isEmpty }) {
            add("recall@5", gate: "recall@5 not worse than baseline")
        }
        if said.contains(where: { $0.tools != nil }), records.contains(where: { $0.expectedTools != nil }) {
            add("tool_call_f1", gate: "tool_call_f1 not worse than baseline")
        }
        add("length")
        if said.contains(where: { $0.milliseconds != nil }) { add("latency") }
        add("error_rate", gate: "error_rate <= 1%")
        return (metrics, gates)
    }
}
