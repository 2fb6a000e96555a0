import Domain
import Notation

extension ForeignFormat {
    /// Goldens and test cases of DeepEval, single turns and conversations.
    static let deepeval = ForeignFormat(
        name: "deepeval", title: "DeepEval", summary: "goldens or test cases (JSON, JSON Lines, CSV)",
        details: """
            input is asked; expected_output is the reference; context are gold spans; expected_tools the expected calls.
            actual_output, retrieval_context and tools_called are recorded as the baseline. Of a conversation the last
            user turn is asked, with the turns before it.
            """,
        read: read,
        wrappers: [
            "goldens", "test_cases", "testCases", "conversational_goldens", "conversationalGoldens", "data",
        ], keepsPeople: true)

    private static let known: Set<String> = [
        "input", "actual_output", "expected_output", "context", "retrieval_context", "expected_tools",
        "tools_called", "additional_metadata", "turns", "scenario", "expected_outcome", "name", "tags",
        "source_file", "chatbot_role", "user_description", "comments", "custom_column_key_values", "id",
        "token_cost", "completion_time", "dataset_alias", "dataset_id", "dataset_rank",
    ]

    @Sendable
    private static func read(_ row: ForeignRow, _ notes: inout ForeignNotes) -> ForeignRecord? {
        var record = ForeignRecord(at: row.place)
        record.id = row.text("id") ?? row.text("name")
        var answer = ForeignAnswer()
        let turns = row.list("turns")
        if !turns.isEmpty {
            guard take(turns, &record, &answer) else { return nil }
        } else if let input = row.text("input") {
            record.query = input
        } else {
            if row["scenario"] != nil {
                notes.add(
                    .left, at: row.place,
                    "a scenario without turns is played by DeepEval's simulator; it asks nothing",
                    mend: "import it after the simulation, with its turns")
            }
            return nil
        }
        record.references = row.texts("expected_output")
        if record.references.isEmpty, let outcome = row.text("expected_outcome") { record.rubric = outcome }
        record.goldTexts = row.texts("context")
        let expected = row.list("expected_tools").compactMap(expectedTool)
        if !expected.isEmpty { record.expectedTools = .array(expected) }
        answer.text = row.said("actual_output") ?? answer.text
        if row["retrieval_context"] != nil { answer.documents = documents(row.texts("retrieval_context")) }
        if row["tools_called"] != nil { answer.tools = tools(row.list("tools_called")) }
        answer.cost = row["token_cost"]?.doubleValue
        answer.milliseconds = row["completion_time"]?.doubleValue.map { $0 * 1000 }
        record.answers = [answer]
        for name in ["additional_metadata", "custom_column_key_values"] {
            let value = row.first([name]).flatMap { $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0 }
            for member in value?.objectValue?.members ?? [] { record.columns[member.key] = member.value }
        }
        for name in ["scenario", "chatbot_role", "user_description", "source_file", "comments"] {
            if let text = row.text(name) { record.columns[name] = .string(text) }
        }
        let tags = row.texts("tags")
        if !tags.isEmpty { record.columns["tags"] = .array(tags.map { .string($0) }) }
        others(row, known, &record, &notes)
        return record
    }

    /// The last user turn is asked; what the assistant said after it is the answer.
    private static func take(
        _ turns: [JSONValue], _ record: inout ForeignRecord, _ answer: inout ForeignAnswer
    ) -> Bool {
        guard let last = turns.lastIndex(where: { $0["role"]?.stringValue == "user" }),
            let (query, history) = Chat.question(.array(Array(turns[...last])))
        else { return false }
        record.query = query
        record.history = history
        guard last + 1 < turns.count else { return true }
        let said = turns[last + 1]
        answer.text = said["content"].flatMap { Chat.text($0) }
        if let contexts = said["retrieval_context"] ?? said["retrievalContext"], ForeignRow.says(contexts) {
            answer.documents = documents(ForeignRow.list(contexts).compactMap { Chat.text($0) })
        }
        if let called = said["tools_called"] ?? said["toolsCalled"], ForeignRow.says(called) {
            answer.tools = tools(ForeignRow.list(called))
        }
        return true
    }

    /// An expected tool: without parameters its name alone is asked for.
    private static func expectedTool(_ tool: JSONValue) -> JSONValue? {
        if let name = tool.stringValue { return name.isEmpty ? nil : .string(name) }
        guard let name = tool["name"]?.stringValue else { return nil }
        let given = tool["input_parameters"] ?? tool["inputParameters"] ?? tool["arguments"]
        guard let given, ForeignRow.says(given) else { return .string(name) }
        return ["name": .string(name), "arguments": given]
    }

    /// `{name, input_parameters}`, or bare names.
    private static func tools(_ list: [JSONValue]) -> [JSONValue] {
        list.compactMap { tool in
            if let name = tool.stringValue {
                return ["name": .string(name), "arguments": .object(JSONObject())]
            }
            guard let name = tool["name"]?.stringValue else { return nil }
            let given = tool["input_parameters"] ?? tool["inputParameters"] ?? tool["arguments"]
            return [
                "name": .string(name),
                "arguments": given.flatMap { $0.isNull ? nil : $0 } ?? .object(JSONObject()),
            ]
        }
    }
}
