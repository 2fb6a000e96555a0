import Domain
import Notation

extension ForeignFormat {
    /// Spans in OpenInference's convention, or in that of OpenTelemetry for generative AI.
    static let openinference = ForeignFormat(
        name: "openinference", title: "OpenInference",
        summary: "spans of Phoenix or any OTLP exporter, or a Phoenix data set (JSON, JSON Lines, CSV)",
        details: """
            Each trace becomes an example: what its root span was asked, with the answer recorded as the baseline, and
            what its retrievers, tools and models did. OTLP/JSON, Phoenix's exports of spans, and flat columns
            ('attributes.input.value') are read. Rows with input and output alone are a data set: output is the reference.
            """,
        read: { row, notes in
            row.object[spansKey] != nil ? trace(row, &notes) : example(row, &notes)
        }, wrappers: ["resourceSpans", "resource_spans", "spans", "data", "examples"], gather: gather)

    private static let spansKey = "sluice.spans"

    /// Spans of one trace in a row.
    private static func gather(_ rows: [ForeignRow]) -> [ForeignRow] {
        var order: [String] = []
        var traces: [String: (place: SourcePlace, spans: [JSONValue])] = [:]
        var others: [ForeignRow] = []
        func add(_ span: JSONObject, _ place: SourcePlace) -> Bool {
            guard let read = TraceSpan(span, at: place) else { return false }
            if traces[read.trace] == nil { order.append(read.trace) }
            traces[read.trace, default: (place, [])].spans.append(.object(span))
            return true
        }
        for row in rows {
            let resources =
                row.object["resourceSpans"]?.arrayValue ?? row.object["resource_spans"]?.arrayValue
                ?? [.object(row.object)]
            var isTrace = false
            for resource in resources {
                let scopes = (resource["scopeSpans"] ?? resource["scope_spans"])?.arrayValue
                for scope in scopes ?? [] {
                    isTrace = true
                    for span in scope["spans"]?.arrayValue ?? [] {
                        if let span = span.objectValue { _ = add(span, row.place) }
                    }
                }
            }
            if !isTrace, !add(row.object, row.place) { others.append(row) }
        }
        let gathered = order.compactMap { trace -> ForeignRow? in
            guard let found = traces[trace] else { return nil }
            var object = JSONObject()
            object[spansKey] = .array(found.spans)
            return ForeignRow(object: object, place: found.place)
        }
        return gathered + others
    }

    // MARK: Traces

    private static func trace(_ row: ForeignRow, _ notes: inout ForeignNotes) -> ForeignRecord? {
        let spans = (row.object[spansKey]?.arrayValue ?? []).compactMap(\.objectValue).compactMap {
            TraceSpan($0, at: row.place)
        }.sorted { ($0.start ?? 0, $0.id) < ($1.start ?? 0, $1.id) }
        let ids = Set(spans.map(\.id))
        let roots = spans.filter { span in span.parent.map { !ids.contains($0) } ?? true }
        let models = spans.filter { isModel($0) }
        let asked = (roots + models).lazy.compactMap { span in question(span).map { ($0, span) } }.first
        guard let ((query, history), _) = asked else {
            notes.add(
                .left, at: row.place, "a trace in which nothing is asked is not carried",
                mend: "have the app's root span say input.value")
            return nil
        }
        var record = ForeignRecord(at: row.place)
        record.id = spans.first?.trace
        record.query = query
        record.history = history
        if let name = roots.first?.name, !name.isEmpty { record.columns["trace_name"] = .string(name) }
        for member in roots.first?.metadata.members ?? [] { record.columns[member.key] = member.value }
        var answer = ForeignAnswer()
        answer.text = (roots + models.reversed()).lazy.compactMap { said($0) }.first
        let retrievers = spans.filter { $0.kind == "RETRIEVER" || !$0.list("retrieval.documents").isEmpty }
        let found = retrievers.map(documents)
        if !retrievers.isEmpty, found.allSatisfy({ $0 != nil }) {
            answer.documents = found.flatMap { $0 ?? [] }
        } else if !retrievers.isEmpty {
            notes.add(
                .left, at: row.place, "what a retriever gave cannot be read as documents: none are recorded",
                mend: "have it say retrieval.documents; instrumentations may hide outputs")
        }
        if answer.text == nil, let root = roots.first, root.hasFailed {
            answer.error = root.status ?? "the trace says that it failed"
        }
        let tools = spans.filter { $0.kind == "TOOL" }.compactMap(call)
        let named = models.flatMap(calls)
        if !named.isEmpty || !tools.isEmpty { answer.tools = named.isEmpty ? tools : named }
        count(models, &answer)
        if let root = roots.first, let start = root.start, let end = root.end, end >= start {
            answer.milliseconds = (end - start) * 1000
        }
        record.answers = [answer]
        return record
    }

    private static func isModel(_ span: TraceSpan) -> Bool {
        span.kind == "LLM" || span.attributes["gen_ai.request.model"] != nil
            || span.attributes["llm.model_name"] != nil
    }

    static func question(_ span: TraceSpan) -> (query: String, history: [Message])? {
        for name in ["input.value", "gen_ai.input.messages", "gen_ai.prompt", "traceloop.entity.input"] {
            if let value = span.attributes[name], let found = Chat.question(value) { return found }
        }
        return Chat.question(.array(messages(span, "llm.input_messages", "gen_ai.prompt")))
    }

