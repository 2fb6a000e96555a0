import Domain
import Notation

/// Apps behind an address of their own.
extension ProviderImport {
    mutating func takeHTTP() {
        let config = provider.config
        var url = config["url"]?.stringValue ?? (provider.id.contains("://") ? provider.id : "")
        var method = config["method"]?.stringValue
        var headers = config["headers"]?.objectValue ?? JSONObject()
        var body = config["body"]
        if let raw = config["request"]?.stringValue, let request = RawRequest(raw) {
            method = request.method
            let isSecure = config["useHttps"]?.boolValue ?? true
            url =
                request.target.hasPrefix("http")
                ? request.target : (isSecure ? "https://" : "http://") + request.host + request.target
            for member in request.headers.members { headers[member.key] = member.value }
            body = request.body.isEmpty ? nil : .string(request.body)
        } else if config["request"] != nil {
            return leave(
                "config.request is no raw HTTP request that can be read",
                mend: "write url, method, headers and body")
        }
        for member in config.objectValue?.members ?? [] {
            let taken = [
                "url", "method", "headers", "body", "request", "useHttps", "queryParams", "transformResponse",
                "responseParser",
                "maxRetries", "validateStatus",
            ]
            if member.key == "validateStatus" {
                change(
                    "config.validateStatus is not read: any status of 2xx is an answer",
                    mend: "let the app answer so")
            } else if !taken.contains(member.key) {
                leave(
                    "config.\(ProbeReading.shown(member.key)) has no counterpart",
                    mend: "see 'app' in docs/policy.md")
            }
        }
        guard let address = takeAddress(url, config["queryParams"]) else { return }
        let verb = (method ?? (body == nil ? "GET" : "POST")).uppercased()
        guard takeBody(body, verb) else { return }
        arm["url"] = .string(address)
        if verb != "POST" { arm["method"] = .string(verb) }
        takeHeaders(headers)
        takeReading(config["transformResponse"] ?? config["responseParser"])
    }

    static func address(_ url: String) -> String? {
        let template = PromptTemplate(url)
        return template.pieces.allSatisfy { if case .text = $0 { true } else { false } } ? url : nil
    }

    mutating func takeAddress(_ url: String, _ parameters: JSONValue?) -> String? {
        var text = url
        for (index, member) in (parameters?.objectValue?.members ?? []).enumerated() {
            text +=
                (index == 0 && !url.contains("?") ? "?" : "&") + member.key + "="
                + PromptTemplate.text(member.value)
        }
        guard let made = insert(text), WebPlace(made) != nil else {
            leave(
                "the address '\(ProbeReading.shown(url))' is no whole one, or has more than {{names}} in it",
                mend: "write it out, or give --app URL")
            return nil
        }
        return made
    }

    /// A text of the request with `{{prompt}}` and further names as placeholders; nil where it has more than names.
    func insert(_ text: String) -> String? {
        let template = PromptTemplate(text)
        guard template.beyond == nil else { return nil }
        var out = ""
        for piece in template.pieces {
            switch piece {
            case .text(let text): out += text.replacingPlaceholders()
            case .environment: return nil
            case .name("prompt", _):
                guard case .text(let text) = prompt.content, let made = columns.prompt(text) else {
                    return nil
                }
                out += made
            case .name(let name, let steps):
                guard steps.isEmpty else { return nil }
                out += columns.placeholder(name)
            }
        }
        return out
    }

    mutating func takeBody(_ body: JSONValue?, _ verb: String) -> Bool {
        guard !["GET", "DELETE", "HEAD"].contains(verb) else {
            if body != nil { leave("a \(verb) request has no body here", mend: "use POST") }
            return true
        }
        var value = body ?? .object(JSONObject())
        if let text = value.stringValue {
            guard let parsed = try? JSONValue.parse(text), parsed.objectValue != nil else {
                leave(
                    "the body is no JSON object: '\(ProbeReading.shown(text))'",
                    mend: "Sluice sends JSON; put a small program before the app")
                return false
            }
            value = parsed
        }
        guard value.objectValue != nil else {
            leave("the body is no JSON object", mend: "write its members")
            return false
        }
        guard let made = filled(value) else {
            leave("the body has more than {{names}} in it", mend: "write it with plain names")
            return false
        }
        arm["request"] = made
        return true
    }

