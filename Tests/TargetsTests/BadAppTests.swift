import Domain
import Foundation
import HTTPServer
import Notation
import Targets
import Testing

/// What an app can do wrong, as a table: each has its cause and its words.
@Suite struct BadAppTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let response: String
        var after = RawServer.After.close
        var timeout = 10.0
        let cause: Failure.Cause
        let detail: String
        var testDescription: String { name }
    }

    private static func whole(
        _ status: String, _ body: String, type: String? = "application/json", _ more: String = ""
    ) -> String {
        let field = type.map { "Content-Type: \($0)\r\n" } ?? ""
        return "HTTP/1.1 \(status)\r\n\(field)\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let cases: [Case] = [
        Case(
            name: "500", response: whole("500 Oops", "stack trace\nat line 3", type: "text/plain"),
            cause: .status,
            detail: "the app answered 500: 'stack trace at line 3'"),
        Case(
            name: "500 as JSON",
            response: whole("500 Oops", #"{"error": {"message": "no \u001b[31mindex\u202e"}}"#),
            cause: .status,
            detail: "the app answered 500: 'no ?[31mindex?'"),
        Case(
            name: "500 as HTML", response: whole("502 Bad", "<html><h1>Bad Gateway</h1>", type: "text/html"),
            cause: .status,
            detail: "the app answered 502"),
        Case(
            name: "a long error",
            response: whole("400 No", String(repeating: "x", count: 500), type: "text/plain"), cause: .status,
            detail: "the app answered 400: '" + String(repeating: "x", count: 80) + "…'"),
        Case(
            name: "the secret echoed",
            response: whole("401 No", "bad key Bearer s3cr3t-value!", type: "text/plain"), cause: .status,
            detail: "the app answered 401: 'bad key Bearer <redacted>!'"),
        Case(
            name: "HTML",
            response: whole(
                "200 OK", "<!DOCTYPE html><html><body>Log in</body></html>", type: "text/html; charset=utf-8"),
            cause: .malformed,
            detail:
                "the app answered with HTML (text/html) where an answer was due; it begins '<!DOCTYPE html><html><body>Log in</body></html>'"
        ),
        Case(
            name: "HTML that says it is JSON", response: whole("200 OK", "\n <html>Log in"),
            cause: .malformed,
            detail:
                "the app answered with HTML (application/json) where an answer was due; it begins '<html>Log in'"
        ),
        Case(
            name: "truncated JSON", response: whole("200 OK", #"{"answer": "Pa"#), cause: .malformed,
            detail:
                "the app's answer (application/json) is no JSON: the string that begins here is never closed: the text is truncated, at 1:12 of 14 bytes"
        ),
        Case(
            name: "truncated JSON without a type",
            response: whole("200 OK", #"{"answer": "Paris""#, type: nil), cause: .malformed,
            detail:
                "the app's answer (no content type) is no JSON: the text ends before the value does: it is truncated, at 1:19 of 18 bytes"
        ),
        Case(
            name: "an empty body", response: whole("200 OK", ""), cause: .emptyBody,
            detail: "the app answered 200 with an empty body"),
        Case(
            name: "nothing but white space", response: whole("200 OK", " \n"), cause: .emptyBody,
            detail: "the app answered 200 with nothing but white space"),
        Case(
            name: "204", response: "HTTP/1.1 204 No Content\r\n\r\n", cause: .emptyBody,
            detail: "the app answered 204 with an empty body"),
        Case(
            name: "an image", response: whole("200 OK", "PNG", type: "image/png"), cause: .malformed,
            detail: "the app's answer (image/png) is no JSON: a value is expected here, at 1:1 of 3 bytes"),
        Case(
            name: "compressed", response: whole("200 OK", "zzz", "Content-Encoding: gzip\r\n"),
            cause: .malformed,
            detail: "the app's answer is compressed (gzip) although that was not asked for"),
        Case(
            name: "429", response: whole("429 Slow down", "", type: nil, "Retry-After: 7\r\n"),
            cause: .throttled, detail: "the app answered 429"),
        Case(
            name: "503 with a time", response: whole("503 Busy", "", type: nil, "Retry-After: 7\r\n"),
            cause: .throttled, detail: "the app answered 503"),
        Case(name: "503", response: whole("503 Busy", ""), cause: .status, detail: "the app answered 503"),
        Case(
            name: "a redirect",
            response: whole(
                "302 Found", "", type: nil, "Location: https://user:pw@sso.example/login?token=abc\r\n"),
            cause: .status,
            detail:
                "the app answered 302 and sends to 'https://sso.example/login?token=<redacted>': redirects are not followed, write the final address"
        ),
        Case(
            name: "no HTTP", response: "SSH-2.0-OpenSSH_9.2\r\n", cause: .malformed,
            detail: "the app's answer is no HTTP: "),
        Case(
            name: "closed at once", response: "", cause: .closedEarly,
            detail: "the app closed the connection without an answer"),
        Case(
            name: "reset at once", response: "", after: .reset, cause: .closedEarly,
            detail: "the app closed the connection without an answer"),
        Case(
            name: "closed early",
            response:
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"answer\":",
            cause: .closedEarly,
            detail: "the app closed the connection after 10 bytes of an unfinished answer"),
        Case(
            name: "never", response: "", after: .hang, timeout: 0.3, cause: .timeout,
            detail: "the app did not answer within 300 ms"),
        Case(
            name: "never whole", response: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", after: .hang,
            timeout: 0.3, cause: .timeout,
            detail: "the app's answer was not whole within 300 ms"),
        Case(
            name: "a slow drip", response: whole("200 OK", String(repeating: " ", count: 200)), after: .drip,
            timeout: 0.4, cause: .timeout,
            detail: "the app"),
        Case(
            name: "huge", response: whole("200 OK", "\"" + String(repeating: "x", count: 200_000) + "\""),
            cause: .tooLarge,
            detail: "the app's answer is larger than 100000 bytes (limits.answer_size)"),
        Case(
            name: "an empty stream", response: whole("200 OK", ": ping\n\n", type: "text/event-stream"),
            cause: .emptyBody,
            detail: "the app's event stream held no event"),
        Case(
            name: "an error amid a stream",
            response: whole(
                "200 OK", "data: {\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\n",
                type: "text/event-stream"), cause: .status,
            detail: "the app's stream says: 'overloaded'"),
        Case(
            name: "a stream without its end",
            response: whole(
                "200 OK", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n",
                type: "text/event-stream"), cause: .closedEarly,
            detail: "the app's event stream ended after 1 events without its end mark"),
    ]

    @Test(arguments: cases)
    func aBadAnswerIsAFailureInWords(bad: Case) async throws {
        let server = try RawServer(Array(bad.response.utf8), then: bad.after)
        defer { server.stop() }
        var limits = ReplayLimits()
        limits.answerBytes = 100_000
        let policy = httpPolicy(server.url) {
            $0.headers = [.init(name: "Authorization", value: Secretive("Bearer ${env:KEY}"))]
        }
        let target = try make(policy, limits: limits, environment: ["KEY": ContractedAdapter.secretValue])
        let start = ContinuousClock.now
        let attempt = await target.ask(question("q", timeout: bad.timeout))
        let failure = try #require(attempt.failure, "\(attempt)")
        #expect(failure.cause == bad.cause)
        #expect(
            ["no HTTP", "a slow drip"].contains(bad.name)
                ? failure.detail.hasPrefix(bad.detail) : failure.detail == bad.detail)
        if bad.detail.contains("answered") { #expect(failure.status != nil) }
        if bad.cause == .throttled { #expect(attempt.pacing.retryAfterSeconds == 7) }
        if bad.cause == .timeout { #expect(ContinuousClock.now - start < .seconds(bad.timeout + 1)) }
        await target.close()
    }

    @Test func anAppThatIsNotThereIsUnreachable() async throws {
        // The discard port: nothing listens there.
        let target = try make(httpPolicy("http://127.0.0.1:9/"))
        let failure = try #require(await target.ask(question("q")).failure)
        #expect(failure.cause == .unreachable)
        #expect(failure.detail.hasPrefix("the app could not be reached: "))
        let nameless = try make(httpPolicy("http://no-such-host.invalid/"))
        #expect(await nameless.ask(question("q")).failure?.cause == .unreachable)
    }

    @Test func wrongTypesAreNamedAndTheRestIsRead() async throws {
        let server = try RawServer(
            Array(Self.whole("200 OK", #"{"answer": 5, "intent": "i", "docs": "none"}"#).utf8), then: .close)
        defer { server.stop() }
        let target = try make(
            httpPolicy(server.url) {
                $0.observe.intent = "/intent"
                $0.observe.documents = "/docs"
                $0.observe.score = "/score"
            })
        let answer = try #require(await target.ask(question("q")).answer)
        #expect(answer.intent == "i")
        #expect(answer.text == nil)
        #expect(
            answer.problems.map(\.detail) == [
                "the text is an integer, not a text", "there is no member 'score' at the top",
                "the documents are a string, not a list",
            ])
        #expect(answer.body == ["answer": 5, "intent": "i", "docs": "none"])
    }

    @Test func plainTextIsAnAnswer() async throws {
        let server = try RawServer(
            Array(Self.whole("200 OK", "{not JSON}", type: "text/plain").utf8), then: .close)
        defer { server.stop() }
        var policy = TargetPolicy(kind: .http(url: server.url, method: "POST", template: nil))
        policy.observe.text = nil
        let answer = try #require(await make(policy).ask(question("q")).answer)
        #expect(answer.text == "{not JSON}")
        #expect(answer.body == nil)
        #expect(answer.bodyProblem == "the body is text (text/plain), not JSON")
    }
}
