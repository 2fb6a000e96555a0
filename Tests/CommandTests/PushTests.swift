import Foundation
import HTTPServer
import Ledger
import Notation
import Storage
import Testing

/// Runs on their way into a ledger that many share.
@Suite struct PushTests {
    private static let key = "sk-live-0123456789abcdef0123456789"

    private func finished(examples: Int = 30, secret: Bool = false) async throws -> (Workplace, String) {
        let place = try Workplace()
        let old = try TestApp { TestApp.right($0) }
        let new = try TestApp { question in
            question.number % 6 == 5
                ? TestApp.Reply(body: TestApp.body("wrong: \(PushTests.key)", version: "2"))
                : TestApp.right(question, version: "2")
        }
        try place.writeExamples(examples)
        try place.writePolicy(baseline: old.url, candidate: new.url)
        let outcome = try await place.sluice("eval")
        try #require(outcome.status < 64, "\(outcome)")
        return (place, try place.newestRun())
    }

    /// Everything that the ledger holds, unpacked.
    private func held(_ place: Workplace, _ ledger: String, _ run: String) throws -> String {
        let open = try LedgerPlace.open(place.path(ledger), writes: false)
        let entry = try #require(try open.entry(run))
        var text = String(decoding: entry.bytes, as: UTF8.self)
        for choice in EvidenceChoice.allCases {
            for part in try open.evidence(run, choice) ?? [] {
                text += String(decoding: try open.part(part.digest), as: UTF8.self)
            }
        }
        for part in entry.parts { text += String(decoding: try open.part(part.digest), as: UTF8.self) }
        return text
    }

