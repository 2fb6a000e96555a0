import Domain
import Endpoints
import Interchange
import Metrics
import Notation

/// A chat endpoint's answer, whole or streamed: its text, why it ended, and what it cost.
struct ChatReply {
    let text: String?
    let usage: Usage?
    let model: String?
    private let isCut: Bool
    private let isFiltered: Bool
    private let refusal: String?
    /// Why the body is no answer at all.
    private let problem: String?
    private let words: EndpointWords

    init(_ bytes: [UInt8], words: EndpointWords) {
        self.words = words
        var body = try? JSONValue.parse(bytes, limits: JSONLimits(depth: 64, bytes: 8 << 20))
        var problem: String?
        if body == nil, Self.looksStreamed(bytes) {
            var events = ServerSentEvents()
            var stream = ChatStream()
            events.feed(bytes) { _ = stream.take($0) }
            if let failure = stream.failure {
                problem = "the stream says '\(words.shown(failure))'"
            } else if stream.isKnown, stream.isFinished {
                body = stream.body
            } else {
                problem = stream.isKnown ? "the stream ended early" : "it is a stream of no known kind"
            }
        }
        guard let body else {
            (text, usage, model, refusal) = (nil, nil, nil, nil)
            (isCut, isFiltered) = (false, false)
            self.problem =
                problem
                ?? "the body is no JSON; it begins '\(words.shown(String(decoding: bytes.prefix(200), as: UTF8.self)))'"
            return
        }
        var answer = Answer(latencyMilliseconds: nil)
        let isKnown = ChatBody.read(body, into: &answer)
        text = answer.text
        usage = answer.usage
        model = answer.versions?.first { $0.name == "model" }?.value
        isFiltered = answer.guardrail?.outcome == .block
        let choice = body["choices"]?[0]
        let finish = choice?["finish_reason"]?.stringValue ?? body["stop_reason"]?.stringValue
        isCut = finish == "length" || finish == "max_tokens"
        let said = choice?["message"]?["refusal"]?.stringValue
        refusal = said.map { $0.isEmpty ? nil : $0 } ?? nil
        if let error = body["error"], !error.isNull {
            self.problem =
                "the endpoint says '\(words.shown(error["message"]?.stringValue ?? error.stringValue ?? "error"))'"
        } else {
            self.problem = isKnown ? nil : "the body is no chat completion"
        }
    }

    /// What an answer that is no verdict says of its cost; nil: nothing.
    static func usage(_ bytes: [UInt8]) -> Usage? {
        let body = try? JSONValue.parse(bytes, limits: JSONLimits(depth: 64, bytes: 8 << 20))
        return body?["usage"].flatMap { try? UsageReader.read($0) }
    }

    private static func looksStreamed(_ bytes: [UInt8]) -> Bool {
        let start = bytes.prefix(64).drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
        return ["data:", "event:", ":", "id:"].contains { start.starts(with: $0.utf8) }
    }

    func verdict(for question: JudgeQuestion) -> Result<JSONObject, JudgeProblem> {
        if let problem { return .failure(.unparsable(problem)) }
        if let refusal { return .failure(.refused("'\(words.shown(refusal))'")) }
        if isFiltered { return .failure(.refused("its filter stopped the answer")) }
        guard let text, !text.isEmpty else {
            return .failure(
                .unparsable(isCut ? "it was cut off at the limit of tokens; raise max_tokens" : "it is empty")
            )
        }
        return VerdictReader.read(text, for: question, isCut: isCut)
    }
}
