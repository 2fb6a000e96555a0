import Foundation
import Synchronization
import Testing

/// Runs that are stopped, killed, starved or raced: nothing that was answered is lost or asked again.
@Suite struct InterruptionTests {
    /// An app that answers so many questions at once and then holds the others back, until it is told to let go.
    private final class Held: Sendable {
        let isHeld = Mutex(true)

        func app(after answered: Int) throws -> TestApp {
            try TestApp { [self] question in
                var reply = TestApp.right(question)
                if question.number >= answered, isHeld.withLock({ $0 }) { reply.delay = .seconds(60) }
                return reply
            }
        }

        func letGo() { isHeld.withLock { $0 = false } }
    }

    /// How often each question was asked.
    private func counts(_ app: TestApp) -> [String: Int] {
        app.asked.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static let limits = "concurrency: 2, timeout: 100s, retries: 0, cache: false"

    private func bench(_ examples: Int = 120, held: Held? = nil) throws -> (Workplace, TestApp) {
        let place = try Workplace()
        let app = try held?.app(after: 41) ?? TestApp { TestApp.right($0) }
        try place.writeExamples(examples)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"], limits: InterruptionTests.limits)
        return (place, app)
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aStoppedRunSaysHowToGoOnAndGoesOn(signal: Int32) async throws {
        let held = Held()
        let (place, app) = try bench(held: held)
        let child = try place.start(["eval", "--title", "the change", "--concurrency", "2"])
        let isUnderWay = try await child.waits { app.asked.count == 43 }
        try #require(isUnderWay)
        child.signal(signal)
        let stopped = await child.outcome()
        #expect(stopped.status == 130, "\(stopped)")
        #expect(stopped.out == "")
        let run = try place.newestRun()
        #expect(stopped.err.contains("nothing is lost"), "\(stopped)")
        #expect(
            stopped.err.contains("resume with   sluice eval --resume \(run) --concurrency 2"), "\(stopped)")
        #expect(place.strays() == [])

        held.letGo()
        let resumed = try await place.sluice("eval", "--resume", run, "--concurrency", "2")
        #expect(resumed.status == 0, "\(resumed)")
        #expect(resumed.out.contains("120 of 120 answered"), "\(resumed)")
        #expect(resumed.out.contains("the change"), "the title is kept: \(resumed)")
        // Two at most were under way when it stopped.
        #expect(app.asked.count == 122)
        #expect(counts(app).values.filter { $0 > 1 } == [2, 2])
        #expect(place.runs() == [run])
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
    }

    @Test func aKilledRunGoesOn() async throws {
        let held = Held()
        let (place, app) = try bench(held: held)
        let child = try place.start(["eval"])
        let isUnderWay = try await child.waits { app.asked.count == 43 }
        try #require(isUnderWay)
        child.signal(SIGKILL)
        #expect(await child.outcome().status == -SIGKILL)
        let run = try place.newestRun()
        held.letGo()
        let report = try await place.sluice("report")
        #expect(report.status == 65, "\(report)")
        #expect(
            report.err.contains("run \(run) never finished; go on with sluice eval --resume \(run)"),
            "\(report)")
        let resumed = try await place.sluice("eval", "--resume", run)
        #expect(resumed.status == 0, "\(resumed)")
        #expect(resumed.out.contains("120 of 120 answered"), "\(resumed)")
        #expect(app.asked.count == 122, "what was answered is not asked again")
        #expect(place.strays() == [])
        let again = try await place.sluice("eval", "--resume", run)
        #expect(again.status == 0)
        #expect(app.asked.count == 122, "a whole run has nothing to ask")
    }

    @Test func aSecondInterruptEndsAtOnce() async throws {
        let place = try Workplace()
        let app = try TestApp { _ in TestApp.Reply(body: TestApp.body("x"), delay: .seconds(30)) }
        try place.writeExamples(4)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            limits: "concurrency: 1, timeout: 60s, retries: 0")
        let child = try place.start(["eval"])
        let isUnderWay = try await child.waits { !app.asked.isEmpty }
        try #require(isUnderWay)
        let began = ContinuousClock.now
        child.signal(SIGINT)
        try await Task.sleep(for: .milliseconds(100))
        child.signal(SIGINT)
        let outcome = await child.outcome()
        #expect(outcome.status == -SIGINT || outcome.status == 130, "\(outcome)")
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    @Test func twoRunsShareAStore() async throws {
        let (place, app) = try bench(40)
        async let first = place.sluice("eval")
        async let second = place.sluice("eval")
        let outcomes = try await [first, second]
        for outcome in outcomes { #expect(outcome.status == 0, "\(outcome)") }
        #expect(place.runs().count == 2)
        #expect(app.asked.count == 80)
        #expect(place.strays() == [])
        let list = try await place.sluice("report", "--list")
        #expect(list.out.split(separator: "\n").count == 2)
    }

    @Test func aRunHasOneWriter() async throws {
        let held = Held()
        let (place, app) = try bench(held: held)
        let child = try place.start(["eval"])
        let isUnderWay = try await child.waits { app.asked.count == 43 }
        try #require(isUnderWay)
        let second = try await place.sluice("eval", "--resume", try place.newestRun())
        #expect(second.status == 3, "\(second)")
        #expect(second.err.contains("is being written by process"), "\(second)")
        child.signal(SIGINT)
        #expect(await child.outcome().status == 130)
    }

    @Test func aStoreThatTakesNothingIsSaid() async throws {
        let (place, app) = try bench(4)
        try place.write("store", "a file")
        let file = try await place.sluice("eval", "--store", "store")
        #expect(file.status == 3, "\(file)")
        #expect(file.err.contains("cannot create the folder store: Not a directory"), "\(file)")
        try FileManager.default.createDirectory(
            atPath: place.path("shut"), withIntermediateDirectories: false)
        chmod(place.path("shut"), 0o555)
        let bound = geteuid() == 0 ? "exec setpriv --bounding-set=-dac_override \"$@\"" : "exec \"$@\""
        let shut = try await place.start(["eval", "--store", "shut/store"], shell: bound).outcome()
        #expect(shut.status == 3, "\(shut)")
        #expect(shut.err.contains("shut/store: Permission denied"), "\(shut)")
        #expect(app.asked == [])
    }

    /// The size of a file is limited, as a full disk would: wherever it hits, the run says so and goes on later.
    @Test(arguments: [1, 8, 24, 40, 64]) func aFullStoreStopsAndGoesOn(blocks: Int) async throws {
        let (place, app) = try bench(60)
        let full = try await place.start(
            ["eval"], shell: "ulimit -f \(blocks); exec \"$@\""
        ).outcome()
        if full.status == 0 { return }
        #expect(full.status == 3, "\(full)")
        #expect(["ulimit -f", "full", "disk I/O error"].contains(where: full.err.contains), "\(full)")
        #expect(place.strays() == [])
        if full.err.contains("what was asked so far is kept") {
            let kept = place.files().filter { $0.contains("/observations.jsonl") }
            #expect(try kept.contains { try !place.read($0).isEmpty }, "\(full)")
        }
        guard let run = place.runs().last, place.exists(".sluice/runs/\(run)/manifest.json") else { return }
        let resumed = try await place.sluice("eval", "--resume", run)
        #expect(resumed.status == 0, "\(resumed)")
        #expect(app.asked.count <= 60 + 62, "\(app.asked.count)")
    }
}
