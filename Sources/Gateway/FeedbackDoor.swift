import Domain
import HTTPServer
import Notation

/// `POST /sluice/v1/feedback`: what was learnt of a request after it was answered.
///
/// `{"request_id": "ID", "thumb": "up", "escalated": false, "resolved": true, "overridden": false, …}`: the request
/// (`request` will do) and at least one word about it; what else there is, and what `fields` holds, is the sender's own.
enum FeedbackDoor {
    static let path = "/sluice/v1/feedback"
    private static let most = 64 * 1024
    /// Members of the sender's own, and the bytes of each as JSON.
    private static let mostFields = 32
    private static let mostBytes = 4096
    /// What would pass for a member of the sender's own, and be lost to the counts.
    private static let misread = [
        "thumbs": "thumb", "escalation": "escalated", "resolution": "resolved", "override": "overridden",
        "requestId": "request_id",
    ]
    private static let known = [
        "request", "request_id", "thumb", "escalated", "resolved", "overridden", "fields",
    ]

    /// Returns the status that was answered with.
    static func answer(
        _ head: HTTPRequestHead, _ body: RequestBody, _ recorder: (any ExchangeRecorder)?,
        _ writer: consuming ResponseWriter
    ) async throws -> Int {
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
        return 202
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ bytes: [UInt8]) throws(Problem) -> Feedback {
        guard let value = try? JSONValue.parse(bytes), let object = value.objectValue else {
            throw Problem(description: "feedback is a JSON object: {\"request\": \"ID\", \"thumb\": \"up\"}")
        }
        let names = [value["request"], value["request_id"]].compactMap(\.self)
        guard let request = names.first?.stringValue, names.allSatisfy({ $0 == names[0] }),
            1...128 ~= request.utf8.count
        else {
            throw Problem(description: "'request_id' is the X-Request-ID of the answer, 1 to 128 bytes")
        }
        guard object.count > names.count else {
            throw Problem(description: "the feedback says nothing of the request")
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
        for member in object.members where !known.contains(member.key) {
            if let meant = misread[member.key] {
                throw Problem(description: "'\(member.key)' is called '\(meant)' here")
            }
            feedback.fields[member.key] = member.value
        }
        for member in feedback.fields.members
        where member.key.utf8.count > 128 || member.value.bytes().count > mostBytes {
            throw Problem(
                description:
                    "'\(member.key.prefix(40))' is longer than \(mostBytes) bytes, or its name than 128")
        }
        guard feedback.fields.count <= mostFields else {
            throw Problem(description: "there may be \(mostFields) members of your own")
        }
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
    ) async throws -> Int {
        var headers = more
        headers.append("Content-Type", "application/json")
        try await writer.send(
            status, headers: headers, body: GatewayFailure.body(code: code, message: message, status: status))
        return status
    }
}
