import Domain
import Foundation
import HTTPServer
import Interchange
import Notation
import Testing

/// `sluice shadow` as it is run: requests that were captured or are replayed, two versions of an app, one report.
@Suite struct ShadowTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func json(_ outcome: Outcome) throws -> JSONValue {
        try JSONValue.parse(Array(outcome.out.utf8), limits: JSONLimits(bytes: 64 << 20))
    }

    private func texts(_ report: JSONValue) -> [String] {
        (report["findings"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
    }

    // MARK: Captured exchanges

    private func exchange(
        _ number: Int, key: UInt64?, production: String, candidate: ArmAnswer?, slices: [LiveField] = []
    ) -> Exchange {
        var exchange = Exchange(
            id: "r-\(number)", gateway: "g", number: number, began: 1_763_650_000_000_000 + number,
            assigned: .production,
            method: "POST", path: "/v1/answer",
            body: body(#"{"query": "question \#(number)"}"#))
        exchange.key = key
        exchange.slices = slices
        exchange.production = answer(production)
        exchange.candidate = candidate
        return exchange
    }

    private func body(_ text: String) -> LiveBody {
        LiveBody(bytes: Array(text.utf8), length: text.utf8.count, contentType: "application/json")
    }

    private func answer(_ text: String, milliseconds: Double = 20) -> ArmAnswer {
        let value: JSONValue = ["answer": .string(text), "versions": ["prompt": "1"]]
        return ArmAnswer(
            status: 200, body: body(String(decoding: value.bytes(), as: UTF8.self)),
            timings: LiveTimings(firstByteMilliseconds: milliseconds, lastByteMilliseconds: milliseconds))
    }

    private func write(_ exchanges: [Exchange], _ place: Workplace, _ name: String = "captured.jsonl") throws
    {
        try place.write(name, exchanges.flatMap { ExchangeCodec.encode($0) })
    }

    @Test func withoutAPolicyWhatChangedIsToldAndNothingJudged() async throws {
        let place = try Workplace()
        try write(
            (0..<40).map {
                exchange(
                    $0, key: UInt64($0), production: "all is well",
                    candidate: answer("all is well, dear friend!"))
            }, place)
        let outcome = try await place.sluice("shadow", "report", "captured.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let report = try json(outcome)
        #expect(report["verdict"]?.isNull == true)
        #expect(report["join"]?["joined"]?.intValue == 40)
        #expect(texts(report).contains { $0.hasPrefix("length: ") })
        #expect(texts(report).contains { $0.hasPrefix("exclamations: 0.0 % → 100.0 %") })
        // Parts of answers are found as init finds them.
        #expect(report["mapping"]?.stringValue?.contains("text /answer") == true)
    }

    @Test func tooFewKeysDecideNothing() async throws {
        let place = try Workplace()
        try place.writePolicy(baseline: "http://a/", candidate: "http://b/", gates: ["error_rate <= 1%"])
        // Many requests of three users are three keys.
        try write(
            (0..<60).map {
                exchange(
                    $0, key: UInt64($0 % 3), production: "x",
                    candidate: ArmAnswer(failure: LiveFailure(.reset)))
            }, place)
        let outcome = try await place.sluice("shadow", "report", "captured.jsonl")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.out.contains("only 3 keys with answers of both arms: 20 are wanted"), "\(outcome)")
        let more = try await place.sluice("shadow", "report", "captured.jsonl", "--least", "3")
        #expect(more.status == 1, "\(more)")
    }

    @Test func whatWasLostIsNotTakenForGood() async throws {
        let place = try Workplace()
        try place.writePolicy(baseline: "http://a/", candidate: "http://b/", gates: ["error_rate <= 1%"])
        func captured(lost: Int) -> [Exchange] {
            (0..<60).map {
                exchange(
                    $0, key: UInt64($0), production: "x",
                    candidate: $0 < lost
                        ? ArmAnswer(failure: LiveFailure(.notSent, "queue full")) : answer("x"))
            }
        }
        try write(captured(lost: 12), place)
        let outcome = try await place.sluice("shadow", "report", "captured.jsonl")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.out.contains("12 of 60 requests have no pair"), "\(outcome)")
        #expect(outcome.out.contains("lost: candidate not-sent: queue full"), "\(outcome)")
        try write(captured(lost: 0), place)
        #expect(try await place.sluice("shadow", "report", "captured.jsonl").status == 0)
    }

    @Test func damagedLinesAreSetAsideAndCounted() async throws {
        let place = try Workplace()
        var bytes = (0..<30).flatMap {
            ExchangeCodec.encode(exchange($0, key: UInt64($0), production: "x", candidate: answer("x")))
        }
        bytes += Array("{\"v\": 1, \"broken\n".utf8)
        try place.write("captured.jsonl", bytes)
        let outcome = try await place.sluice("shadow", "report", "captured.jsonl")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.err.contains("captured.jsonl:31"), "\(outcome)")
        #expect(outcome.out.contains("1 records that could not be read"), "\(outcome)")
    }

    @Test func hostileAnswersStayData() async throws {
        let place = try Workplace()
        let evil =
            "<script>alert(1)</script> \u{1B}[31mred\u{1B}[0m ](http://evil) @channel \u{202E}txt.exe `x` | y"
        try write(
            (0..<30).map { number in
                exchange(
                    number, key: UInt64(number), production: "fine", candidate: answer(evil),
                    slices: [LiveField("locale\u{1B}[2J", "<img src=x onerror=alert(1)>")])
            }, place)
        let outcome = try await place.sluice(
            "shadow", "report", "captured.jsonl", "--html", "page.html", "--markdown", "page.md")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(!outcome.out.contains("\u{1B}"))
        #expect(!outcome.out.contains("\u{202E}"))
        let page = try place.read("page.html")
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        #expect(!page.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
        #expect(page.utf8.count < 200_000)
        let markdown = try place.read("page.md")
        #expect(!markdown.contains("<script") && !markdown.contains("<img"))
        #expect(!markdown.replacing("\\]", with: "").contains("](http") && !markdown.contains("@channel"))
    }

    // MARK: The verdict is eval's

    struct Candidate: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int32
        let reply: @Sendable (String) -> AnyApp.Reply
        var testDescription: String { name }
    }

    @Test(arguments: [
        Candidate(name: "the same", status: 0) { .json(["answer": .string("An answer to \($0)")]) },
        Candidate(name: "three times as long", status: 1) {
            .json(["answer": .string(String(repeating: "An answer to \($0) ", count: 3))])
        },
        Candidate(name: "failing at times", status: 1) { query in
            query.hasSuffix("7")
                ? .json(["error": "broken"], status: 500)
                : .json(["answer": .string("An answer to \(query)")])
        },
    ])
    func theSameAnswersGetTheSameVerdictThroughEvalAndShadow(candidate: Candidate) async throws {
        let place = try Workplace()
        let old = try AnyApp {
            .json(["answer": .string("An answer to \($0.body?["query"]?.stringValue ?? "")")])
        }
        let new = try AnyApp { candidate.reply($0.body?["query"]?.stringValue ?? "") }
        try place.writePolicy(
            baseline: old.origin + "/v1/answer", candidate: new.origin + "/v1/answer",
            gates: [
                "length within 20% of baseline", "error_rate <= 1%", "error_rate not worse than baseline",
            ],
            metrics: "length, error_rate")
        var golden = ""
        var log = ""
        for number in 0..<40 {
            golden += #"{"query_id": "E-\#(number)", "query": "question \#(number)"}"# + "\n"
            log +=
                #"{"request_id": "E-\#(number)", "path": "/v1/answer", "body": {"query": "question \#(number)"}}"#
                + "\n"
        }
        try place.write("golden.jsonl", golden)
        try place.write("log.jsonl", log)
        let evaluated = try await place.sluice("eval", "--json", "--quiet")
        let shadowed = try await place.sluice(
            "shadow", "replay", "log.jsonl", "--only", "POST /v1/answer", "--json", "--quiet")
        #expect(evaluated.status == candidate.status, "\(evaluated)")
        #expect(shadowed.status == candidate.status, "\(shadowed)")
        let golden1 = try json(evaluated)
        let report = try json(shadowed)
        let judged = try #require(report["judgement"])
        #expect(report["verdict"] == golden1["verdict"])
        #expect(judged["verdict"] == golden1["verdict"])
        let ours = try #require(judged["gates"]?.arrayValue)
        let theirs = try #require(golden1["gates"]?.arrayValue)
        #expect(ours.count == 3)
        for (one, other) in zip(ours, theirs) {
            for name in ["rule", "outcome", "n", "baseline", "candidate", "difference", "p_value"] {
                #expect(one[name] == other[name], "\(name)")
            }
        }
    }

    @Test func gatesThatWantExpectationsAreLeftToTheGoldenSet() async throws {
        let place = try Workplace()
        try place.writePolicy(
            baseline: "http://a/", candidate: "http://b/",
            gates: ["exact_match not worse than baseline", "error_rate <= 1%"])
        try write(
            (0..<30).map { exchange($0, key: UInt64($0), production: "x", candidate: answer("x")) }, place)
        let outcome = try await place.sluice("shadow", "report", "captured.jsonl")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.contains("left to the golden set"), "\(outcome)")
        try place.writePolicy(
            baseline: "http://a/", candidate: "http://b/", gates: ["exact_match not worse than baseline"])
        let none = try await place.sluice("shadow", "report", "captured.jsonl")
        #expect(none.status == 2, "\(none)")
    }

    @Test func theFirstLineTellsWhatNoGateStops() async throws {
        let place = try Workplace()
        try place.writePolicy(baseline: "http://a/", candidate: "http://b/", gates: ["error_rate <= 10%"])
        try write(
            (0..<60).map {
                exchange($0, key: UInt64($0), production: "x", candidate: answer("x", milliseconds: 90))
            }, place)
        let outcome = try await place.sluice("shadow", "report", "captured.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let report = try json(outcome)
        #expect(report["verdict"]?.stringValue == "SHIP")
        let headline = try #require(report["headline"]?.stringValue)
        #expect(headline.hasSuffix("; 1 proven change for the worse stands under no gate"), "\(headline)")
    }

    // MARK: Replay

    private func log(_ count: Int, users: Int = 1_000) -> String {
        (0..<count).map { number in
            #"{"time": \#(1_763_650_000 + number), "method": "POST", "path": "/v1/answer?api_key=k3y&lang=en","#
                + #""request_id": "q-\#(number)", "headers": {"Authorization": "Bearer s3cret", "Cookie": "sid=s3cret","#
                + #""Content-Type": "application/json", "X-User-ID": "u\#(number % users)", "X-Trace": "t"},"#
                + #""body": {"query": "question \#(number)"}}"#
        }.joined(separator: "\n") + "\n"
    }

    @Test func nothingIsSentThatWasNotOptedIn() async throws {
        let place = try Workplace()
        let app = try AnyApp { _ in .json(["answer": "x"]) }
        try place.write(
            "log.jsonl",
            log(3) + #"{"method": "DELETE", "path": "/v1/users/7", "request_id": "d"}"# + "\n")
        let arms = ["--production", app.origin, "--candidate", app.origin]
        let none = try await place.start(["shadow", "replay", "log.jsonl"] + arms).outcome()
        #expect(none.status == 64, "\(none)")
        #expect(none.err.contains(#"3 requests  --only 'POST /v1/answer'"#), "\(none)")
        #expect(app.requests.isEmpty)
        let some = try await place.start(
            ["shadow", "replay", "log.jsonl", "--only", "POST /v1/*", "--json"] + arms
        ).outcome()
        #expect(some.status == 0, "\(some)")
        #expect(app.requests.count == 6)
        #expect(app.requests.allSatisfy { $0.method == "POST" })
        #expect(
            try json(some)["notes"]?.arrayValue?.contains("1 recorded request not opted in, and not sent")
                == true)
    }

    @Test func credentialsStayBehindAndCopiesAreMarked() async throws {
        let place = try Workplace()
        let app = try AnyApp { _ in .json(["answer": "x"]) }
        try place.write("log.jsonl", log(4, users: 2))
        let arms = ["--production", app.origin, "--candidate", app.origin, "--only", "POST /v1/answer"]
        let outcome = try await place.start(
            ["shadow", "replay", "log.jsonl", "--noise", "--key", "header:X-User-ID", "--json"] + arms
                + ["--keep-header", "X-Trace", "--header", "Authorization: Bearer ${env:OWN}"],
            environment: ["OWN": "0wn-t0ken"]
        ).outcome()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(app.requests.count == 12)
        for request in app.requests {
            #expect(request.headers["authorization"] == "Bearer 0wn-t0ken")
            #expect(request.headers["cookie"] == nil)
            #expect(request.headers["x-user-id"] == nil)
            #expect(request.headers["x-trace"] == "t")
            #expect(["production", "candidate", "control"].contains(request.headers["x-sluice-shadow"]))
            #expect(request.query == ["lang": "en"])
        }
        #expect(Set(app.requests.compactMap { $0.headers["idempotency-key"] }).count == 12)
        let kept = try place.read("shadow-replay.jsonl")
        #expect(!kept.contains("s3cret") && !kept.contains("k3y") && !kept.contains("0wn-t0ken"))
        let report = try json(outcome)
        #expect(report["join"]?["keys"]?.intValue == 2)
        #expect(report["join"]?["joined_with_control"]?.intValue == 4)
        // The file of exchanges makes the same report again.
        let again = try json(try await place.sluice("shadow", "report", "shadow-replay.jsonl", "--json"))
        #expect(again["rates"] == report["rates"])
        #expect(again["join"] == report["join"])
        let refused = try await place.start(
            ["shadow", "replay", "log.jsonl", "--keep-header", "Cookie"] + arms
        ).outcome()
        #expect(refused.status == 64, "\(refused)")
    }

    @Test func aReplayThatIsStoppedSaysSoAndGoesOn() async throws {
        let place = try Workplace()
        let app = try AnyApp { _ in AnyApp.Reply(body: #"{"answer": "x"}"#, delay: .milliseconds(30)) }
        try place.write("log.jsonl", log(80))
        let words = [
            "shadow", "replay", "log.jsonl", "--only", "POST /v1/*", "--production", app.origin,
            "--candidate",
            app.origin, "--concurrency", "2", "--quiet",
        ]
        let child = try place.start(words)
        #expect(try await child.waits { app.requests.count >= 30 })
        child.signal(SIGINT)
        let stopped = await child.outcome()
        #expect(stopped.status == 130, "\(stopped)")
        #expect(stopped.err.contains("of 80 requests replayed; nothing is lost"), "\(stopped)")
        #expect(stopped.err.contains("--resume shadow-replay.jsonl"), "\(stopped)")
        let done = try place.read("shadow-replay.jsonl").split(separator: "\n").count
        #expect(done > 0 && done < 80)
        // Killed for good, in the middle of a line.
        let text = try place.read("shadow-replay.jsonl")
        try place.write("shadow-replay.jsonl", String(text.dropLast(40)))
        let again = try await place.start(words + ["--resume", "shadow-replay.jsonl", "--json"]).outcome()
        #expect(again.status == 0, "\(again)")
        #expect(try json(again)["join"]?["joined"]?.intValue == 80)
        let ids = app.requests.compactMap { $0.headers["idempotency-key"] }
        #expect(Set(ids).count == 160)
        // Those in flight when it was stopped, and the line that was cut, are asked once more; nothing else.
        #expect(ids.count <= 160 + 2 * 4 + 2)
    }

    @Test func anAppThatIsNotThereCouldNotBeMeasured() async throws {
        let place = try Workplace()
        let app = try AnyApp { _ in .json(["answer": "x"]) }
        try place.write("log.jsonl", log(5))
        let outcome = try await place.sluice(
            "shadow", "replay", "log.jsonl", "--only", "POST /v1/*", "--production", app.origin,
            "--candidate",
            "http://127.0.0.1:1")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.err.contains("the candidate cannot be reached"), "\(outcome)")
    }

    @Test func aChosenPaceIsKept() async throws {
        let place = try Workplace()
        let app = try AnyApp { _ in .json(["answer": "x"]) }
        try place.write("log.jsonl", log(9))
        let began = ContinuousClock.now
        let outcome = try await place.sluice(
            "shadow", "replay", "log.jsonl", "--only", "POST /v1/*", "--production", app.origin,
            "--candidate",
            app.origin, "--pace", "original×8")
        // Nine requests a second apart, eight times as fast: the last one after a second.
        #expect(began.duration(to: .now) > .seconds(1))
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test(arguments: [
        (["--pace", "fast"], "--pace takes 10/s"), (["--only", "v1"], "--only takes a method and a path"),
        (["--key", "cookie"], "--key takes header:NAME"), (["--slice", "x"], "--slice takes NAME=PART"),
        (["--production", "ftp://x"], "--production takes an address"),
        (["--header", "Authorization: ${env:NOT_SET}"], "NOT_SET is not set"),
    ])
    func wrongWordsAreNamed(words: [String], message: String) async throws {
        let place = try Workplace()
        try place.write("log.jsonl", log(2))
        let address = "http://127.0.0.1:1"
        let arms = words.contains("--production") ? [] : ["--production", address]
        let outcome = try await place.start(
            ["shadow", "replay", "log.jsonl", "--candidate", address] + arms + words
        ).outcome()
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.err.contains(message), "\(outcome)")
    }

    // MARK: Helpdesk

    private func start(_ version: String) async throws -> (app: Child, url: String) {
        let app = try Child(Program.helpdesk, ["--port", "0", "--version-of", version], in: Self.root)
        func address() -> String? {
            app.out.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map {
                String($0.dropFirst("listening on ".count))
            }
        }
        let listens = try await app.waits { address() != nil }
        try #require(listens, "\(app.out) \(app.err)")
        return (app, try #require(address()))
    }

    @Test func aReplayOnTheHelpdeskNamesWhatABrokenReleaseChanged() async throws {
        let place = try Workplace()
        let (good, url) = try await start("v1")
        let (bad, badURL) = try await start("broken-format")
        defer {
            good.signal(SIGTERM)
            bad.signal(SIGTERM)
        }
        var log = ""
        let golden = try String(
            contentsOfFile: Self.root + "/examples/helpdesk/golden/questions.xquad.jsonl", encoding: .utf8)
        for (number, line) in golden.split(separator: "\n").prefix(60).enumerated() {
            let row = try JSONValue.parse(Array(line.utf8))
            var request = JSONObject()
            request["path"] = "/v1/answer"
            request["request_id"] = .string("q-\(number)")
            request["headers"] = ["X-User-ID": .string("u\(number % 40)")]
            request["body"] = ["query": row["query"] ?? .null]
            log += String(decoding: JSONValue.object(request).bytes(), as: UTF8.self) + "\n"
        }
        try place.write("log.jsonl", log)
        let words = [
            "shadow", "replay", "log.jsonl", "--only", "POST /v1/answer", "--key", "header:X-User-ID",
        ]
        let broken = try await place.start(
            words + ["--production", url, "--candidate", badURL, "--noise", "--json", "--html", "page.html"]
                + ["--out", "broken.jsonl"]
        ).outcome()
        #expect(broken.status == 0, "\(broken.err)")
        let report = try json(broken)
        #expect(report["join"]?["keys"]?.intValue == 40)
        // A list with one citation is written as the citation itself.
        let field = report["fields"]?.arrayValue?.first {
            $0["path"]?.stringValue == "/citations" && $0["kind"]?.stringValue == "type"
        }
        #expect(field?["standing"]?.stringValue == "proven", "\(report["fields"] ?? .null)")
        // Its own timings vary as much when it is asked twice.
        let timing = report["fields"]?.arrayValue?.first { $0["path"]?.stringValue == "/timings/generation" }
        #expect(timing?["standing"]?.stringValue == "noise")
        #expect(texts(report).contains { $0.hasPrefix("/citations: type in ") })
        #expect(try place.read("page.html").contains("/citations"))
        // Against itself nothing but what chance allows: no field, no rate, no word.
        let same = try await place.start(
            words + ["--production", url, "--candidate", url, "--noise", "--json", "--out", "same.jsonl"]
        ).outcome()
        let quiet = try json(same)
        let claims = texts(quiet).filter { $0.contains("; p ") && !$0.contains("latency") }
        #expect(claims.isEmpty, "\(claims)")
    }
}
