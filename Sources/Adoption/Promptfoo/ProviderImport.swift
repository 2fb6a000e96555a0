import Domain
import Notation

/// One provider with one prompt as an arm of a policy.
struct ProviderImport {
    /// The arm's members in a policy's order.
    var arm = JSONObject()
    var notes: [ImportNote] = []
    /// Whether the answers are those that the prompts themselves are: nothing is asked.
    var isEcho = false
    /// Whether tokens are shown without a mapping.
    var showsUsage = false

    let provider: PromptfooSuite.Provider
    let prompt: PromptfooSuite.Prompt
    let columns: PromptColumns

    /// APIs that speak OpenAI's chat completions: where they are, and the variable of their key.
    static let chats: [(prefix: String, base: String, key: String?)] = [
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
    mutating func columnsCanRender() -> Bool {
        let text: String
        switch prompt.content {
        case .text(let plain): text = plain
        case .messages(let value): text = String(decoding: value.bytes(), as: UTF8.self)
        }
        if PromptTemplate(text).beyond == nil { return true }
        _ = leavePrompt()
        return false
    }

    static let order = [
        "url", "openai", "model", "method", "headers", "parameters", "request", "observe",
    ]

    /// The members in the order in which people read them.
    mutating func sortArm() {
        var sorted = JSONObject()
        for key in Self.order { sorted[key] = arm[key] }
        arm = sorted
    }

    func mend(_ key: String) -> String {
        key == "transform" ? "map the part of the answer in app.observe" : "see 'app' in docs/policy.md"
    }

    func isChat(_ id: String) -> Bool {
        ![
            "embedding", "completion:", "responses:", "image", "moderation", "assistant", "realtime",
            "transcription", "tts",
        ]
        .contains { id.contains(":" + $0) && !id.hasPrefix("ollama") }
    }

    mutating func leave(_ what: String, mend: String) {
        notes.append(ImportNote(.left, at: provider.place, what, mend: mend))
    }

    mutating func change(_ what: String, mend: String) {
        notes.append(ImportNote(.changed, at: provider.place, what, mend: mend))
    }

    // MARK: Chat

    mutating func messages() -> JSONValue? {
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

    mutating func leavePrompt() -> JSONValue? {
        var beyond: String?
        if case .text(let text) = prompt.content { beyond = PromptTemplate(text).beyond }
        let shown = beyond.map { ": '\(ProbeReading.shown($0))'" } ?? ""
        notes.append(
            ImportNote(
                .left, at: prompt.place, "the prompt has conditions, filters or members of values\(shown)",
                mend: "write it with plain {{names}}"))
        return nil
    }

    mutating func takeChat(_ model: String, base: String, key: String?) {
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

    mutating func takeAnthropic() {
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
}
