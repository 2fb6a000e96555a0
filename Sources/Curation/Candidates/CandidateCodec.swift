import Digest
import Domain
import Interchange
import Notation

/// Candidates as lines of JSON, and back; members that nobody here knows are kept.
public enum CandidateCodec {
    private static let known: Set<String> = [
        "candidate", "state", "query", "conversation_history", "context", "columns", "observed", "correction",
        "signals", "cluster", "in_set", "near", "slices", "anonymised", "collected", "decision",
    ]

    public static func row(_ candidate: Candidate) -> JSONObject {
        var row = JSONObject()
        row["candidate"] = .string(candidate.id)
        row["state"] = .string(candidate.state.rawValue)
        row["query"] = .string(candidate.query)
        if !candidate.history.isEmpty { row["conversation_history"] = history(candidate.history) }
        if !candidate.context.isEmpty { row["context"] = texts(candidate.context) }
        if !candidate.columns.isEmpty {
            var columns = JSONObject()
            for column in candidate.columns { columns[column.name] = column.json ?? .string(column.value) }
            row["columns"] = .object(columns)
        }
        if !candidate.observed.isEmpty { row["observed"] = texts(candidate.observed) }
        row["correction"] = candidate.correction.map { .string($0) }
        row["signals"] = .array(candidate.signals.map(signal))
        row["cluster"] = .string(candidate.cluster)
        row["in_set"] = candidate.inSet.map { .string($0) }
        row["near"] = .array(
            candidate.near.map { ["id": .string($0.id), "similarity": .number($0.similarity)] })
        row["slices"] = .array(
            candidate.slices.map {
                ["name": .string($0.name), "value": .string($0.value), "basis": .string($0.basis)]
            })
        row["anonymised"] = .bool(candidate.isAnonymised)
        row["collected"] = .string(candidate.collected)
        if let decision = candidate.decision {
            var inner = JSONObject()
            inner["by"] = .string(decision.by)
            inner["on"] = .string(decision.on)
            inner["why"] = decision.why.map { .string($0) }
            inner["example"] = decision.example.map { .string($0) }
            row["decision"] = .object(inner)
        }
        for member in candidate.other.members { row[member.key] = member.value }
        return row
    }

    public static func history(_ messages: [Message]) -> JSONValue {
        .array(
            messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] as JSONValue })
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func signal(_ signal: Candidate.Signal) -> JSONValue {
        var row = JSONObject()
        row["kind"] = .string(signal.kind.rawValue)
        row["source"] = .string(signal.source)
        row["ref"] = .string(signal.reference)
        row["at"] = signal.at.map { .string($0) }
        if !signal.note.isEmpty { row["note"] = .string(signal.note) }
        return .object(row)
    }

    /// The candidate of a row, or nil where it is none.
    public static func candidate(_ row: JSONObject) -> Candidate? {
        guard let id = row["candidate"]?.stringValue, !id.isEmpty, let query = row["query"]?.stringValue,
            let state = row["state"]?.stringValue.flatMap(Candidate.State.init(rawValue:))
        else { return nil }
        var candidate = Candidate(query: query)
        candidate.id = id
        candidate.state = state
        candidate.history = messages(row["conversation_history"])
        candidate.context = texts(row["context"])
        for member in row["columns"]?.objectValue?.members ?? [] {
            guard let text = text(member.value) else { continue }
            let json = member.value.stringValue == nil ? member.value : JSONValue?.none
            candidate.columns.append(Example.Column(name: member.key, value: text, json: json))
        }
        candidate.observed = texts(row["observed"])
        candidate.correction = row["correction"]?.stringValue
        for element in row["signals"]?.arrayValue ?? [] {
            guard let kind = element["kind"]?.stringValue.flatMap(CandidateSignal.init(rawValue:)),
                let source = element["source"]?.stringValue, let reference = element["ref"]?.stringValue
            else { continue }
            candidate.signals.append(
                Candidate.Signal(
                    kind, source: source, reference: reference, at: element["at"]?.stringValue,
                    note: element["note"]?.stringValue ?? ""))
        }
        candidate.cluster = row["cluster"]?.stringValue ?? id
        candidate.inSet = row["in_set"]?.stringValue
        for element in row["near"]?.arrayValue ?? [] {
            guard let id = element["id"]?.stringValue, let value = element["similarity"]?.doubleValue else {
                continue
            }
            candidate.near.append(Candidate.Neighbour(id: id, similarity: value))
        }
        for element in row["slices"]?.arrayValue ?? [] {
            guard let name = element["name"]?.stringValue, let value = element["value"]?.stringValue else {
                continue
            }
            let basis = element["basis"]?.stringValue ?? "row"
            candidate.slices.append(Candidate.Slice(name: name, value: value, basis: basis))
        }
        candidate.isAnonymised = row["anonymised"]?.boolValue ?? false
        candidate.collected = row["collected"]?.stringValue ?? ""
        if let decision = row["decision"], let by = decision["by"]?.stringValue {
            candidate.decision = Candidate.Decision(
                by: by, on: decision["on"]?.stringValue ?? "", why: decision["why"]?.stringValue,
                example: decision["example"]?.stringValue)
        }
        for member in row.members where !known.contains(member.key) {
            candidate.other[member.key] = member.value
        }
        return candidate
    }

    private static func messages(_ value: JSONValue?) -> [Message] {
        (value?.arrayValue ?? []).compactMap { turn in
            guard let role = turn["role"]?.stringValue.flatMap(Message.Role.init(rawValue:)),
                let content = turn["content"]?.stringValue
            else { return nil }
            return Message(role: role, content: content)
        }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .integer, .number: value.text()
        default: nil
        }
    }

    /// The id of an input: letter case and spacing count, since they are part of what is asked.
    static func id(of candidate: Candidate) -> String {
        var parts = [candidate.query]
        for message in candidate.history { parts += [message.role.rawValue, message.content] }
        parts.append("")
        parts += candidate.context
        var hash = SHA256()
        for part in parts { hash.update("\(part.utf8.count):\(part)") }
        return "c-" + hash.finish().hex.prefix(12)
    }
}
