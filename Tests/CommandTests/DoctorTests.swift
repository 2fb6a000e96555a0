import Foundation
import Notation
import Testing

/// `sluice doctor`: where its scores come from, what it prints, how it ends.
@Suite struct DoctorTests {
    /// Answers wrongly where the question's number and how often it was asked say so: noise of its own.
    private static func noisy(_ question: TestApp.Question) -> TestApp.Reply {
        let number = Int(question.query.dropFirst("question ".count)) ?? 0
        let isWrong = (number * 7 + question.number * 13) % 10 == 0
        return isWrong ? TestApp.Reply(body: TestApp.body("no idea")) : TestApp.right(question)
    }

    private static let gates = [
        "exact_match no worse than baseline by 0.05", "exact_match >= 0.85", "error_rate <= 1%",
    ]

    private func place(_ app: TestApp, candidate: TestApp? = nil, examples: Int = 60) throws -> Workplace {
        let place = try Workplace()
        try place.writeExamples(examples)
        try place.writePolicy(
            baseline: app.url, candidate: (candidate ?? app).url, gates: DoctorTests.gates)
        return place
    }

    private func json(_ outcome: Outcome) throws -> JSONValue {
        let value = try JSONValue.parse(Array(outcome.out.utf8))
        #expect(value["format"]?.stringValue == "sluice.doctor/1")
        return value
    }

    @Test func withoutARunItSaysHowToGetOne() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let place = try place(app)
        let outcome = try await place.sluice("doctor")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("sluice doctor --ask"))
        #expect(app.asked.isEmpty, "nobody asked for the app to be asked")
    }

    @Test func askingMakesARunOfTheAppAgainstItself() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let other = try TestApp { TestApp.right($0, version: "2") }
        let place = try place(app, candidate: other)
        let outcome = try await place.sluice(
            "doctor", "--ask", "--trials", "100", "--json", "--html", "d.html")
        #expect(outcome.status == 0, "\(outcome)")
        // Two passes with two repeats each, and one question to see that it answers.
        #expect(app.asked.count == 60 * 4 + 1)
        #expect(other.asked.count == 1)
        let value = try json(outcome)
        #expect(value["noise"]?.stringValue == "two passes of one app")
        #expect(value["source"]?.stringValue == (try place.newestRun()))
        #expect(value["repeats"]?.arrayValue?.map(\.intValue) == [1, 1], "a verdict would ask once")
        #expect(value["variance"]?.arrayValue?.isEmpty == false)
        let page = try place.read("d.html")
        #expect(page.contains("Operating curve of the verdict") && page.contains("<svg"))
        #expect(place.strays() == [])
    }

    @Test func theNewestRunIsReadAndGivesTheSameBytes() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let place = try place(app)
        _ = try await place.sluice("eval")
        let run = try place.newestRun()
        let before = app.asked.count
        let first = try await place.sluice("doctor", "--no-connect", "--trials", "100", "--json")
        #expect(first.status == 0, "\(first)")
        #expect(app.asked.count == before, "--no-connect leaves the apps alone")
        #expect(try json(first)["source"]?.stringValue == run)
        let again = try await place.sluice(
            "doctor", "--run", run, "--no-connect", "--trials", "100", "--json")
        #expect(again.out == first.out)
        let other = try await place.sluice(
            "doctor", "--no-connect", "--trials", "100", "--seed", "9", "--json")
        #expect(other.out != first.out)
        for columns in ["80", "120", "200"] {
            let shown = try await place.start(
                ["doctor", "--no-connect", "--trials", "100"], environment: ["COLUMNS": columns]
            ).outcome()
            #expect(shown.status == 0)
            #expect(shown.out.hasPrefix("DOCTOR  test"))
            #expect(shown.out.contains("exact_match no worse than baseline by 0.05"))
            for line in shown.out.split(separator: "\n") {
                #expect(line.count <= Int(columns) ?? 0, "\(line)")
            }
        }
        // Another data set: that run says nothing of it.
        try place.writeExamples(50)
        #expect(try await place.sluice("doctor", "--no-connect").status == 65)
    }

    @Test func theBlessedBaselineServesWhereThereIsNoRun() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let place = try place(app)
        _ = try await place.sluice("eval", "--repeat", "2")
        let run = try place.newestRun()
        let blessed = try await place.sluice("baseline", "bless", run, "--why", "first", "--as", "Ada")
        try #require(blessed.status == 0, "\(blessed)")
        try FileManager.default.removeItem(atPath: place.path(".sluice"))
        try place.writePolicy(
            baseline: "{ blessed: main }", candidate: app.url, gates: DoctorTests.gates,
            limits: "concurrency: 4, timeout: 5s, retries: 0, repeats: 2")
        let before = app.asked.count
        let outcome = try await place.sluice("doctor", "--no-connect", "--trials", "100", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let value = try json(outcome)
        #expect(value["source"]?.stringValue == "blessed baseline main")
        #expect(value["noise"]?.stringValue == "repeats of one arm")
        #expect(app.asked.count == before)
        #expect(place.runs() == [], "it is no run")
        #expect(place.strays() == [])
    }

    @Test func anAppThatDoesNotAnswerIsTheFirstFinding() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let broken = try TestApp { _ in TestApp.Reply(status: 500, body: "{}") }
        let place = try place(app, candidate: broken)
        _ = try await place.sluice("eval", "--candidate", app.url)
        let outcome = try await place.sluice("doctor", "--trials", "100")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.out.contains("✗ candidate"))
        #expect(outcome.out.contains("✓ baseline"))
        #expect(outcome.out.contains("judged 100 times"), "what the record shows is printed all the same")
        let gone = try await place.sluice(
            "doctor", "--ask", "--trials", "100", "--baseline", "http://127.0.0.1:1/answer")
        #expect(gone.status == 3, "\(gone)")
        #expect(gone.err.contains("sluice doctor --ask"))
    }

    @Test func dataThatDecideNothingAreStatusTwo() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let place = try Workplace()
        try place.writeExamples(12)
        try place.writePolicy(
            baseline: app.url, candidate: app.url, gates: ["exact_match no worse than baseline by 0.001"])
        _ = try await place.sluice("eval")
        let outcome = try await place.sluice("doctor", "--no-connect", "--trials", "100")
        #expect(outcome.status == 2, "\(outcome)")
    }

    @Test func recordedAnswersCannotBeAsked() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let place = try place(app)
        try place.writePolicy(
            baseline: "{ recorded: answers.jsonl }", candidate: app.url, gates: DoctorTests.gates)
        try place.write("answers.jsonl", "")
        let outcome = try await place.sluice("doctor", "--ask")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("recorded answers cannot be asked"), "\(outcome)")
        #expect(app.asked.isEmpty && place.runs().isEmpty)
    }

    @Test func whatIsMeantMustBeClear() async throws {
        let app = try TestApp(DoctorTests.noisy)
        let place = try place(app)
        let cases: [(arguments: [String], status: Int32, words: String)] = [
            (["--trials", "5"], 64, "--trials takes a whole number from 100"),
            (["--ask", "--run", "r-1"], 64, "give either"),
            (["--run", "r-none"], 65, "there is no run r-none"),
            (["--html", "/"], 64, "is a folder"),
            (["--trails", "100"], 64, "did you mean '--trials'?"),
            (["--policy", "none.yaml"], 65, "none.yaml"),
        ]
        for (arguments, status, words) in cases {
            let outcome = try await place.start(["doctor"] + arguments).outcome()
            #expect(outcome.status == status, "\(arguments): \(outcome)")
            #expect(outcome.err.contains(words), "\(arguments): \(outcome)")
        }
    }
}
