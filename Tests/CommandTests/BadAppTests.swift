import Foundation
import Synchronization
import Testing

/// What the app can do wrong, through the whole command: the report says whose failure it was, and the status is that
/// of the verdict; 3 only where no verdict could be formed.
@Suite struct BadAppTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int32
        let words: [String]
        var limits = "concurrency: 8, timeout: 5s, retries: 0"
        let reply: @Sendable (TestApp.Question) -> TestApp.Reply
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "500", status: 1, words: ["20 app failures", "the app answered 500: 'boom'"],
            reply: { _ in TestApp.Reply(status: 500, body: #"{"error": {"message": "boom"}}"#) }),
        Case(
            name: "HTML", status: 1, words: ["20 app failures", "the app answered with HTML"],
            reply: { _ in TestApp.Reply(body: "<!DOCTYPE html><html>Log in</html>", type: "text/html") }),
        Case(
            name: "truncated JSON", status: 1, words: ["20 app failures", "truncated"],
            reply: { _ in TestApp.Reply(body: #"{"answer": "Par"#) }),
        Case(
            name: "nothing at all", status: 1, words: ["20 app failures", "empty body"],
            reply: { _ in TestApp.Reply(body: "") }),
        Case(
            name: "a number for the text", status: 1, words: ["exact_match not worse than baseline"],
            reply: { _ in TestApp.Reply(body: #"{"answer": 7, "versions": {"prompt": "2"}}"#) }),
        Case(
            name: "a list for the answer", status: 1, words: ["exact_match not worse than baseline"],
            reply: { _ in TestApp.Reply(body: "[1, 2, 3]") }),
        Case(
            name: "never", status: 1, words: ["20 app failures", "did not answer within 300 ms"],
            limits: "concurrency: 20, timeout: 300ms, retries: 0",
            reply: { _ in TestApp.Reply(body: "{}", delay: .seconds(20)) }),
        Case(
            name: "429 for ever", status: 2,
            words: ["20 of 40 observations could not be measured", "the app answered 429"],
            reply: { _ in TestApp.Reply(status: 429, body: "{}") }),
        Case(
            name: "500 now and then", status: 1, words: ["app failures"],
            reply: {
                $0.query.hasSuffix("7") || $0.query.hasSuffix("8") || $0.query.hasSuffix("9")
                    || $0.query.hasSuffix("6")
                    ? TestApp.Reply(status: 500, body: "") : TestApp.right($0)
            }),
    ]

    @Test(arguments: cases) func aBadAppIsMeasuredAndNamed(bad: Case) async throws {
        let place = try Workplace()
        let good = try TestApp { TestApp.right($0) }
        let app = try TestApp(bad.reply)
        try place.writeExamples(20)
        try place.writePolicy(baseline: good.url, candidate: app.url, limits: bad.limits)
        let began = ContinuousClock.now
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == bad.status, "\(outcome)")
        for words in bad.words { #expect(outcome.out.contains(words), "\(words): \(outcome)") }
        #expect(ContinuousClock.now - began < .seconds(15), "no hang outlives its timeout")
        #expect(place.strays() == [])
        let run = try place.newestRun()
        #expect(place.exists(".sluice/runs/\(run)/observations.jsonl.zst"))
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
    }

    @Test func anAppThatIsNotThereGivesNoVerdict() async throws {
        let place = try Workplace()
        let good = try TestApp { TestApp.right($0) }
        try place.writeExamples(20)
        try place.writePolicy(baseline: good.url, candidate: "http://127.0.0.1:9/answer")
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.out == "")
        #expect(outcome.err.contains("COULD NOT MEASURE  the candidate cannot be reached"), "\(outcome)")
        let run = try place.newestRun()
        #expect(outcome.err.contains("sluice eval --resume \(run)"), "\(outcome)")
        #expect(place.strays() == [])
        let unfinished = try await place.sluice("report", "--list")
        #expect(unfinished.out.contains("unfinished") || unfinished.out == "", "\(unfinished)")

        // The app comes up: the run goes on where it was.
        let late = try TestApp { TestApp.right($0) }
        let moved = try await place.sluice("eval", "--resume", run, "--candidate", late.url)
        #expect(moved.status == 65, "another address is another app: \(moved)")
        #expect(moved.err.contains("asked another candidate"), "\(moved)")
    }

    @Test func rawBytesThatAreNoAnswerAreNamed() async throws {
        let cases: [(bytes: String, after: RawApp.After, words: String)] = [
            ("SSH-2.0-OpenSSH_9.2\r\n", .close, "the app's answer is no HTTP"),
            ("", .close, "the app closed the connection without an answer"),
            ("", .reset, "the app closed the connection without an answer"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"answer\":", .close,
                "the app closed the connection after 10 bytes"
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", .hang, "was not whole within 500 ms"),
        ]
        for bad in cases {
            let place = try Workplace()
            let app = try RawApp(Array(bad.bytes.utf8), then: bad.after)
            defer { app.stop() }
            try place.writeExamples(4)
            try place.writePolicy(
                baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
                limits: "concurrency: 4, timeout: 500ms, retries: 0")
            let outcome = try await place.sluice("eval")
            #expect(outcome.status == 2, "nothing was ever answered, \(bad.words): \(outcome)")
            #expect(outcome.out.contains("4 app failures"), "\(bad.words): \(outcome)")
            #expect(outcome.out.contains(bad.words), "\(bad.words): \(outcome)")
        }
    }
}
