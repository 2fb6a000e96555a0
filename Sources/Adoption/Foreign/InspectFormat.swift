import Domain
import Notation

extension ForeignFormat {
    /// A log of Inspect (UK AI Security Institute): one evaluation with its samples.
    static let inspect = ForeignFormat(
        name: "inspect", title: "Inspect", summary: "a log (.eval, or .json) with its samples",
        details: """
            Samples become examples: the target is the reference, an 'includes' scorer asks that the answer contains
            it, epochs are repeats. What the model answered is recorded as the baseline. Scores are not carried: the
            answers are scored here.
            """,
        read: { row, notes in InspectSample(row, &notes).record(&notes) }, wrappers: ["samples"])
}

/// One sample of a log.
private struct InspectSample {
    private let row: ForeignRow
    private let scorers: [String]
    private let model: String?

    init(_ row: ForeignRow, _ notes: inout ForeignNotes) {
        self.row = row
        let whole = row.whole ?? JSONObject()
        var names = (whole["results"]?["scores"]?.arrayValue ?? []).compactMap {
            ($0["scorer"] ?? $0["name"])?.stringValue
        }
        names += (whole["eval"]?["scorers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        names += row.object["scores"]?.objectValue?.keys ?? []
        var seen: Set<String> = []
        scorers = names.map { $0.split(separator: "/").last.map(String.init) ?? $0 }.filter {
            seen.insert($0).inserted
        }
        model = whole["eval"]?["model"]?.stringValue
        if let status = whole["status"]?.stringValue, status != "success" {
            notes.add(
                .changed, at: row.place,
                "the log's status is '\(ProbeReading.shown(status))': it is not whole",
                mend: "import a log that ended, or go on with what is there", isOfFile: true)
        }
    }

    func record(_ notes: inout ForeignNotes) -> ForeignRecord? {
        var record = ForeignRecord(at: row.place)
        switch row.object["id"] {
        case .string(let id)?: record.id = id
        case .integer(let id)?: record.id = String(id)
        default: break
        }
        guard let input = row.object["input"], let (query, history) = Chat.question(input) else { return nil }
        record.query = query
        record.history = history
        let targets = row.texts("target")
        for scorer in scorers.isEmpty ? ["?"] : scorers { carry(scorer, targets, &record, &notes) }
        if let choices = row.object["choices"]?.arrayValue, !choices.isEmpty {
            record.columns["choices"] = .array(choices)
            notes.add(
                .changed, at: row.place, "a sample's choices are a column, 'choices'",
                mend: "have the request send them: ${input.choices}")
        }
        for member in row.object["metadata"]?.objectValue?.members ?? [] {
            record.columns[member.key] = member.value
        }
        if row.object["files"] != nil || row.object["sandbox"] != nil || row.object["setup"] != nil {
            notes.add(
                .left, at: row.place, "a sandbox or its files are not carried",
                mend: "give the app what it needs by itself")
        }
        leave(&notes)
        record.answers = [answer()]
        return record
    }

    /// Members of a sample that have a place here, or a note of their own.
    private static let read: Set<String> = [
        "id", "epoch", "uuid", "input", "target", "choices", "metadata", "files", "sandbox", "setup",
        "output",
        "messages", "model_usage", "working_time", "total_time", "error", "scores", "score",
    ]

    /// Tells of what the sample holds and no record does.
    private func leave(_ notes: inout ForeignNotes) {
        var scores = row.object["scores"]?.objectValue?.keys ?? []
        if scores.isEmpty, let score = row.object["score"], ForeignRow.says(score) { scores = ["score"] }
        if !scores.isEmpty {
            notes.add(
                .left, at: row.place,
                "the scores '\(scores.sorted().map(ProbeReading.shown).joined(separator: "', '"))' are not carried",
                mend:
                    "the answers are scored here; to hold theirs beside, export them and name the file under 'external:'"
            )
        }
        let others = row.object.members.filter { !Self.read.contains($0.key) && ForeignRow.says($0.value) }
            .map(\.key).sorted()
        if !others.isEmpty {
            notes.add(
                .left, at: row.place,
                "of a sample '\(others.map(ProbeReading.shown).joined(separator: "', '"))' are not carried",
                mend: "nothing of it is asked or measured here")
        }
    }

    /// What a scorer asks, as expectations.
    private func carry(
        _ scorer: String, _ targets: [String], _ record: inout ForeignRecord, _ notes: inout ForeignNotes
    ) {
        record.references = targets
        switch scorer {
        case "includes":
            let element: JSONValue =
                targets.count == 1
                ? ["type": "text", "value": .string(targets[0])]
                : ["type": "any_of", "values": .array(targets.map { .string($0) })]
            if !targets.isEmpty { record.required.append(element) }
        case "exact", "f1", "?": break
        case "match", "answer", "choice", "pattern":
            notes.add(
                .changed, at: row.place,
                "the scorer '\(scorer)' reads a part of the answer; here the whole is held against the reference",
                mend: "have the app answer briefly, or write required_elements with a pattern")
        case "model_graded_qa", "model_graded_fact":
            notes.add(
                .left, at: row.place, "the scorer '\(scorer)' is a judge",
                mend: "add 'correctness' with a judge of the policy's, once it is calibrated")
        default:
            notes.add(
                .left, at: row.place, "the scorer '\(ProbeReading.shown(scorer))' has no counterpart",
                mend: "write it as a metric of your own, or hold its scores by 'external:'")
        }
    }

    private func answer() -> ForeignAnswer {
        var answer = ForeignAnswer()
        let output = row.object["output"]
        answer.text = output.flatMap { Chat.text($0) }
        if let text = output?["completion"]?.stringValue, !text.isEmpty { answer.text = text }
        let calls = (row.object["messages"] ?? output).map { Chat.calls($0) } ?? []
        if !calls.isEmpty { answer.tools = calls }
        let usages = (row.object["model_usage"]?.objectValue?.members ?? []).map(\.value)
        answer.inputTokens = ForeignFormat.sum(usages.map { $0["input_tokens"]?.intValue })
        answer.outputTokens = ForeignFormat.sum(usages.map { $0["output_tokens"]?.intValue })
        let seconds = row.object["working_time"]?.doubleValue ?? row.object["total_time"]?.doubleValue
        answer.milliseconds = seconds.map { $0 * 1000 }
        if let name = output?["model"]?.stringValue ?? model { answer.versions = [("model", name)] }
        if let error = row.object["error"], !error.isNull {
            answer.error = error["message"]?.stringValue ?? error.stringValue ?? "no reason given"
        }
        return answer
    }
}

extension ForeignFormat {
    /// The sum of what is there; nil where nothing is.
    static func sum(_ numbers: [Int?]) -> Int? {
        let known = numbers.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    static func sum(_ numbers: [Double?]) -> Double? {
        let known = numbers.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +)
    }
}

extension Chat {
    /// The turns behind the last thing that a user said.
    static func afterLastUser(_ turns: [JSONValue]) -> [JSONValue] {
        let last = turns.lastIndex { turn in
            Chat.turns(.array([turn])).contains { $0.role == .user }
        }
        return last.map { Array(turns[($0 + 1)...]) } ?? []
    }

    /// The question of an input, the last thing that a user said, and what was said before it.
    static func question(_ input: JSONValue) -> (query: String, history: [Message])? {
        let turns = turns(input)
        guard
            let last = turns.lastIndex(where: { $0.role == .user && $0.content.contains { !$0.isWhitespace } }
            )
        else { return nil }
        let before = turns[..<last].filter { $0.content.contains { !$0.isWhitespace } && $0.role != .tool }
        return (turns[last].content, Array(before))
    }
}
