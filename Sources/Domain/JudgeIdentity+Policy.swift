import Notation

extension JudgePolicy {
    /// Steady verdicts, and room for a reason.
    public static let usualParameters: JSONObject = {
        var parameters = JSONObject()
        parameters["temperature"] = 0
        parameters["max_tokens"] = 2048
        return parameters
    }()

    /// What is sent with each question: the policy's own over the usual ones; null takes one out.
    public var parameters: JSONObject {
        guard case .endpoint = kind else { return settings }
        var parameters = Self.usualParameters
        // Newer models know the limit under another name, and refuse both together.
        if settings["max_completion_tokens"] != nil { parameters["max_tokens"] = nil }
        for member in settings.members {
            // A conditional's nil would be the JSON value null.
            if member.value.isNull {
                parameters[member.key] = Optional<JSONValue>.none
            } else {
                parameters[member.key] = member.value
            }
        }
        return parameters
    }
}

extension JudgeIdentity {
    /// Who a policy's judge is, before anything is opened.
    public init(_ policy: JudgePolicy) {
        let families = policy.family.map { [JudgeFamily($0)] }
        switch policy.kind {
        case .endpoint(let address, let model):
            self.init(
                kind: "openai", model: model, families: families, address: ShownAddress.identity(address),
                settings: policy.parameters)
        case .command(let arguments):
            var settings = policy.parameters
            settings["command"] = .array(arguments.map { .string($0) })
            if !policy.programs.isEmpty { settings["programs"] = .array(policy.programs.map { .string($0) }) }
            self.init(
                kind: "command", model: arguments.joined(separator: " "), families: families ?? [],
                address: arguments.first ?? "", settings: settings)
        }
    }

}
