import Domain
import Notation

extension ForeignFormat {
    /// Data set items and traces of Langfuse.
    static let langfuse = ForeignFormat(
        name: "langfuse", title: "Langfuse",
        summary: "data set items or traces with observations (JSON, JSON Lines, CSV)",
        details: """
            A data set item's input is asked, and its expectedOutput is the reference. A trace's input is asked, and what
            was answered then is recorded as the baseline: text, retrieved documents, tool calls, tokens, cost, times and
            versions, from its observations. Traces hold what people wrote: see 'sluice dataset anonymise'.
            """,
        read: { row, notes in
            let isTrace =
                row.object["trace"]?.objectValue != nil || row["output", "observations", "timestamp"] != nil
            return isTrace && row["expected_output"] == nil
                ? LangfuseTrace(row).record(&notes) : item(row, &notes)
        }, wrappers: ["data", "items", "traces"])

    private static func item(_ row: ForeignRow, _ notes: inout ForeignNotes) -> ForeignRecord? {
        if row.text("status") == "ARCHIVED" {
            notes.add(
                .left, at: row.place, "an archived item is not carried",
                mend: "restore it there to have it here")
            return nil
        }
        guard let input = row["input"], let (query, history) = Chat.question(input) else { return nil }
        var record = ForeignRecord(at: row.place)
        record.id = row.text("id")
        record.query = query
        record.history = history
        if let expected = row["expected_output"] {
            if let text = Chat.text(expected) {
                record.references = [text]
            } else {
                notes.add(
                    .left, at: row.place, "an expected output holds no text",
                    mend: "write reference_response for it")
            }
        }
        keep(row["metadata"], &record)
        return record
    }

    fileprivate static func keep(_ metadata: JSONValue?, _ record: inout ForeignRecord) {
        let value = metadata.flatMap { $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0 }
        for member in value?.objectValue?.members ?? [] {
            // What instrumentation writes about itself is nothing to slice by.
            switch member.value {
            case .string(let text) where text.utf8.count <= 200: record.columns[member.key] = member.value
            case .bool, .integer, .number: record.columns[member.key] = member.value
            default: break
            }
        }
    }
}

/// One trace with its observations.
private struct LangfuseTrace {
    private let row: ForeignRow
    private let trace: JSONObject
    /// In the order of their beginnings.
    private let observations: [JSONObject]

    init(_ row: ForeignRow) {
        self.row = row
        trace = row.object["trace"]?.objectValue ?? row.object
        let list = row.object["observations"]?.arrayValue ?? trace["observations"]?.arrayValue ?? []
        observations = list.compactMap(\.objectValue).sorted {
            (Self.start($0), $0["id"]?.stringValue ?? "") < (Self.start($1), $1["id"]?.stringValue ?? "")
        }
    }

    private static func start(_ observation: JSONObject) -> String {
        (observation["startTime"] ?? observation["start_time"])?.stringValue ?? ""
    }

    private func kind(_ observation: JSONObject) -> String { observation["type"]?.stringValue ?? "" }

