import Domain
import Interchange
import Notation

extension ForeignFormat {
    /// An evaluation data set of RAGAS, in the names of its version 0.2 or of those before.
    static let ragas = ForeignFormat(
        name: "ragas", title: "RAGAS",
        summary: "an evaluation data set or its results (CSV, JSON, JSON Lines)",
        details: """
            user_input (question) is asked; reference (ground_truth) is the reference; reference_contexts are gold
            spans; reference_tool_calls the expected calls. response (answer) and retrieved_contexts (contexts) are
            recorded as the baseline. Columns of scores are listed: hold them by 'external:', or measure here.
            """,
        read: read, wrappers: ["samples", "data", "dataset", "rows"],
        keepsPeople: true)

    private static let known: Set<String> = [
        "user_input", "question", "reference", "ground_truth", "ground_truths", "reference_contexts",
        "retrieved_contexts", "contexts", "response", "answer", "multi_responses", "rubrics",
        "reference_tool_calls", "reference_topics", "id",
    ]

    @Sendable
    private static func read(_ row: ForeignRow, _ notes: inout ForeignNotes) -> ForeignRecord? {
        var record = ForeignRecord(at: row.place)
        guard let input = row["user_input", "question"] else { return nil }
        var turns = input.stringValue.flatMap { ForeignRow.parsed($0) } ?? input
        if turns.objectValue != nil { turns = input }
        guard let (query, history) = Chat.question(turns) else { return nil }
        record.id = row.text("id")
        record.query = query
        record.history = history
        record.references = row.texts("reference", "ground_truth", "ground_truths")
        record.goldTexts = row.texts("reference_contexts")
        let expected = row.list("reference_tool_calls").compactMap { Chat.call(normalised($0)) }
        if !expected.isEmpty { record.expectedTools = .array(expected) }
        if let rubrics = row["rubrics"] { record.rubric = rubric(rubrics) }
        if row["reference_topics"] != nil {
            notes.add(
                .left, at: row.place, "reference_topics have no counterpart",
                mend: "write what the answer must name as required_elements")
        }
        if row["multi_responses"] != nil {
            notes.add(
                .left, at: row.place, "of multi_responses none is carried",
                mend: "record each as a repeat, or ask the app with 'repeats'")
        }
        var answer = ForeignAnswer()
        // What was said before the last question is no answer to it.
        let after = turns.arrayValue.map { Chat.afterLastUser($0) } ?? []
        answer.text = row.said("response", "answer") ?? Chat.text(.array(after))
        if row["retrieved_contexts", "contexts"] != nil {
            answer.documents = documents(row.texts("retrieved_contexts", "contexts"))
        }
        let before = (turns.arrayValue ?? []).dropLast(after.count)
        if !Chat.calls(.array(Array(before))).isEmpty {
            notes.add(
                .left, at: row.place,
                "tool calls of earlier turns are not carried: of a history the texts alone are",
                mend: "write in the turn's text what they found, where the answer needs it")
        }
        let calls = Chat.calls(.array(after))
        if !calls.isEmpty { answer.tools = calls }
        record.answers = [answer]
        others(row, known, &record, &notes)
        return record
    }

    /// Passages without ids.
    static func documents(_ texts: [String]) -> [JSONValue] { texts.map { ["text": .string($0)] } }

    private static func normalised(_ call: JSONValue) -> JSONValue {
        guard var object = call.objectValue, object["args"] == nil, object["arguments"] == nil else {
            return call
        }
        object["arguments"] = .object(JSONObject())
        return .object(object)
    }

    /// `score1_description` and its likes, a line each.
    private static func rubric(_ value: JSONValue) -> String? {
        let value = value.stringValue.flatMap { ForeignRow.parsed($0) } ?? value
        guard case .object(let object) = value else { return value.stringValue }
        let lines = object.members.compactMap { member in
            member.value.stringValue.map { "\(member.key.replacing("_description", with: "")): \($0)" }
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// What a row has besides: numbers are another tool's scores, the rest are columns.
    static func others(
        _ row: ForeignRow, _ known: Set<String>, _ record: inout ForeignRecord, _ notes: inout ForeignNotes
    ) {
        for member in row.object.members where !known.contains(DatasetField.normalised(member.key)) {
            guard ForeignRow.says(member.value) else { continue }
            switch member.value {
            case .integer, .number:
                notes.add(
                    .left, at: row.place, "the scores '\(ProbeReading.shown(member.key))' are not carried",
                    mend: "name the file under 'external:' to gate on them, or measure here")
            case .string(let text):
                if (try? JSONValue.parse(text))?.doubleValue != nil {
                    notes.add(
                        .left, at: row.place,
                        "the scores '\(ProbeReading.shown(member.key))' are not carried",
                        mend: "name the file under 'external:' to gate on them, or measure here")
                } else {
                    record.columns[member.key] = member.value
                }
            case .bool, .array, .object: record.columns[member.key] = member.value
            case .null: break
            }
        }
    }
}