    private static func said(_ span: TraceSpan) -> String? {
        for name in [
            "output.value", "gen_ai.output.messages", "gen_ai.completion", "traceloop.entity.output",
        ] {
            if let text = span.attributes[name].flatMap({ Chat.text($0) }) { return text }
        }
        return Chat.text(.array(messages(span, "llm.output_messages", "gen_ai.completion")))
    }

    /// Messages that flattened attributes hold.
    private static func messages(_ span: TraceSpan, _ paths: String...) -> [JSONValue] {
        for path in paths {
            let found = span.list(path).compactMap { object -> JSONValue? in
                let role = object["message.role"] ?? object["role"]
                var content = object["message.content"] ?? object["content"]
                if content == nil {
                    let parts = object.members.filter { $0.key.hasSuffix("message_content.text") }.map(
                        \.value)
                    if !parts.isEmpty { content = .array(parts) }
                }
                guard let role, let content else { return nil }
                return ["role": role, "content": content]
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// A retriever's documents; nil where it does not say, or in a form that cannot be read.
    private static func documents(_ span: TraceSpan) -> [JSONValue]? {
        let listed = span.list("retrieval.documents")
        if !listed.isEmpty {
            let read = listed.compactMap(document)
            return read.count == listed.count ? read : nil
        }
        return Passage.list(span.attributes["retrieval.documents"] ?? span.attributes["output.value"])
    }

    private static func document(_ object: JSONObject) -> JSONValue? {
        var out = JSONObject()
        for member in object.members {
            let name = member.key.replacing("document.", with: "")
            out[name == "content" ? "text" : name] = member.value
        }
        if let metadata = out["metadata"]?.stringValue.flatMap({ ForeignRow.parsed($0) }) {
            out["metadata"] = metadata
        }
        return Passage.read(.object(out))
    }

    private static func call(_ span: TraceSpan) -> JSONValue? {
        let name =
            (span.attributes["tool.name"] ?? span.attributes["gen_ai.tool.name"])?.stringValue ?? span.name
        guard !name.isEmpty else { return nil }
        let given =
            span.attributes["tool.parameters"] ?? span.attributes["input.value"]
            ?? span.attributes["gen_ai.tool.call.arguments"]
        let read = given.flatMap { $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0 }
        return [
            "name": .string(name),
            "arguments": read?.objectValue.map { .object($0) } ?? .object(JSONObject()),
        ]
    }

    private static func calls(_ span: TraceSpan) -> [JSONValue] {
        if let messages = span.attributes["gen_ai.output.messages"] { return Chat.calls(messages) }
        return span.list("llm.output_messages").flatMap { message -> [JSONValue] in
            var found: [String: JSONObject] = [:]
            var order: [String] = []
            for member in message.members {
                guard member.key.hasPrefix("message.tool_calls.") else { continue }
                let parts = member.key.dropFirst("message.tool_calls.".count).split(
                    separator: ".", maxSplits: 1)
                guard parts.count == 2 else { continue }
                if found[String(parts[0])] == nil { order.append(String(parts[0])) }
                found[String(parts[0]), default: JSONObject()][String(parts[1])] = member.value
            }
            return order.compactMap { place in
                guard let call = found[place], let name = call["tool_call.function.name"] else { return nil }
                let given = call["tool_call.function.arguments"]
                let read = given.flatMap { $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0 }
                return ["name": name, "arguments": read ?? .object(JSONObject())]
            }
        }
    }

    private static func count(_ models: [TraceSpan], _ answer: inout ForeignAnswer) {
        func total(_ names: [String]) -> Int? {
            sum(models.map { span in names.lazy.compactMap { span.attributes[$0]?.intValue }.first })
        }
        answer.inputTokens = total([
            "llm.token_count.prompt", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens",
        ])
        answer.outputTokens = total([
            "llm.token_count.completion", "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
        ])
        answer.cost = sum(models.map { $0.attributes["llm.cost.total"]?.doubleValue })
        let names = ["llm.model_name", "gen_ai.response.model", "gen_ai.request.model"]
        if let model = models.last.flatMap({ span in
            names.lazy.compactMap { span.attributes[$0]?.stringValue }.first
        }) {
            answer.versions = [("model", model)]
        }
    }

    // MARK: Data sets

    private static func example(_ row: ForeignRow, _ notes: inout ForeignNotes) -> ForeignRecord? {
        guard
            let input = row["input", "inputs", "question"].map({
                $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0
            }),
            let (query, history) = Chat.question(input)
        else { return nil }
        var record = ForeignRecord(at: row.place)
        record.id = row.text("id", "example_id")
        record.query = query
        record.history = history
        record.references =
            row["output", "outputs", "expected", "reference"].flatMap { Chat.text($0) }.map { [$0] } ?? []
        let metadata = row["metadata"].flatMap { $0.stringValue.flatMap { ForeignRow.parsed($0) } ?? $0 }
        for member in metadata?.objectValue?.members ?? [] where member.value.objectValue == nil {
            record.columns[member.key] = member.value
        }
        return record
    }
}