    func filled(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text):
            // Chat messages in place of a text are a list.
            if case .messages(let messages) = prompt.content,
                PromptTemplate(text).pieces == [.name("prompt", [])]
            {
                return columns.json(messages)
            }
            return insert(text).map { .string($0) }
        case .array(let elements):
            var out: [JSONValue] = []
            for element in elements {
                guard let made = filled(element) else { return nil }
                out.append(made)
            }
            return .array(out)
        case .object(let object):
            var out = JSONObject()
            for member in object.members {
                guard let made = filled(member.value) else { return nil }
                out[member.key] = made
            }
            return .object(out)
        default: return value
        }
    }

    mutating func takeHeaders(_ headers: JSONObject) {
        var out = JSONObject()
        for member in headers.members {
            let name = member.key
            let plain = name.lowercased()
            if ["content-type", "content-length", "host", "accept"].contains(plain) {
                let type = (member.value.stringValue ?? "").lowercased()
                if plain == "content-type", !type.contains("json") {
                    change(
                        "the header Content-Type '\(ProbeReading.shown(type))' is not kept: JSON is sent",
                        mend: "let the app take JSON")
                }
                continue
            }
            let text = PromptTemplate.text(member.value)
            if let variables = secretive(text) {
                out[name] = .string(variables)
            } else if Self.isSecret(plain) {
                let variable = "APP_" + plain.uppercased().filter { $0.isLetter || $0.isNumber }
                out[name] = .string("${env:\(variable)}")
                change(
                    "the header '\(name)' holds a key, which is never written: its variable is",
                    mend: "export \(variable)=…")
            } else if PromptTemplate(text).names.isEmpty {
                out[name] = .string(text)
            } else {
                leave("the header '\(name)' has variables of tests in it", mend: "send it in the body")
            }
        }
        if !out.isEmpty { arm["headers"] = .object(out) }
    }

    static func isSecret(_ name: String) -> Bool {
        ["authorization", "cookie", "key", "token", "secret", "password"].contains { name.contains($0) }
    }

    /// A text whose only names are of the environment; nil for any other.
    func secretive(_ text: String) -> String? {
        let template = PromptTemplate(text)
        guard template.beyond == nil else { return nil }
        var out = ""
        var isNamed = false
        for piece in template.pieces {
            switch piece {
            case .text(let text): out += text
            case .environment(let name):
                out += "${env:\(name)}"
                isNamed = true
            case .name: return nil
            }
        }
        return isNamed ? out : nil
    }

    /// The variable that a text like `{{env.KEY}}` names.
    func environment(_ text: String) -> String? {
        guard case .environment(let name)? = PromptTemplate(text).pieces.first else { return nil }
        return name
    }

    /// `json.choices[0].message.content` as a pointer.
    mutating func takeReading(_ value: JSONValue?) {
        guard let value else {
            return change(
                "no transformResponse says where the answer's text stands",
                mend: "sluice init URL finds it out; write it to app.observe.text")
        }
        guard let text = value.stringValue, let pointer = Self.pointer(text) else {
            return leave(
                "the answer is read by a program: '\(ProbeReading.shown(value.stringValue ?? "…"))'",
                mend: "write where its text stands to app.observe.text, as a JSON Pointer")
        }
        if !pointer.tokens.isEmpty {
            arm["observe"] = .object(JSONObject("text", .string(pointer.description)))
        }
    }

    static func pointer(_ expression: String) -> JSONPointer? {
        var text = PromptfooCSV.trimmed(expression)
        if let arrow = text.firstRange(of: "=>") {
            text = PromptfooCSV.trimmed(String(text[arrow.upperBound...]))
        }
        if text == "text" || text == "json" { return .root }
        guard text.hasPrefix("json") else { return nil }
        text = String(text.dropFirst(4)).replacing("?.", with: ".")
        guard case .name(_, let steps)? = PromptTemplate("{{x\(text)}}").pieces.first else { return nil }
        return JSONPointer(tokens: steps)
    }
}