    func record(_ notes: inout ForeignNotes) -> ForeignRecord? {
        var record = ForeignRecord(at: row.place)
        record.id = trace["id"]?.stringValue
        guard let (query, history) = question() else {
            notes.add(
                .left, at: row.place, "a trace whose input holds no question is not carried",
                mend: "log what the user asked as the trace's input")
            return nil
        }
        record.query = query
        record.history = history
        for name in ["name", "environment", "release"] {
            if let text = trace[name]?.stringValue, !text.isEmpty {
                record.columns["trace_" + name] = .string(text)
            }
        }
        let tags = (trace["tags"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !tags.isEmpty { record.columns["tags"] = .array(tags.map { .string($0) }) }
        if let scores = trace["scores"]?.arrayValue, !scores.isEmpty {
            notes.add(
                .left, at: row.place, "the scores of traces are not carried",
                mend: "export them, and name the file under 'external:'")
        }
        ForeignFormat.keep(trace["metadata"], &record)
        record.answers = [answer(&notes)]
        return record
    }

    /// Roots first, then what was sent to a model.
    private func question() -> (query: String, history: [Message])? {
        if let input = trace["input"], let found = Chat.question(input) { return found }
        let roots = observations.filter { ($0["parentObservationId"] ?? .null).isNull }
        for observation in roots + observations.filter({ kind($0) == "GENERATION" }) {
            if let input = observation["input"], let found = Chat.question(input) { return found }
        }
        return nil
    }

    private func answer(_ notes: inout ForeignNotes) -> ForeignAnswer {
        var answer = ForeignAnswer()
        answer.text = trace["output"].flatMap { Chat.text($0) }
        // Instrumentations log a call twice, the one within the other: the inner one counts.
        let outer = Set(
            observations.filter { kind($0) == "GENERATION" }.compactMap {
                $0["parentObservationId"]?.stringValue
            })
        let generations = observations.filter {
            kind($0) == "GENERATION" && !outer.contains($0["id"]?.stringValue ?? "")
        }
        if answer.text == nil {
            let roots = observations.filter { ($0["parentObservationId"] ?? .null).isNull }
            answer.text =
                (roots + generations.reversed()).lazy.compactMap { $0["output"].flatMap { Chat.text($0) } }
                .first
        }
        let retrievals = observations.filter { kind($0) == "RETRIEVER" }
        let found = retrievals.map { Passage.list($0["output"]) }
        if !retrievals.isEmpty, found.allSatisfy({ $0 != nil }) {
            answer.documents = found.flatMap { $0 ?? [] }
            for retrieval in retrievals { Passage.note(retrieval["output"], at: row.place, &notes) }
        } else if !retrievals.isEmpty {
            notes.add(
                .left, at: row.place, "what a retriever gave cannot be read as documents: none are recorded",
                mend: "log its output as a list of {id, text}")
        }
        if answer.text == nil {
            let failed = observations.last { $0["level"]?.stringValue == "ERROR" }
            answer.error = failed.map { $0["statusMessage"]?.stringValue ?? "the trace says that it failed" }
        }
        let tools = observations.filter { kind($0) == "TOOL" }.compactMap(call)
        let named = generations.flatMap { $0["output"].map { Chat.calls($0) } ?? [] }
        if !named.isEmpty || !tools.isEmpty { answer.tools = named.isEmpty ? tools : named }
        answer.inputTokens = ForeignFormat.sum(generations.map { Self.usage($0, "input") })
        answer.outputTokens = ForeignFormat.sum(generations.map { Self.usage($0, "output") })
        let cost = ForeignFormat.sum(
            generations.map { ($0["totalCost"] ?? $0["calculatedTotalCost"])?.doubleValue })
        answer.cost = (trace["totalCost"]?.doubleValue ?? cost).flatMap { $0 > 0 ? $0 : nil }
        answer.milliseconds = trace["latency"]?.doubleValue.map { $0 * 1000 }
        answer.firstTokenMilliseconds = generations.first?["timeToFirstToken"]?.doubleValue.map { $0 * 1000 }
        if let model = generations.compactMap({ $0["model"]?.stringValue }).last {
            answer.versions.append(("model", model))
        }
        if let prompt = generations.last(where: { $0["promptName"]?.stringValue != nil }),
            let name = prompt["promptName"]?.stringValue
        {
            let version = prompt["promptVersion"]?.intValue.map { " v\($0)" } ?? ""
            answer.versions.append(("prompt", name + version))
        }
        return answer
    }

    private func call(_ observation: JSONObject) -> JSONValue? {
        guard let name = observation["name"]?.stringValue else { return nil }
        let input = observation["input"].flatMap { $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0 }
        return [
            "name": .string(name),
            "arguments": input?.objectValue.map { .object($0) } ?? .object(JSONObject()),
        ]
    }

    private static func usage(_ generation: JSONObject, _ name: String) -> Int? {
        (generation["usageDetails"]?[name] ?? generation["usage"]?[name] ?? generation[name + "Usage"])?
            .intValue
    }
}
