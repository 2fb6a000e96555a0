import Domain
import Interchange
import Notation

/// A span in the forms in which traces are written to files: OTLP's JSON, Phoenix's exports, flat columns.
struct TraceSpan {
    let trace: String
    let id: String
    let parent: String?
    let name: String
    /// Seconds since 1970, where the file says so.
    let start: Double?
    let end: Double?
    /// Names with points, lists with numbers: `retrieval.documents.0.document.content`.
    let attributes: JSONObject
    let status: String?
    let hasFailed: Bool
    let place: SourcePlace

    /// A span; nil where the object is none.
    init?(_ span: JSONObject, at place: SourcePlace) {
        let context = span["context"]?.objectValue
        func text(_ names: String...) -> String? {
            for name in names {
                for object in [span, context ?? JSONObject()] {
                    if let text = object[name]?.stringValue, !text.isEmpty { return text }
                }
            }
            return nil
        }
        guard let trace = text("traceId", "trace_id", "context.trace_id", "context_trace_id"),
            let id = text("spanId", "span_id", "context.span_id", "context_span_id")
        else { return nil }
        self.trace = trace
        self.id = id
        self.place = place
        parent = text("parentSpanId", "parent_span_id", "parent_id", "parentId")
        name = text("name") ?? ""
        start = Self.seconds(
            span["startTimeUnixNano"] ?? span["start_time_unix_nano"] ?? span["start_time"]
                ?? span["startTime"])
        end = Self.seconds(
            span["endTimeUnixNano"] ?? span["end_time_unix_nano"] ?? span["end_time"] ?? span["endTime"])
        let words = (span["status"]?["message"] ?? span["status_message"])?.stringValue
        status = words?.isEmpty == true ? nil : words
        // OTLP numbers the status: 2 is an error.
        let code = span["status"]?["code"] ?? span["status_code"] ?? span["status.code"]
        hasFailed =
            code?.intValue == 2 || code?.stringValue?.uppercased().hasSuffix("ERROR") == true
            || code?.stringValue == "2"
        var flat = JSONObject()
        if let list = span["attributes"]?.arrayValue {
            // OTLP: a list of keys with typed values.
            for entry in list {
                guard let key = entry["key"]?.stringValue, let value = entry["value"] else { continue }
                Self.flatten(Self.plain(value, 0), key, &flat, 0)
            }
        } else if let object = span["attributes"] {
            let read = object.stringValue.flatMap { ForeignRow.parsed($0) } ?? object
            Self.flatten(read, "", &flat, 0)
        }
        for member in span.members where member.key.hasPrefix("attributes.") {
            let cell = member.value.stringValue.flatMap { ForeignRow.parsed($0) } ?? member.value
            Self.flatten(cell, String(member.key.dropFirst("attributes.".count)), &flat, 0)
        }
        if flat["openinference.span.kind"] == nil, let kind = text("span_kind", "spanKind") {
            flat["openinference.span.kind"] = .string(kind)
        }
        attributes = flat
    }

    /// What the app said of the trace: members of `metadata`, and the session.
    var metadata: JSONObject {
        var out = JSONObject()
        if let session = attributes["session.id"] { out["session"] = session }
        let whole = attributes["metadata"]?.stringValue.flatMap { ForeignRow.parsed($0) }?.objectValue
        for member in whole?.members ?? [] where member.value.objectValue == nil {
            out[member.key] = member.value
        }
        for member in attributes.members where member.key.hasPrefix("metadata.") {
            out[String(member.key.dropFirst("metadata.".count))] = member.value
        }
        return out
    }

    /// AGENT, CHAIN, LLM, RETRIEVER, TOOL …
    var kind: String { (attributes["openinference.span.kind"]?.stringValue ?? "").uppercased() }

    /// OTLP's typed values as plain ones.
    private static func plain(_ value: JSONValue, _ depth: Int) -> JSONValue {
        guard depth < 16, let object = value.objectValue else { return value }
        if let text = object["stringValue"] { return text }
        if let flag = object["boolValue"] { return flag }
        if let number = object["doubleValue"] { return number }
        if let number = object["intValue"] {
            // Whole numbers of 64 bits are texts in OTLP's JSON.
            return number.stringValue.flatMap { Int64($0) }.map { .integer($0) } ?? number
        }
        if let list = object["arrayValue"]?["values"]?.arrayValue {
            return .array(list.map { plain($0, depth + 1) })
        }
        if let list = object["kvlistValue"]?["values"]?.arrayValue {
            var out = JSONObject()
            for entry in list {
                if let key = entry["key"]?.stringValue, let value = entry["value"] {
                    out[key] = plain(value, depth + 1)
                }
            }
            return .object(out)
        }
        return .null
    }

    private static func flatten(_ value: JSONValue, _ path: String, _ out: inout JSONObject, _ depth: Int) {
        guard depth < 16 else { return }
        let prefix = path.isEmpty ? "" : path + "."
        switch value {
        case .object(let object):
            for member in object.members { flatten(member.value, prefix + member.key, &out, depth + 1) }
        case .array(let elements) where elements.contains(where: { $0.objectValue != nil }):
            for (index, element) in elements.enumerated() {
                flatten(element, prefix + String(index), &out, depth + 1)
            }
        case .null: break
        default: out[path] = value
        }
    }

    /// Nanoseconds as a number or a text, or a time in words.
    private static func seconds(_ value: JSONValue?) -> Double? {
        guard let value else { return nil }
        if let number = value.doubleValue ?? value.stringValue.flatMap(Double.init) {
            if number > 1e17 { return number / 1e9 }
            if number > 1e14 { return number / 1e6 }
            return number > 1e11 ? number / 1e3 : number
        }
        return value.stringValue.flatMap { TraceTime.seconds($0) }
    }

    /// The objects of a list in flattened attributes: `llm.input_messages` → its messages, in their order.
    func list(_ path: String) -> [JSONObject] {
        var found: [Int: JSONObject] = [:]
        for member in attributes.members where member.key.hasPrefix(path + ".") {
            let rest = member.key.dropFirst(path.count + 1)
            guard let point = rest.firstIndex(of: "."), let index = Int(rest[..<point]) else { continue }
            found[index, default: JSONObject()][String(rest[rest.index(after: point)...])] = member.value
        }
        return found.keys.sorted().compactMap { found[$0] }
    }
}

/// Times as traces' exports have them.
enum TraceTime {
    /// RFC 3339 with its fraction, and such a time without a zone, which is UTC's; nil where it is none.
    static func seconds(_ text: String) -> Double? {
        guard let whole = TimeText.seconds(text) ?? TimeText.seconds(text + "Z") else { return nil }
        guard let point = text.firstIndex(of: ".") else { return Double(whole) }
        let digits = text[text.index(after: point)...].prefix { ("0"..."9").contains($0) }
        return Double(whole) + (Double("0." + digits) ?? 0)
    }
}
