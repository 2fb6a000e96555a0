import Domain
import HTTPClient
import Interchange
import Notation

/// Reads answers that were captured beside live traffic as a run would have read them when it asked: the same mapping,
/// the same failures.
///
/// What capture left out is not the app's failure: an answer whose body was not kept, or not whole, is an answer
/// without the parts that stood in it.
public struct CapturedReader: Sendable {
    /// One arm's answer, read.
    public struct Reading: Sendable {
        public let outcome: Observation.Outcome
        /// The whole body where it is JSON, whatever the status.
        public let body: JSONValue?
    }

    private let reader: ResponseReader

    /// - Parameter policy: How answers are read; its address is not used.
    /// - Throws: What is wrong with the mapping.
    public init(_ policy: TargetPolicy) throws(TargetProblem) {
        var readsChat = false
        if case .openAI = policy.kind { readsChat = true }
        reader = try ResponseReader(policy: policy, readsChat: readsChat)
    }

    public func read(_ answer: ArmAnswer) -> Reading {
        let whole = answer.body.flatMap {
            $0.encoding == nil && !$0.isTruncated && $0.omission == nil ? $0 : nil
        }
        var body: JSONValue?
        if let whole {
            let limits = JSONLimits(bytes: max(1, whole.bytes.count), longNumbers: .wholeAsTexts)
            body = try? JSONValue.parse(whole.bytes, limits: limits)
        }
        if let failure = answer.failure {
            return Reading(outcome: .failed(Self.failure(failure, status: answer.status)), body: body)
        }
        guard let whole else { return Reading(outcome: .answered(unkept(answer)), body: nil) }
        var headers = HTTPClientHeaders()
        if let type = whole.contentType ?? answer.header("content-type") {
            headers.append("content-type", type)
        }
        let total = (answer.timings.lastByteMilliseconds ?? 0) / 1000
        let response = HTTPClientResponse(
            status: answer.status ?? 0, headers: headers, body: whole.bytes,
            timings: HTTPClientResponse.Timings(
                connect: 0, firstByte: (answer.timings.firstByteMilliseconds ?? 0) / 1000, total: total))
        switch reader.read(response, [], Excerpt()) {
        case .failed(let failure): return Reading(outcome: .failed(failure), body: body)
        case .answered(var found):
            fill(&found, answer)
            return Reading(outcome: .answered(found), body: found.body ?? body)
        }
    }

    /// What was measured beside the body.
    private func fill(_ found: inout Answer, _ answer: ArmAnswer) {
        found.status = answer.status
        found.latencyMilliseconds = answer.timings.lastByteMilliseconds
        found.timeToFirstTokenMilliseconds = answer.timings.firstTokenMilliseconds
        if found.usage == nil { found.usage = answer.usage }
    }

    /// An answer of which the numbers are known, and the fields that capture was asked for.
    private func unkept(_ answer: ArmAnswer) -> Answer {
        var found = Answer(latencyMilliseconds: nil)
        fill(&found, answer)
        found.text = answer.field("text")?.stringValue
        found.intent = answer.field("intent")?.stringValue
        found.confidence = answer.field("confidence")?.doubleValue
        found.bodyProblem = Self.whyUnkept(answer.body)
        return found
    }

    private static func whyUnkept(_ body: LiveBody?) -> String {
        guard let body else { return "the capture holds no body" }
        if let omission = body.omission { return "the capture left the body out: \(omission.rawValue)" }
        if body.isTruncated { return "the capture kept \(body.bytes.count) of \(body.length) bytes" }
        return "the captured body is still encoded"
    }

    /// Whose failure it is, in the words of a run.
    ///
    /// A candidate that cannot be reached by live requests fails them: here that counts against it.
    private static func failure(_ failure: LiveFailure, status: Int?) -> Failure {
        let cause: Failure.Cause =
            switch failure.kind {
            case .connectTimeout, .firstByteTimeout, .pauseTimeout, .totalTimeout: .timeout
            case .unresolved, .refused, .unreachable, .insecure, .overloaded: .crashed
            case .reset, .closedEarly, .stream: .closedEarly
            case .malformed: .malformed
            // Asked through a gateway, an app that turns requests away fails its users.
            case .throttled, .validation, .clientStatus, .serverStatus: .status
            case .notSent, .cancelled, .clientGone, .source: .notRecorded
            }
        let detail = failure.detail.map { ": " + Excerpt().of($0) } ?? ""
        return Failure(cause: cause, detail: failure.kind.rawValue + detail, status: status)
    }
}
