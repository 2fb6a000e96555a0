import Domain
import Interchange
import Notation

/// Reads requests out of recordings: exchanges of a gateway, HAR, logs with bodies (JSON Lines), traces with inputs.
///
/// The form is told from the content. Records that hold no request are set aside and counted.
public struct RequestRecording: Sendable {
    public enum Form: String, Sendable, Hashable, CaseIterable {
        case exchanges, har = "HAR", log = "log with bodies", traces
    }

    public private(set) var requests: [RecordedRequest] = []
    public private(set) var form: Form?
    /// Records set aside, the first with their places.
    public private(set) var problems: [String] = []
    public private(set) var problemCount = 0
    private var ids: [String: Int] = [:]

    private static let mostProblems = 20

    public init() {}

    /// Takes one file whole.
    ///
    /// - Parameter name: For messages.
    public mutating func read(_ bytes: [UInt8], name: String) {
        let limits = JSONLimits(depth: 512, bytes: max(1, bytes.count), longNumbers: .wholeAsTexts)
        if let whole = try? JSONValue.parse(bytes, limits: limits) {
            if let entries = whole["log"]?["entries"]?.arrayValue {
                form = form ?? .har
                for (index, entry) in entries.enumerated() { har(entry, "\(name): entry \(index + 1)") }
                return
            }
            if case .array(let rows) = whole {
                for (index, row) in rows.enumerated() { self.row(row, "\(name): element \(index + 1)") }
                return
            }
            return row(whole, "\(name):1")
        }
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            let place = "\(name):\(number)"
            guard let value = try? JSONValue.parse(Array(line), limits: limits) else {
                setAside(place, "no JSON")
                continue
            }
            row(value, place)
        }
    }

    /// Takes one exchange that was read elsewhere.
    public mutating func add(_ exchange: Exchange) {
        form = form ?? .exchanges
        var request = RecordedRequest(id: exchange.id)
        request.seconds = Double(exchange.began) / 1e6
        request.method = exchange.method
        request.path = exchange.path
        request.query = exchange.query
        request.headers = exchange.headers
        request.key = exchange.key
        request.slices = exchange.slices
        if let body = exchange.body, body.length > 0 {
            guard body.encoding == nil, !body.isTruncated, body.omission == nil else {
                return setAside("request \(exchange.id)", "its body was not kept whole")
            }
            request.body = body.bytes
        } else if exchange.body != nil {
            request.body = []
        }
        // A client's retry is no request of its own.
        if !exchange.isRepeat { add(request) }
    }

    private mutating func add(_ request: RecordedRequest) {
        var request = request
        let seen = ids[request.id, default: 0]
        ids[request.id] = seen + 1
        if seen > 0 { request.id += "#\(seen + 1)" }
        requests.append(request)
    }

    private mutating func setAside(_ place: String, _ why: String) {
        problemCount += 1
        if problems.count < Self.mostProblems { problems.append("\(place): \(why)") }
    }

    private mutating func row(_ value: JSONValue, _ place: String) {
        guard let object = value.objectValue else { return setAside(place, "no object") }
        if ExchangeCodec.isExchange(value) {
            do throws(ExchangeCodec.Problem) { add(try ExchangeCodec.decode(value)) } catch {
                setAside(place, error.description)
            }
            return
        }
        if let resources = (value["resourceSpans"] ?? value["resource_spans"])?.arrayValue {
            var spans: [JSONObject] = []
            for resource in resources {
                for scope in (resource["scopeSpans"] ?? resource["scope_spans"])?.arrayValue ?? [] {
                    spans += scope["spans"]?.arrayValue?.compactMap(\.objectValue) ?? []
                }
            }
            return traces(spans, place)
        }
        if value["method"] != nil || value["path"] != nil || value["url"] != nil || value["uri"] != nil {
            return log(value, place)
        }
        if TraceSpan(object, at: SourcePlace(file: place, line: 0)) != nil { return traces([object], place) }
        setAside(place, "neither an exchange nor a request nor a span")
    }

    // MARK: HAR

    /// HTTP Archive 1.2.
    private mutating func har(_ entry: JSONValue, _ place: String) {
        guard let asked = entry["request"], let url = asked["url"]?.stringValue,
            let web = WebPlace(url)
        else { return setAside(place, "no request with a URL") }
        var request = RecordedRequest(id: "har-\(requests.count + 1)")
        request.seconds = entry["startedDateTime"]?.stringValue.flatMap { TraceTime.seconds($0) }
        request.method = (asked["method"]?.stringValue ?? "GET").uppercased()
        request.path = web.path.isEmpty ? "/" : web.path
        request.query = web.query
        for header in asked["headers"]?.arrayValue ?? [] {
            guard let name = header["name"]?.stringValue, let text = header["value"]?.stringValue else {
                continue
            }
            request.headers.append(LiveField(name, text))
        }
        if let post = asked["postData"] {
            guard let text = post["text"]?.stringValue else {
                return setAside(place, "a body without its text (a form?)")
            }
            if post["encoding"]?.stringValue == "base64" {
                return setAside(place, "a body in base64")
            }
            request.body = Array(text.utf8)
            if let type = post["mimeType"]?.stringValue, request.header("content-type") == nil {
                request.headers.append(LiveField("Content-Type", type))
            }
        }
        if let id = request.header("x-request-id"), !id.isEmpty { request.id = id }
        add(request)
    }

    // MARK: Logs

    private mutating func log(_ row: JSONValue, _ place: String) {
        form = form ?? .log
        func text(_ names: String...) -> String? {
            for name in names { if let text = row[name]?.stringValue, !text.isEmpty { return text } }
            return nil
        }
        guard let target = text("path", "uri", "url", "request_uri") else {
            return setAside(place, "no path")
        }
        let web = WebPlace(target)
        let plain =
            web.map { ($0.path.isEmpty ? "/" : $0.path) + ($0.query.map { "?" + $0 } ?? "") } ?? target
        guard plain.hasPrefix("/"), plain.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return setAside(place, "no path that begins with '/'")
        }
        var request = RecordedRequest(
            id: text("request_id", "id", "x_request_id") ?? "row-\(requests.count + 1)")
        request.method = (text("method", "request_method", "verb") ?? "POST").uppercased()
        let parts = plain.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        request.path = String(parts[0])
        request.query = parts.count > 1 ? String(parts[1]) : text("query_string")
        let time = row["time"] ?? row["timestamp"] ?? row["ts"] ?? row["@timestamp"]
        request.seconds =
            time?.doubleValue.map { $0 > 1e11 ? $0 / 1000 : $0 }
            ?? time?.stringValue.flatMap { TraceTime.seconds($0) }
        for member in row["headers"]?.objectValue?.members ?? [] {
            if let value = member.value.stringValue { request.headers.append(LiveField(member.key, value)) }
        }
        switch row["body"] ?? row["request_body"] {
        case .string(let text)?: request.body = Array(text.utf8)
        case .null?, nil: break
        case let value?:
            request.body = value.bytes()
            if request.header("content-type") == nil {
                request.headers.append(LiveField("Content-Type", "application/json"))
            }
        }
        add(request)
    }

    // MARK: Traces

    private mutating func traces(_ spans: [JSONObject], _ place: String) {
        form = form ?? .traces
        let read = spans.compactMap { TraceSpan($0, at: SourcePlace(file: place, line: 0)) }
        let ids = Set(read.map(\.id))
        var isTaken: Set<String> = []
        for span in read.sorted(by: { ($0.start ?? 0, $0.id) < ($1.start ?? 0, $1.id) }) {
            let isRoot = span.parent.map { !ids.contains($0) } ?? true
            guard isRoot, !isTaken.contains(span.trace) else { continue }
            guard let (question, history) = ForeignFormat.question(span) else {
                setAside(place, "a trace whose root span says no input")
                continue
            }
            isTaken.insert(span.trace)
            var request = RecordedRequest(id: span.trace)
            request.seconds = span.start
            // An input that is the request's own body is sent as it stands.
            let input = span.attributes["input.value"]?.stringValue
            if let input, input.utf8.first == UInt8(ascii: "{"),
                (try? JSONValue.parse(Array(input.utf8))) != nil
            {
                request.body = Array(input.utf8)
            } else {
                request.question = question
                request.history = history
            }
            if let session = span.attributes["session.id"]?.stringValue
                ?? span.attributes["user.id"]?.stringValue
            {
                // For whoever makes a key of it; headers of that name are not sent.
                request.headers.append(LiveField("X-Session-ID", session))
            }
            add(request)
        }
    }
}