    @Test(arguments: ["shared", "shared.db"])
    func aRunIsPushedOnceHoweverOften(to ledger: String) async throws {
        let (place, run) = try await finished()
        let first = try await place.sluice("push", "--to", ledger, "--json")
        #expect(first.status == 0, "\(first)")
        let told = try JSONValue.parse(Array(first.out.utf8))
        #expect(told["new"]?.boolValue == true && told["run"]?.stringValue == run)
        #expect(told["parts_sent"]?.intValue == 3 && told["parts_known"]?.intValue == 0)
        let second = try JSONValue.parse(
            Array(try await place.sluice("push", run, "--to", ledger, "--json").out.utf8))
        #expect(second["new"]?.boolValue == false && second["digest"] == told["digest"])
        #expect(second["parts_sent"]?.intValue == 0 && second["parts_known"]?.intValue == 3)
        let words = try await place.sluice("push", environment: ["SLUICE_LEDGER": ledger])
        #expect(words.out.contains("is in \(ledger) already"), "\(words)")
        let history = try await place.sluice("history", "--from", ledger)
        #expect(
            history.status == 0 && history.out.contains("1 run") && history.out.contains("exact_match"),
            "\(history)")
        let note = try await place.sluice(
            "history", "note", run, "--from", ledger, "--outcome", "false-alarm", "--why", "w", "--by", "b")
        #expect(note.status == 0, "\(note)")
    }

    @Test func answersGoAlongByChoiceAndKeysNever() async throws {
        let (place, run) = try await finished()
        for (choice, wrong, right) in [("none", false, false), ("failing", true, false), ("all", true, true)]
        {
            let ledger = "ledger-" + choice
            #expect(try await place.sluice("push", "--to", ledger, "--evidence", choice).status == 0)
            let text = try held(place, ledger, run)
            #expect(text.contains("\"wrong: <redacted>\"") == wrong, "\(choice)")
            #expect(text.contains("\"answer 3\"") == right, "\(choice)")
            #expect(!text.contains(PushTests.key), "\(choice)")
            #expect(text.contains("\"scores\":{"), "\(choice)")
        }
        let more = try await place.sluice("push", "--to", "ledger-none", "--evidence", "all")
        #expect(more.status == 0 && more.out.contains("already"), "evidence may follow: \(more)")
        #expect(try held(place, "ledger-none", run).contains("\"answer 3\""))
    }

    @Test func secretsOfThePolicyAreTakenOut() async throws {
        let place = try Workplace()
        let secret = "correct horse \"battery\" staple"
        let app = try TestApp { question in
            TestApp.Reply(body: TestApp.body("you sent \(question.headers["X-Pass"] ?? "") to \(secret)"))
        }
        try place.writeExamples(6)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            app: "  headers: { X-Pass: \"${env:APP_PASS}\" }")
        let environment = ["APP_PASS": secret]
        _ = try await place.sluice("eval", environment: environment)
        let blind = try await place.sluice("push", "--to", "l", "--evidence", "all")
        #expect(
            blind.status == 64 && blind.err.contains("${env:APP_PASS}, which is not set here"), "\(blind)")
        #expect(!place.exists("l"), "what cannot be taken out is not sent")
        let pushed = try await place.sluice(
            "push", "--to", "l", "--evidence", "all", environment: environment)
        #expect(pushed.status == 0 && pushed.out.contains("secrets taken out"), "\(pushed)")
        let text = try held(place, "l", try place.newestRun())
        #expect(!text.contains("battery"))
        #expect(text.contains("${env:APP_PASS}"), "its name stays")
    }

    @Test(arguments: ["report.json", "manifest.json", "observations.jsonl.zst", "gone"])
    func aRunThatWasChangedIsRefused(name: String) async throws {
        let (place, run) = try await finished()
        let path = ".sluice/runs/\(run)/" + (name == "gone" ? "report.json" : name)
        if name == "gone" {
            try FileManager.default.removeItem(atPath: place.path(path))
        } else if name.hasSuffix(".json") {
            try place.write(
                path, try place.read(path).replacingOccurrences(of: "\"n\": 30", with: "\"n\": 31") + " ")
        } else {
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: place.path(path))))
            bytes[bytes.count / 2] ^= 1
            try place.write(path, bytes)
        }
        let outcome = try await place.sluice("push", "--to", "l")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(!place.exists("l/runs"), "nothing is seen of it")
    }

    @Test func aRunThatNeverFinishedIsRefused() async throws {
        let place = try Workplace()
        let slow = try TestApp { question in
            var reply = TestApp.right(question)
            reply.delay = .milliseconds(50)
            return reply
        }
        try place.writeExamples(200)
        try place.writePolicy(
            baseline: nil, candidate: slow.url, gates: ["error_rate <= 1%"],
            limits: "concurrency: 1, timeout: 5s, retries: 0")
        let child = try place.start(["eval"])
        _ = try await child.waits { slow.asked.count > 5 }
        child.signal(SIGKILL)
        _ = await child.outcome()
        let run = try place.newestRun()
        let outcome = try await place.sluice("push", run, "--to", "l")
        #expect(outcome.status == 65 && outcome.err.contains("never finished"), "\(outcome)")
        #expect(!place.exists("l"))
    }

    @Test func aKilledPushGoesOnAndManyPushAtOnce() async throws {
        let (place, run) = try await finished(examples: 300)
        let child = try place.start(["push", "--to", "l", "--evidence", "all"])
        _ = try await child.waits { place.exists("l/objects") }
        child.signal(SIGKILL)
        _ = await child.outcome()
        let before = try await place.sluice("history", "--from", "l")
        #expect(before.status == 0 || before.status == 65, "half a run is none: \(before)")
        let pushers = try (0..<4).map { _ in
            try place.start(["push", "--to", "l", "--evidence", "all", "--json"])
        }
        var new = 0
        for pusher in pushers {
            let outcome = await pusher.outcome()
            #expect(outcome.status == 0, "\(outcome)")
            if outcome.out.contains("\"new\": true") { new += 1 }
        }
        #expect(new <= 1)
        let text = try held(place, "l", run)
        #expect(text.contains("\"answer 299\""))
    }

    @Test func anotherJudgementOfAPushedRunIsRefused() async throws {
        let (place, run) = try await finished()
        #expect(try await place.sluice("push", "--to", "l").status == 0)
        try place.write(
            "sluice.yaml",
            try place.read("sluice.yaml").replacingOccurrences(
                of: "error_rate <= 1%", with: "error_rate <= 2%"))
        _ = try await place.sluice("eval", "--resume", run)
        let outcome = try await place.sluice("push", run, "--to", "l")
        #expect(outcome.status == 3 && outcome.err.contains("already with another content"), "\(outcome)")
    }

    @Test func whereToIsSaidOnceAtLeast() async throws {
        let (place, _) = try await finished()
        #expect(try await place.sluice("push").status == 64)
        #expect(try await place.sluice("push", "--to", "l", "--evidence", "some").status == 64)
        #expect(try await place.sluice("push", "--to", "postgres://x/y").status == 3)
        try place.write("full/letter.txt", "dear")
        #expect(try await place.sluice("push", "--to", "full").status == 3)
    }

    @Test func aPolicyThatIsNamedSaysWhereTo() async throws {
        let (place, run) = try await finished()
        try place.write("team.yaml", try place.read("sluice.yaml") + "\nledger: { to: team.db }\n")
        let pushed = try await place.sluice("push", "-p", "team.yaml")
        #expect(pushed.status == 0 && pushed.out.contains("pushed \(run) to team.db"), "\(pushed)")
        let note = try await place.sluice(
            "history", "note", run, "-p", "team.yaml", "--outcome", "true-alarm", "--why", "it \u{202E}was",
            "--by", "Ada")
        #expect(note.status == 0 && note.out.contains("noted in team.db"), "\(note)")
        #expect(note.out.contains("it \\u{202E}was"), "\(note)")
    }
}
