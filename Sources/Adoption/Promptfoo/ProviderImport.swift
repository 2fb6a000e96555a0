import Domain
import Notation

/// One provider with one prompt as an arm of a policy.
struct ProviderImport {
    /// The arm's members in a policy's order.
    private(set) var arm = JSONObject()
    private(set) var notes: [ImportNote] = []
    /// Whether the answers are those that the prompts themselves are: nothing is asked.
    private(set) var isEcho = false
    /// Whether tokens are shown without a mapping.
    private(set) var showsUsage = false

    private let provider: PromptfooSuite.Provider
    private let prompt: PromptfooSuite.Prompt
    private let columns: PromptColumns

    /// APIs that speak OpenAI's chat completions: where they are, and the variable of their key.
    private static let chats: [(prefix: String, base: String, key: String?)] = [
        ("openai:chat:", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("openai:", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("groq:", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        ("mistral:", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        ("togetherai:", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        ("deepseek:", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
        ("openrouter:", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        ("localai:chat:", "http://localhost:8080/v1", nil), ("localai:", "http://localhost:8080/v1", nil),
        ("ollama:chat:", "http://localhost:11434/v1", nil),
        ("ollama:completion:", "http://localhost:11434/v1", nil),
        ("ollama:", "http://localhost:11434/v1", nil),
    ]

    /// Nil for a provider that cannot be asked; the notes say why.
    init(_ provider: PromptfooSuite.Provider, _ prompt: PromptfooSuite.Prompt, _ columns: PromptColumns) {
        self.provider = provider
        self.prompt = prompt
        self.columns = columns
        for key in provider.others {
            leave("'\(ProbeReading.shown(key))' of a provider has no counterpart", mend: mend(key))
        }
        let id = provider.id
        if id == "echo" {
            isEcho = columnsCanRender()
        } else if id == "http" || id == "https" || id.hasPrefix("http://") || id.hasPrefix("https://") {
            takeHTTP()
        } else if id.hasPrefix("anthropic:") {
            takeAnthropic()
        } else if let chat = Self.chats.first(where: { id.hasPrefix($0.prefix) }), isChat(id) {
            takeChat(String(id.dropFirst(chat.prefix.count)), base: chat.base, key: chat.key)
        } else if id.hasPrefix("exec:") {
            leave(
                "the provider '\(ProbeReading.shown(id))' gets the prompt as an argument and prints text",
                mend:
                    "let a program read JSON lines and write them, { command: [python3, app.py] }; or give --app URL"
            )
        } else {
            leave(
                "the provider '\(ProbeReading.shown(id))' has no counterpart",
                mend: "put it behind an address or a program of JSON lines, and give --app URL")
        }
        sortArm()
    }

    var isAskable: Bool { !arm.isEmpty || isEcho }

    /// Whether the prompt has plain names alone, so that what it comes to is known.
    private mutating func columnsCanRender() -> Bool {
        let text: String
        switch prompt.content {
        case .text(let plain): text = plain
        case .messages(let value): text = String(decoding: value.bytes(), as: UTF8.self)
        }
        if PromptTemplate(text).beyond == nil { return true }
        _ = leavePrompt()
        return false
    }

    private static let order = [
        "url", "openai", "model", "method", "headers", "parameters", "request", "observe",
    ]

    /// The members in the order in which people read them.
    private mutating func sortArm() {
        var sorted = JSONObject()
        for key in Self.order { sorted[key] = arm[key] }
        arm = sorted
    }

    private func mend(_ key: String) -> String {
        key == "transform" ? "map the part of the answer in app.observe" : "see 'app' in docs/policy.md"
    }

    private func isChat(_ id: String) -> Bool {
        ![
            "embedding", "completion:", "responses:", "image", "moderation", "assistant", "realtime",
            "transcription", "tts",
        ]
        .contains { id.contains(":" + $0) && !id.hasPrefix("ollama") }
    }

    private mutating func leave(_ what: String, mend: String) {
        notes.append(ImportNote(.left, at: provider.place, what, mend: mend))
    }

    private mutating func change(_ what: String, mend: String) {
        notes.append(ImportNote(.changed, at: provider.place, what, mend: mend))
    }

    // MARK: Chat

    private mutating func messages() -> JSONValue? {
        switch prompt.content {
        case .text(let text):
            guard let made = columns.prompt(text) else { return leavePrompt() }
            return [["role": "user", "content": .string(made)]]
        case .messages(let value):
            guard let made = columns.json(value) else { return leavePrompt() }
            if columns.usesPrefix || columns.usesSuffix {
                change(
                    "a prefix or suffix of tests is not put around chat messages",
                    mend: "write it into the messages")
            }
            return made
        }
    }

    private mutating func leavePrompt() -> JSONValue? {
        var beyond: String?
        if case .text(let text) = prompt.content { beyond = PromptTemplate(text).beyond }
        let shown = beyond.map { ": '\(ProbeReading.shown($0))'" } ?? ""
        notes.append(
            ImportNote(
                .left, at: prompt.place, "the prompt has conditions, filters or members of values\(shown)",
                mend: "write it with plain {{names}}"))
        return nil
    }

    private mutating func takeChat(_ model: String, base: String, key: String?) {
        guard let messages = messages() else { return }
        var parameters = JSONObject()
        var address = base
        var variable = key
        var isKeySaid = false
        for member in provider.config.objectValue?.members ?? [] {
            switch member.key {
            case "apiBaseUrl": address = member.value.stringValue ?? address
            case "apiHost": address = "https://" + (member.value.stringValue ?? "") + "/v1"
            case "apiKeyEnvar": variable = member.value.stringValue
            case "apiKey":
                isKeySaid = true
                variable = environment(member.value.stringValue ?? "") ?? variable ?? "APP_KEY"
            case "temperature", "max_tokens", "max_completion_tokens", "top_p", "presence_penalty",
                "frequency_penalty", "seed",
                "stop", "response_format", "tools", "tool_choice", "reasoning_effort", "stream":
                parameters[member.key] = member.value.escapingPlaceholders
            case "passthrough":
                for inner in member.value.objectValue?.members ?? [] {
                    parameters[inner.key] = inner.value.escapingPlaceholders
                }
            default:
                leave(
                    "config.\(ProbeReading.shown(member.key)) has no counterpart",
                    mend: "see 'parameters' in docs/policy.md")
            }
        }
        if let template = Self.address(address) {
            address = template
        } else {
            leave("the address '\(ProbeReading.shown(address))' has names in it", mend: "write it out")
            return
        }
        parameters["messages"] = messages
        arm["openai"] = .string(address)
        arm["model"] = .string(model.isEmpty ? "gpt-4o-mini" : model)
        arm["parameters"] = .object(parameters)
        if let variable {
            arm["headers"] = .object(JSONObject("Authorization", .string("Bearer ${env:\(variable)}")))
        }
        if isKeySaid {
            change("a key is never written: its variable is", mend: "export \(variable ?? "APP_KEY")=…")
        }
        showsUsage = true
    }

    private mutating func takeAnthropic() {
        guard let messages = messages() else { return }
        let model = provider.id.split(separator: ":").last.map(String.init) ?? ""
        var body = JSONObject()
        body["model"] = .string(model)
        body["max_tokens"] = 1024
        var turns: [JSONValue] = []
        for message in messages.arrayValue ?? [] {
            if message["role"] == "system", let text = message["content"] {
                body["system"] = text
            } else {
                turns.append(message)
            }
        }
        for member in provider.config.objectValue?.members ?? [] {
            if ["temperature", "max_tokens", "top_p", "top_k", "tools", "tool_choice", "stop_sequences"]
                .contains(member.key)
            {
                body[member.key] = member.value.escapingPlaceholders
            } else if member.key != "apiKey" {
                leave(
                    "config.\(ProbeReading.shown(member.key)) has no counterpart",
                    mend: "see 'request' in docs/policy.md")
            }
        }
        body["messages"] = .array(turns)
        arm["url"] = "https://api.anthropic.com/v1/messages"
        arm["headers"] = ["x-api-key": "${env:ANTHROPIC_API_KEY}", "anthropic-version": "2023-06-01"]
        arm["request"] = .object(body)
        showsUsage = true
    }

    // MARK: HTTP

    private mutating func takeHTTP() {
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

    private static func address(_ url: String) -> String? {
        let template = PromptTemplate(url)
        return template.pieces.allSatisfy { if case .text = $0 { true } else { false } } ? url : nil
    }

    private mutating func takeAddress(_ url: String, _ parameters: JSONValue?) -> String? {
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
    private func insert(_ text: String) -> String? {
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

    private mutating func takeBody(_ body: JSONValue?, _ verb: String) -> Bool {
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

    private func filled(_ value: JSONValue) -> JSONValue? {
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

    private mutating func takeHeaders(_ headers: JSONObject) {
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

    private static func isSecret(_ name: String) -> Bool {
        ["authorization", "cookie", "key", "token", "secret", "password"].contains { name.contains($0) }
    }

    /// A text whose only names are of the environment; nil for any other.
    private func secretive(_ text: String) -> String? {
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
    private func environment(_ text: String) -> String? {
        guard case .environment(let name)? = PromptTemplate(text).pieces.first else { return nil }
        return name
    }

    /// `json.choices[0].message.content` as a pointer.
    private mutating func takeReading(_ value: JSONValue?) {
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

/// A raw HTTP request as text.
struct RawRequest {
    let method: String
    let target: String
    let host: String
    let headers: JSONObject
    let body: String

    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
        }
        guard let first = lines.first else { return nil }
        let words = first.split(separator: " ").map(String.init)
        guard words.count >= 2, words[0].allSatisfy({ $0.isUppercase }) else { return nil }
        var headers = JSONObject()
        var host = ""
        var index = 1
        while index < lines.count, !PromptfooCSV.trimmed(lines[index]).isEmpty {
            guard let colon = lines[index].firstIndex(of: ":") else { return nil }
            let name = PromptfooCSV.trimmed(String(lines[index][..<colon]))
            let value = PromptfooCSV.trimmed(String(lines[index][lines[index].index(after: colon)...]))
            if name.lowercased() == "host" { host = value } else { headers[name] = .string(value) }
            index += 1
        }
        method = words[0]
        target = words[1]
        self.host = host
        self.headers = headers
        body = PromptfooCSV.trimmed(lines.dropFirst(index).joined(separator: "\n"))
    }
}
