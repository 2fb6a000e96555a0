import Domain
import Notation
import Targets
import Testing

@Suite struct CapturedReaderTests {
    private func reader() throws -> CapturedReader {
        var policy = TargetPolicy(kind: .http(url: "", method: "POST", template: nil))
        policy.observe.text = "/answer"
        policy.observe.intent = "/intent"
        return try CapturedReader(policy)
    }

    private func body(_ text: String, type: String = "application/json") -> LiveBody {
        LiveBody(bytes: Array(text.utf8), length: text.utf8.count, contentType: type)
    }

    @Test func anAnswerIsReadAsARunReadsIt() throws {
        let read = try reader().read(
            ArmAnswer(
                status: 200, body: body(#"{"answer": "yes", "intent": "order"}"#),
                timings: LiveTimings(firstTokenMilliseconds: 5, lastByteMilliseconds: 12),
                usage: Usage(outputTokens: 3)))
        guard case .answered(let answer) = read.outcome else {
            Issue.record("\(read.outcome)")
            return
        }
        #expect(answer.text == "yes")
        #expect(answer.intent == "order")
        #expect(answer.latencyMilliseconds == 12)
        #expect(answer.timeToFirstTokenMilliseconds == 5)
        #expect(answer.usage?.outputTokens == 3)
        #expect(read.body?["answer"]?.stringValue == "yes")
    }

    @Test(arguments: [
        LiveBody(bytes: Array(#"{"answer": "ye"#.utf8), length: 90, isTruncated: true),
        LiveBody(bytes: [], length: 90, omission: .rule),
        LiveBody(bytes: [1, 2], length: 2, encoding: "br", omission: .encoded),
    ])
    func whatWasNotKeptIsNoFailureOfTheApp(_ body: LiveBody) throws {
        let read = try reader().read(
            ArmAnswer(
                status: 200, body: body, timings: LiveTimings(lastByteMilliseconds: 7),
                fields: [LiveValue("intent", "order")]))
        guard case .answered(let answer) = read.outcome else {
            Issue.record("\(read.outcome)")
            return
        }
        #expect(answer.text == nil)
        #expect(answer.intent == "order")
        #expect(answer.latencyMilliseconds == 7)
        #expect(answer.bodyProblem != nil)
        #expect(read.body == nil)
    }

    @Test(arguments: [
        (LiveFailure.Kind.totalTimeout, Failure.Cause.timeout), (.refused, .crashed), (.reset, .closedEarly),
        (.serverStatus, .status), (.throttled, .status), (.notSent, .notRecorded),
        (.clientGone, .notRecorded),
        (.malformed, .malformed),
    ])
    func failuresKeepWhoseTheyAre(_ kind: LiveFailure.Kind, _ cause: Failure.Cause) throws {
        let read = try reader().read(ArmAnswer(status: nil, failure: LiveFailure(kind)))
        guard case .failed(let failure) = read.outcome else {
            Issue.record("\(read.outcome)")
            return
        }
        #expect(failure.cause == cause)
        // What is nobody's failure stays unmeasured; a user who got no answer counts.
        #expect(failure.countsAgainstApp == (cause != .notRecorded))
    }

    @Test func theBodyOfAnErrorIsThereToBeCompared() throws {
        let read = try reader().read(
            ArmAnswer(status: 422, body: body(#"{"error": "no"}"#), failure: LiveFailure(.validation)))
        #expect(read.body?["error"]?.stringValue == "no")
    }
}
