import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// `sluice sweep`, as it is typed.
@Suite struct SweepTests {
    private static let root: String = {
        let tests = (#filePath as NSString).deletingLastPathComponent
        return ((tests as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    }()

    /// Right more often the larger `k` of the request is; nothing else of it is read. `k: 0` it refuses.
    private static func reply(_ question: TestApp.Question) -> TestApp.Reply {
        let k = question.body?["k"]?.intValue ?? 2
        if k == 0 { return TestApp.Reply(status: 400, body: #"{"error": "k is 1 at least"}"#) }
        let number = Int(question.query.dropFirst("question ".count)) ?? 0
        let isRight = number % 10 < 3 * k
        return TestApp.Reply(body: TestApp.body(isRight ? "answer \(number)" : "no idea", version: "k\(k)"))
    }

    private func place(
        _ app: TestApp, examples: Int = 60, more: String = "",
        limits: String = "concurrency: 4, timeout: 5s, retries: 0"
    ) throws -> Workplace {
        let place = try Workplace()
        try place.writeExamples(examples)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            metrics: "exact_match, error_rate, latency", limits: limits, more: more)
        return place
    }

    private func json(_ outcome: Outcome) throws -> JSONValue {
        let value = try JSONValue.parse(Array(outcome.out.utf8))
        #expect(value["format"]?.stringValue == "sluice.sweep/1")
        return value
    }

    private func variant(_ report: JSONValue, _ name: String) throws -> JSONValue {
        try #require(report["variants"]?.arrayValue?.first { $0["name"]?.stringValue == name })
    }

    private func sweeps(_ place: Workplace) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: place.path(".sluice/sweeps/runs"))
        return (names ?? []).filter { !$0.contains("-v") }.sorted()
    }

    @Test func everyVariantIsAskedEveryExampleAndHeldAgainstTheReference() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let outcome = try await place.sluice(
            "sweep", "--vary", "k=1,2,3", "--vary", "nothing=1", "--apart", "--axes", "exact_match", "--json",
            "--html",
            "s.html", "--markdown", "s.md")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(app.asked.count == 300)
        let report = try json(outcome)
        #expect(report["family"] == 4)
        let worse = try variant(report, "k=1")["metrics"]?["exact_match"]
        // Of ten questions three are right with 1, six with 2, nine with 3.
        #expect(worse?["value"] == 0.3)
        #expect(try variant(report, "policy")["metrics"]?["exact_match"]?["value"] == 0.6)
        #expect(worse?["difference"]?["value"]?.doubleValue.map { abs($0 + 0.3) < 1e-9 } == true)
        #expect(worse?["difference"]?["claim"] == "worse")
        #expect(try variant(report, "k=3")["metrics"]?["exact_match"]?["difference"]?["claim"] == "better")
        #expect(try variant(report, "k=3")["on_frontier"] == true)
        #expect(try variant(report, "policy")["surely_dominated_by"] == ["k=3"])
        #expect(try variant(report, "k=1")["versions"] == ["prompt k1"])
        #expect(try variant(report, "k=2")["answers_changed"]?["count"] == 0)
        // On a busy machine its latencies may differ all the same, which is then said instead.
        let found = report["findings"]?[0]?["text"]?.stringValue ?? ""
        let words = "nothing had no effect on any answer (60 compared): is it read? It was laid over /nothing"
        #expect(
            found == words
                || found.hasPrefix("nothing changed no answer (60 compared), and did change latency"))
        #expect(
            outcome.err.contains("warning: " + found) || found != words, "it is said aloud: \(outcome.err)")
        let page = try place.read("s.html")
        #expect(!page.contains("curve frontier") && page.contains("Against policy"), "one axis has no plot")
        #expect(try place.read("s.md").contains("| `k=1` | 0.300"))
        #expect(place.strays() == [])
        #expect(place.runs() == [], "a variant is no run")
    }

    @Test func theTableFitsTheTerminal() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let first = try await place.sluice("sweep", "--vary", "k=1,3", "--axes", "exact_match,latency.p95")
        #expect(first.status == 0, "\(first)")
        let sweep = try #require(sweeps(place).last)
        for columns in [80, 120, 200] {
            let shown = try await place.start(
                ["sweep", "--from", sweep, "--all"], environment: ["COLUMNS": "\(columns)"]
            ).outcome()
            #expect(shown.status == 0, "\(shown)")
            for line in shown.out.split(separator: "\n") where !line.contains(".sluice/") {
                #expect(line.count <= columns, "\(line)")
            }
            #expect(shown.out.contains("error_rate"), "--all shows every metric")
        }
        #expect(try place.read(".sluice/sweeps/runs/\(sweep)/report.html").contains("curve frontier"))
    }

    @Test func readAgainTheSameAnswersGiveTheSameReport() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let first = try await place.sluice("sweep", "--vary", "k=1,3", "--json")
        let asked = app.asked.count
        let sweep = try #require(sweeps(place).last)
        let again = try await place.sluice("sweep", "--from", sweep, "--json")
        #expect(again.status == 0, "\(again)")
        #expect(again.out == first.out)
        #expect(app.asked.count == asked)
        let other = try await place.sluice("sweep", "--from", sweep, "--axes", "error_rate", "--json")
        #expect(try json(other)["metrics"]?[0]?["name"] == "error_rate")
        #expect(try json(other)["chosen_afterwards"] == true, "\(other)")
        #expect(try json(again)["chosen_afterwards"] == false)
    }

    @Test func aPolicysOwnVariantsAreCompared() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(
            app,
            more: """
                sweep:
                  vary: { k: [1, 3] }
                  variants: { both: { k: 3, "header X-Mode": fast } }
                  axes: [exact_match]
                """)
        let modes = try await place.sluice("sweep", "--json", "--reference", "k=3")
        #expect(modes.status == 0, "\(modes)")
        let report = try json(modes)
        #expect(
            report["variants"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["k=3", "k=1", "both"])
        #expect(report["reference"] == "k=3")
    }

    /// A judge is asked of every variant's answers: what that comes to is said before, by the plan and by the sweep.
    @Test func whatJudgingComesToIsSaidBeforeItIsAsked() async throws {
        let app = try TestApp(Self.reply)
        let place = try Workplace()
        try place.writeExamples(20)
        try place.write("judge.sh", "while read -r line; do echo >> judged; echo '{}'; done\n")
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"], metrics: "exact_match, toxicity",
            limits: "concurrency: 4, timeout: 5s, retries: 0",
            more: "judge: { command: [/bin/sh, judge.sh], retries: 0, timeout: 2s, budget: { calls: 3 } }\n")
        let words = "judging: at most 60 calls, 120 requests where all are asked again"
        let most = "that is 60 calls, and judge.budget allows 3: what goes beyond is unmeasured"
        let plan = try await place.sluice("sweep", "--vary", "k=1,3", "--plan")
        #expect(plan.out.contains(words) && plan.out.contains(most), "\(plan)")
        let json = try await place.sluice("sweep", "--vary", "k=1,3", "--plan", "--json")
        #expect(try JSONValue.parse(json.out)["judging"]?["most_calls"] == 60, "\(json)")
        #expect(app.asked.isEmpty && !place.exists("judged"))
        let swept = try await place.sluice("sweep", "--vary", "k=1,3", "--json")
        #expect(swept.err.contains(words) && swept.err.contains(most), "\(swept)")
        #expect(app.asked.count == 60)
    }

    @Test func aPlanAsksNothingAndCountsTheCalls() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let plan = try await place.sluice("sweep", "--vary", "k=1,3", "--plan")
        #expect(plan.status == 0, "\(plan)")
        #expect(plan.out.contains("180 calls, at most 180 with every retry; nothing was asked"), "\(plan)")
        #expect(app.asked.isEmpty)
        #expect(!place.exists(".sluice"), "\(place.files())")
        _ = try await place.sluice("sweep", "--vary", "k=1,3", "--cache")
        let after = try await place.sluice("sweep", "--vary", "k=1,2,3", "--cache", "--plan", "--json")
        let value = try JSONValue.parse(Array(after.out.utf8))
        #expect(value["format"] == "sluice.sweep-plan/1")
        // One question each to see what runs, and all of the variant that is new.
        #expect(value["calls"] == 63, "\(after)")
        #expect(app.asked.count == 180)
        let cached = try await place.sluice("sweep", "--vary", "k=1,3", "--cache", "--json")
        #expect(app.asked.count == 183)
        #expect(try variant(json(cached), "k=1")["measurement"]?["from_cache"] == 59)
    }

    @Test func theBudgetOfCallsHolds() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let refused = try await place.sluice("sweep", "--vary", "k=1,3", "--max-calls", "100")
        #expect(refused.status == 3, "\(refused)")
        #expect(
            refused.err.contains("about 180 calls, and --max-calls allows 100; nothing was asked"),
            "\(refused)")
        #expect(app.asked.isEmpty)
        let enough = try await place.sluice("sweep", "--vary", "k=1,3", "--max-calls", "180")
        #expect(enough.status == 0, "\(enough)")
    }

    /// Retries are calls too: those that nobody planned stop the sweep, and nothing is lost.
    @Test func retriesThatNobodyPlannedStopItAndItGoesOn() async throws {
        let isShaky = Mutex(true)
        let app = try TestApp { question in
            if isShaky.withLock({ $0 }), question.number % 3 == 1 {
                return TestApp.Reply(status: 503, body: "{}", headers: ["Retry-After": "0"])
            }
            return SweepTests.reply(question)
        }
        let place = try place(app, limits: "concurrency: 2, timeout: 5s, retries: 3")
        let stopped = try await place.sluice("sweep", "--vary", "k=1,3", "--max-calls", "200")
        #expect(stopped.status == 3, "\(stopped)")
        #expect(stopped.err.contains("--max-calls are spent"), "\(stopped)")
        #expect(app.asked.count == 200)
        isShaky.withLock { $0 = false }
        let sweep = try #require(sweeps(place).last)
        #expect(stopped.err.contains("resume with   sluice sweep --resume \(sweep)"), "\(stopped)")
        let resumed = try await place.sluice("sweep", "--resume", sweep, "--json")
        #expect(resumed.status == 0, "\(resumed)")
        #expect(app.asked.count < 200 + 180, "what was answered is not asked again")
        let report = try json(resumed)
        #expect(try variant(report, "k=1")["metrics"]?["exact_match"]?["value"] == 0.3)
        #expect(report["calls"]?.intValue == app.asked.count)
    }

    @Test func aKilledSweepGoesOn() async throws {
        let isHeld = Mutex(true)
        let app = try TestApp { question in
            var reply = SweepTests.reply(question)
            if question.number >= 60, isHeld.withLock({ $0 }) { reply.delay = .seconds(60) }
            return reply
        }
        let place = try place(app, limits: "concurrency: 2, timeout: 100s, retries: 0")
        let child = try place.start(["sweep", "--vary", "k=1,3"])
        let isUnderWay = try await child.waits { app.asked.count == 62 }
        try #require(isUnderWay)
        child.signal(SIGKILL)
        #expect(await child.outcome().status == -SIGKILL)
        isHeld.withLock { $0 = false }
        let sweep = try #require(sweeps(place).last)
        let early = try await place.sluice("sweep", "--pick", "k=3", "--why", "it is better")
        #expect(early.status == 65, "nothing is chosen of half a sweep: \(early)")
        let resumed = try await place.sluice("sweep", "--resume", sweep, "--json")
        #expect(resumed.status == 0, "\(resumed)")
        // Two at most were under way, and one each is asked again to see what runs.
        #expect(app.asked.count <= 180 + 2 + 3, "\(app.asked.count)")
        for name in ["policy", "k=1", "k=3"] {
            #expect(try variant(json(resumed), name)["measurement"]?["answered"] == 60)
        }
        try place.write(
            "golden.jsonl", place.read("golden.jsonl").replacingOccurrences(of: "answer 7\"", with: "x\""))
        let other = try await place.sluice("sweep", "--resume", sweep)
        #expect(other.status == 65 && other.err.contains("over another data set"), "\(other)")
    }

    /// What cannot be asked is no data: it is said, and the others stand.
    @Test func aVariantThatFailsFailsAlone() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let outcome = try await place.sluice(
            "sweep", "--vary", "k=0,3", "--vary", "env THREADS=8", "--vary", "url=http://127.0.0.1:9/none",
            "--apart",
            "--axes", "exact_match", "--json")
        #expect(outcome.status == 3, "\(outcome)")
        let report = try json(outcome)
        #expect(try variant(report, "k=3")["metrics"]?["exact_match"]?["difference"]?["claim"] == "better")
        func problem(_ name: String) throws -> String {
            try #require(try variant(report, name)["problem"]?.stringValue)
        }
        #expect(try problem("THREADS=8").contains("not ours to start anew"))
        #expect(try problem("k=0").hasPrefix("it answered nothing (status"))
        #expect(try problem("url=#1").hasPrefix("it cannot be reached"))
        for name in ["THREADS=8", "k=0", "url=#1"] {
            #expect(outcome.err.contains("warning: \(name) could not be measured"), "\(outcome.err)")
            #expect(try variant(report, name)["metrics"] == [:])
        }
        #expect(report["family"] == 4, "what was planned shares the error")
        let sweep = try #require(sweeps(place).last)
        let again = try await place.sluice("sweep", "--from", sweep, "--json")
        #expect(try variant(json(again), "url=#1")["problem"]?.stringValue == problem("url=#1"))
    }

    @Test func withoutTheReferenceNothingCanBeSaid() async throws {
        let place = try Workplace()
        try place.writeExamples(20)
        try place.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9/none", gates: ["error_rate <= 1%"])
        let outcome = try await place.sluice("sweep", "--vary", "k=1")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.out == "")
        #expect(
            outcome.err.contains("COULD NOT MEASURE  the reference 'policy' could not be measured"),
            "\(outcome)")
        #expect(outcome.err.contains("sluice sweep --resume s-"), "\(outcome)")
    }

    @Test func theChoiceIsRecordedWithItsEvidence() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        _ = try await place.sluice("sweep", "--vary", "k=1,3", "--axes", "exact_match")
        let asked = app.asked.count
        let picked = try await place.sluice(
            "sweep", "--pick", "k=3", "--why", "right more often | <b>really</b>", "--as", "Kim")
        #expect(picked.status == 0, "\(picked)")
        #expect(app.asked.count == asked)
        let folder = try #require(place.files().first { $0.hasSuffix("decision.md") })
        #expect(folder.hasPrefix("decisions/20") && folder.hasSuffix("-k-3/decision.md"), "\(folder)")
        let record = try JSONValue.parse(
            Array(place.read(folder.replacingOccurrences(of: ".md", with: ".json")).utf8))
        #expect(record["format"] == "sluice.decision/1")
        #expect(record["chosen"] == "k=3" && record["settings"] == ["k": 3] && record["by"] == "Kim")
        #expect(record["why"] == "right more often | <b>really</b>")
        #expect(record["dataset"]?["digest"]?.stringValue?.hasPrefix("sha256:") == true)
        #expect(record["evidence"]?["variants"]?.arrayValue?.count == 3)
        #expect(record["cautions"] == [])
        let text = try place.read(folder)
        #expect(text.contains("| By | Kim |"))
        #expect(!text.contains("<b>"), "what a person wrote is text")
        #expect(text.contains("right more often \\|"), "\(text)")

        let worse = try await place.sluice("sweep", "--pick", "k=1", "--why", "cheaper", "--as", "Kim")
        #expect(worse.status == 0)
        #expect(worse.err.contains("note: surely dominated by"), "\(worse)")
        _ = try await place.sluice("sweep", "--pick", "k=3", "--why", "again", "--as", "Kim")
        #expect(place.files().filter { $0.hasSuffix("decision.md") }.count == 3, "a record is never replaced")
        #expect(place.strays() == [])
        let unknown = try await place.sluice("sweep", "--pick", "k=7", "--why", "x", "--as", "Kim")
        #expect(unknown.status == 65 && unknown.err.contains("there are policy, k=1, k=3"), "\(unknown)")
    }

    @Test(arguments: [
        (["--vary", "k"], 64, "PARAMETER=VALUE"), (["--vary", "k="], 64, "is empty"),
        (["--vary", "k=1,,2"], 64, "is empty"), (["--variant", "a: k="], 64, "is empty"),
        (["--vary", "k=1,1"], 64, "names 1 twice"),
        (["--variant", "k=1"], 64, "has no name"), (["--variant", "a b: k=1"], 64, "no name of a variant"),
        (["--vary", "k=1", "--axes", "recal@3"], 64, "did you mean 'recall"),
        (["--why", "x"], 64, "belong to --pick"), (["--pick", "k=1"], 64, "say why"),
        (["--resume", "s-1", "--from", "s-2"], 64, "exclude one another"),
        (["--resume", "s-1", "--vary", "k=1"], 64, "belongs to a new sweep"),
        (["--vary", "k=1", "--cache", "--no-cache"], 64, "exclude one another"),
        (["--vary", "k=1", "--max-calls", "0"], 64, "whole number from 1"),
        ([], 65, "there is nothing to compare"), (["--resume", "s-1"], 65, "there is no sweep s-1"),
        (["--resume", "../x"], 65, "no name of a run"),
        (["--vary", "k=1", "--only", "x"], 65, "'x' is no variant"),
        (["--pick", "k=1", "--why", "x"], 65, "no finished sweep"),
    ])
    func whatCannotBeDoneSaysWhy(_ words: [String], _ status: Int32, _ message: String) async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app, examples: 3)
        let outcome = try await place.start(["sweep"] + words).outcome()
        #expect(outcome.status == status, "\(outcome)")
        #expect(outcome.err.contains(message), "\(outcome)")
        #expect(outcome.out == "")
        #expect(app.asked.isEmpty)
    }

    /// Nothing of a name or an answer reaches the terminal raw.
    @Test func whatComesFromOutsideIsShownHarmlessly() async throws {
        let app = try TestApp { question in
            TestApp.Reply(status: 400, body: "\u{1B}[2Jgone \(question.number)")
        }
        let place = try place(app, examples: 5)
        let outcome = try await place.start([
            "sweep", "--vary", "k\u{1B}[31m=1\u{1B}[0m", "--title", "a\u{1B}]0;b\u{7}",
        ]).outcome()
        #expect(!outcome.out.contains("\u{1B}") && !outcome.err.contains("\u{1B}"), "\(outcome)")
    }

    @Test func theHelpsFirstExampleRunsFromTheClonesRoot() async throws {
        let help = try await Workplace().sluice("sweep", "--help").out
        let line = try #require(
            help.split(separator: "\n").first { $0.contains("sluice sweep -p examples/helpdesk") })
        let words = line.split(separator: " ").map(String.init).drop { $0 != "sluice" }.dropFirst()
        let outcome = try await Child(Program.sluice, Array(words), in: Self.root).outcome()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.contains("PLAN  helpdesk   566 examples   10 variants"), "\(outcome)")
    }

    /// What can be resumed is no sweep to choose from, and a newer one that is not finished is named.
    @Test func aSweepThatIsNotFinishedIsNotChosenFrom() async throws {
        let app = try TestApp(Self.reply)
        let place = try place(app)
        let first = try await place.sluice("sweep", "--vary", "k=1,3", "--axes", "exact_match")
        #expect(first.status == 0, "\(first)")
        let whole = try #require(sweeps(place).last)
        let broken = try await place.sluice(
            "sweep", "--vary", "k=3", "--vary", "url=http://127.0.0.1:9/none", "--apart", "--axes",
            "exact_match")
        #expect(
            broken.status == 3 && broken.err.contains("the sweep is not finished: resume with"), "\(broken)")
        let newest = try #require(sweeps(place).last)
        #expect(newest != whole)
        #expect(!broken.out.contains("--pick"), "\(broken)")
        #expect(broken.out.contains("next  sluice sweep --resume \(newest)"), "\(broken)")
        #expect(first.out.contains("next  sluice sweep --from \(whole) --pick"), "\(first)")
        let picked = try await place.sluice("sweep", "--pick", "k=3", "--why", "better", "--as", "Kim")
        #expect(picked.status == 0 && picked.out.contains("of sweep \(whole)"), "\(picked)")
        #expect(picked.err.contains("sweep \(newest) is newer and not finished"), "\(picked)")
    }

    /// Answers that are the same may cost more all the same.
    @Test func equalAnswersAreNotSaidToBeTheSameApp() async throws {
        let app = try TestApp { question in
            let isSlow = question.body?["k"]?.intValue == 9
            return TestApp.Reply(
                body: TestApp.body("answer", version: "1"), delay: .milliseconds(isSlow ? 40 : 0))
        }
        let place = try place(app, examples: 20)
        let outcome = try await place.sluice(
            "sweep", "--vary", "k=1,9", "--axes", "exact_match,latency", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(!outcome.out.contains("what it sets is what the reference does"))
        let findings = try json(outcome)["findings"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
        #expect(
            findings.contains { $0.hasPrefix("k changed no answer") && $0.contains("did change latency") },
            "\(findings)")
    }
}
