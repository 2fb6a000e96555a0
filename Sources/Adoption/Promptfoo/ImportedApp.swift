import Notation

/// The app that imported tests are to be put to: an arm of a policy, the question in it as `${input.query}`.
public struct ImportedApp: Sendable {
    let arm: JSONObject
    let url: String
    /// Why it could not be asked how it wants to be asked; nil where it was.
    let doubt: String?

    /// As a survey found it.
    public init(_ finding: AppFinding, _ mapping: Mapping) {
        var arm = JSONObject()
        switch finding.shape.kind {
        case .http(let url, let method, let template):
            arm["url"] = .string(url)
            if method != "POST" { arm["method"] = .string(method) }
            arm["request"] = template
        case .openAI(let base, let model, let parameters):
            arm["openai"] = .string(base)
            arm["model"] = .string(model)
            if !parameters.isEmpty { arm["parameters"] = .object(parameters) }
        case .command(let arguments): arm["command"] = .array(arguments.map { .string($0) })
        }
        if let pointer = finding.shape.streamText { arm["stream_text"] = .string(pointer) }
        var observe = JSONObject()
        for part in mapping.parts where part.sureness > .guess { observe[part.part] = .string(part.pointer) }
        if !observe.isEmpty { arm["observe"] = .object(observe) }
        self.arm = arm
        url = finding.shape.address
        doubt = nil
    }

    /// An address that could not be asked.
    public init(unasked url: String, why: String) {
        var arm = JSONObject()
        arm["url"] = .string(url)
        arm["request"] = ["query": "${input.query}"]
        self.arm = arm
        self.url = url
        doubt = why
    }

    /// The arm with a prompt in place of the question alone.
    func arm(asking prompt: String) -> JSONObject {
        guard prompt != "${input.query}" else { return arm }
        var out = arm
        if let request = arm["request"] { out["request"] = request.replacing("${input.query}", with: prompt) }
        return out
    }
}

extension JSONValue {
    /// With a text put in place of another in every string.
    fileprivate func replacing(_ text: String, with other: String) -> JSONValue {
        switch self {
        case .string(let own): return .string(own.replacing(text, with: other))
        case .array(let elements): return .array(elements.map { $0.replacing(text, with: other) })
        case .object(let object):
            var out = JSONObject()
            for member in object.members { out[member.key] = member.value.replacing(text, with: other) }
            return .object(out)
        default: return self
        }
    }
}
