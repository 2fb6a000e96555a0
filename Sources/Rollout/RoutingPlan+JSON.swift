import Domain
import Notation

extension RoutingPlan {
    /// The plan as JSON that ``RoutingPlanReader`` reads back to the same plan; what is at its default is left out.
    public var json: JSONValue {
        var root = JSONObject()
        root["plan"] = .integer(Int64(number))
        root["release"] = .string(release)
        if let stage { root["stage"] = .string(stage) }
        root["production"] = json(production)
        if let candidate { root["candidate"] = json(candidate) }
        root["split"] = .object(splitObject)
        if let announce { root["announce"] = .string(announce) }
        if let override {
            root["override"] = [
                "header": .string(override.header), "secret": .string(override.secret.template),
            ]
        }
        root["fallback"] = ["on": .string(fallback.on.rawValue), "body": size(fallback.body)]
        if let mirror { root["mirror"] = .object(object(mirror)) }
        root["fuse"] = fuse.map { .object(object($0)) } ?? "none"
        if let lease { root["lease"] = span(lease) }
        addLive(to: &root)
        return .object(root)
    }

    private func json(_ backend: Backend) -> JSONValue {
        var object = JSONObject()
        object["url"] = .string(backend.url)
        object["connect"] = span(backend.connect)
        object["first_byte"] = span(backend.firstByte)
        object["pause"] = span(backend.pause)
        if let total = backend.total { object["total"] = span(total) }
        object["connections"] = .integer(Int64(backend.connections))
        if let authorities = backend.authorities { object["authorities"] = .string(authorities) }
        if let name = backend.serverName { object["server_name"] = .string(name) }
        return .object(object)
    }

    private var splitObject: JSONObject {
        var object = JSONObject()
        object["share"] = .string(share.description)
        object["by"] = .array(sticky.map { .string($0.description) })
        object["keyless"] = .string(keyless.rawValue)
        object["salt"] = .string(salt)
        guard !eligibility.isEmpty else { return object }
        var when = JSONObject()
        if !eligibility.paths.isEmpty { when["paths"] = texts(eligibility.paths.map(\.description)) }
        if !eligibility.methods.isEmpty { when["methods"] = texts(eligibility.methods) }
        if !eligibility.headers.isEmpty {
            var headers = JSONObject()
            for header in eligibility.headers { headers[header.name] = .string(header.value) }
            when["headers"] = .object(headers)
        }
        if !eligibility.locales.isEmpty { when["locales"] = texts(eligibility.locales) }
        object["when"] = .object(when)
        return object
    }

    private func object(_ mirror: MirrorRule) -> JSONObject {
        var object = JSONObject()
        object["share"] = .string(mirror.share.description)
        object["methods"] = texts(mirror.methods)
        object["paths"] = texts(mirror.paths.map(\.description))
        if let rate = mirror.rate { object["rate"] = .string(plain(rate) + "/s") }
        object["queue"] = .integer(Int64(mirror.queue))
        object["concurrency"] = .integer(Int64(mirror.concurrency))
        object["body"] = size(mirror.body)
        object["timeout"] = span(mirror.timeout)
        switch mirror.credentials {
        case .keep: object["credentials"] = "keep"
        case .strip: object["credentials"] = "strip"
        case .replace(let fields):
            var values = JSONObject()
            for field in fields { values[field.name] = .string(field.value.template) }
            object["credentials"] = .object(values)
        }
        object["control"] = .bool(mirror.control)
        return object
    }

    private func object(_ fuse: FuseRule) -> JSONObject {
        var object = JSONObject()
        if let errors = fuse.errors { object["errors"] = share(errors) }
        if let throttling = fuse.throttling { object["throttling"] = share(throttling) }
        if let validation = fuse.validation { object["validation"] = share(validation) }
        if let slow = fuse.firstToken { object["first_token"] = json(slow) }
        if let slow = fuse.latency { object["latency"] = json(slow) }
        object["consecutive"] = .integer(Int64(fuse.consecutive ?? 0))
        return object
    }

    private func json(_ slow: FuseRule.Slow) -> JSONValue {
        ["above": span(slow.above), "share": share(slow.share)]
    }

    func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    func size(_ bytes: Int) -> JSONValue { .string("\(bytes)B") }
    func share(_ value: Double) -> JSONValue { .number(value) }

    /// In milliseconds, with as many digits as it takes.
    func span(_ duration: Duration) -> JSONValue {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        if microseconds % 1_000_000 == 0 { return .string("\(microseconds / 1_000_000)s") }
        return .string(plain(Double(microseconds) / 1000) + "ms")
    }

    /// Without an exponent, which a measure has not.
    func plain(_ value: Double) -> String {
        if value == value.rounded() { return String(Int(value)) }
        let thousandths = Int((value * 1000).rounded())
        let rest = String(1000 + thousandths % 1000).dropFirst()
        return "\(thousandths / 1000).\(rest)"
    }
}
