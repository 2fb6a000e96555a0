import Domain
import HTTPServer
import Notation

/// `POST /sluice/v1/feedback`: what was learnt of a request after it was answered.
///
/// `{"request": "ID", "thumb": "up", "escalated": false, "resolved": true, "overridden": false, "fields": {…}}`: the request
/// and at least one word about it.
enum FeedbackDoor {
    static let path = "/sluice/v1/feedback"
    private static let most = 64 * 1024
    private static let known = ["request", "thumb", "escalated", "resolved", "overridden", "fields"]

    static func answer(
        _ head: HTTPRequestHead, _ body: RequestBody, _ recorder: (any ExchangeRecorder)?,
        _ writer: consuming ResponseWriter
    ) async throws {
        guard head.method == "POST" else {
            return try await refuse(
                writer, 405, "method_not_allowed", "feedback is posted", ["Allow": "POST"])
        }
        guard let recorder else {
            return try await refuse(
                writer, 503, "not_recording", "this gateway records nothing: feedback is not kept")
        }
        let bytes = try await body.collect(upTo: most)
        let feedback: Feedback
        do {
            feedback = try read(bytes)
        } catch {
            return try await refuse(writer, 400, "bad_feedback", error.description)
        }
        if let reason = await recorder.keep(feedback) {
            return try await refuse(writer, 503, "not_kept", "the feedback was not kept: \(reason)")
        }
        let kept: JSONValue = ["kept": .string(feedback.request)]
        try await writer.send(202, headers: ["Content-Type": "application/json"], body: kept.bytes() + [10])
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ bytes: [UInt8]) throws(Problem) -> Feedback {
        guard let value = try? JSONValue.parse(bytes), let object = value.objectValue else {
            throw Problem(description: "feedback is a JSON object: {\"request\": \"ID\", \"thumb\": \"up\"}")
        }
        for member in object.members where !known.contains(member.key) {
            throw Problem(
                description:
                    "there are 'request', 'thumb', 'escalated', 'resolved', 'overridden' and 'fields'")
        }
        guard let request = value["request"]?.stringValue, 1...128 ~= request.utf8.count else {
            throw Problem(description: "'request' is the X-Request-ID of the answer")
        }
        var feedback = Feedback(request: request, received: GatewayClock.wall())
        if let thumb = value["thumb"] {
            guard let word = thumb.stringValue.flatMap(Feedback.Thumb.init) else {
                throw Problem(description: "'thumb' is \"up\" or \"down\"")
            }
            feedback.thumb = word
        }
        feedback.isEscalated = try flag(value, "escalated")
        feedback.isResolved = try flag(value, "resolved")
        feedback.isOverridden = try flag(value, "overridden")
        if let fields = value["fields"] {
            guard let members = fields.objectValue else {
                throw Problem(description: "'fields' is an object")
            }
            feedback.fields = members
        }
        guard object.count > 1 else { throw Problem(description: "the feedback says nothing of the request") }
        return feedback
    }

    private static func flag(_ value: JSONValue, _ name: String) throws(Problem) -> Bool? {
        guard let member = value[name] else { return nil }
        guard let flag = member.boolValue else { throw Problem(description: "'\(name)' is true or false") }
        return flag
    }

    private static func refuse(
        _ writer: consuming ResponseWriter, _ status: Int, _ code: String, _ message: String,
        _ more: HTTPFields = [:]
    ) async throws {
        var headers = more
        headers.append("Content-Type", "application/json")
        try await writer.send(
            status, headers: headers, body: GatewayFailure.body(code: code, message: message, status: status))
    }
}
