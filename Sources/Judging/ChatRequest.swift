import Domain
import Notation

/// The body of a request to a chat endpoint.
struct ChatRequest {
    let model: String
    /// Members as the policy has them: temperature, seed, limit of tokens.
    let parameters: JSONObject
    let form: EndpointJudge.ResponseForm

    /// A seed of the policy is moved on with each vote: else all votes would be the first.
    func bytes(_ question: JudgeQuestion) -> [UInt8] {
        var body = JSONObject()
        body["model"] = .string(model)
        body["messages"] = .array(
            question.messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
        for member in parameters.members { body[member.key] = member.value }
        if let seed = parameters["seed"]?.intValue {
            body["seed"] = .integer(Int64(seed &+ (question.vote - 1)))
        }
        switch form {
        case .schema:
            let name = String(question.prompt.name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": .string(name), "strict": true, "schema": question.schema],
            ]
        case .object: body["response_format"] = ["type": "json_object"]
        case .plain: break
        }
        var writer = JSONWriter()
        writer.value(.object(body))
        return writer.bytes
    }
}
