import Interchange

extension EndpointWords {
    static func judge(secrets: [String] = []) -> EndpointWords {
        EndpointWords(secrets: secrets, section: "judge")
    }

    /// Whether an endpoint that turned a request down speaks of the form it was asked for.
    static func speaksOfForm(_ body: [UInt8]) -> Bool {
        let text = String(decoding: body.prefix(4096), as: UTF8.self).lowercased()
        return [
            "response_format", "json_schema", "json_object", "json schema", "structured output", "guided",
            "grammar",
        ]
        .contains { text.contains($0) }
    }
}
