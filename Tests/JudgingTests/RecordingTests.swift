import Domain
import Endpoints
import Foundation
import Metrics
import Notation
import Testing

@testable import Judging

/// Recorded answers of real endpoints: what is no verdict is never one, and text and usage are all that was sent.
@Suite struct RecordingTests {
    struct Recording: Sendable {
        let name: String
        let status: Int
        let isStreamed: Bool
        let body: String
    }

    static func recordings(_ path: URL) throws -> [Recording] {
        try String(contentsOf: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            let row = try JSONValue.parse(Array(line.utf8), limits: JSONLimits())
            guard let body = row["body"]?.stringValue, !body.isEmpty,
                row["uri"]?.stringValue?.contains("chat/completions") == true
            else { return nil }
            return Recording(
                name: row["cassette"]?.stringValue ?? "", status: row["status"]?.intValue ?? 0,
                isStreamed: row["stream"]?.boolValue ?? false, body: body)
        }
    }

    /// The text of an answer, put together without the reader that is tested.
    static func text(_ recording: Recording) -> String {
        guard recording.isStreamed else {
            let body = try? JSONValue.parse(recording.body)
            return body?["choices"]?[0]?["message"]?["content"]?.stringValue ?? ""
        }
        var text = ""
        for line in recording.body.split(whereSeparator: \.isNewline) where line.hasPrefix("data: {") {
            let event = try? JSONValue.parse(String(line.dropFirst(6)))
            let choices = (event?["choices"]?.arrayValue ?? []).filter { ($0["index"]?.intValue ?? 0) == 0 }
            text += choices.compactMap { $0["delta"]?["content"]?.stringValue }.joined()
        }
        return text
    }

    static func check(_ recordings: [Recording]) -> (answers: Int, errors: Int) {
        var answers = 0
        var errors = 0
        let schema = JudgePrompts.shipped["toxicity"]?.schema ?? .null
        let question = JudgeQuestion(
            metric: "toxicity", prompt: .init(name: "p", version: "1", digest: "d"), messages: [],
            schema: schema)
        for recording in recordings {
            let reply = ChatReply(Array(recording.body.utf8), words: EndpointWords("judge"))
            let verdict = reply.verdict(for: question)
            if recording.status != 200 {
                errors += 1
                #expect((try? verdict.get()) == nil, "\(recording.name)")
                continue
            }
            answers += 1
            #expect((reply.text ?? "") == text(recording), "\(recording.name)")
            guard case .failure = verdict else {
                Issue.record("\(recording.name) read as a verdict")
                continue
            }
            let usage = try? JSONValue.parse(recording.body)["usage"]
            if let tokens = usage?["prompt_tokens"]?.intValue {
                #expect(reply.usage?.inputTokens == tokens, "\(recording.name)")
            }
        }
        return (answers, errors)
    }

    @Test func recordedAnswersAreReadWholeAndNoneIsAVerdict() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/chat-recordings.jsonl")
        let (answers, errors) = Self.check(try Self.recordings(path))
        #expect(answers == 22 && errors == 5)
    }
}

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// The same over all recordings.
@Suite(.enabled(if: shared != nil)) struct CorpusRecordingTests {
    @Test func everyRecordedChatCompletionIsReadWhole() throws {
        let path = URL(filePath: (shared ?? "") + "/llm-http-recordings/interactions.jsonl")
        let (answers, errors) = RecordingTests.check(try RecordingTests.recordings(path))
        print("recorded chat completions: \(answers) answers, \(errors) errors")
        #expect(answers >= 100 && errors >= 5)
    }
}
