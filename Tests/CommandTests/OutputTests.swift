import Foundation
import Notation
import Testing

/// Where words go: results on stdout, all else on stderr, nothing more than was asked for.
@Suite struct OutputTests {
    private func bench(gates: [String] = ["error_rate <= 1%"]) throws -> (Workplace, TestApp) {
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(10)
        try place.writePolicy(baseline: nil, candidate: app.url, gates: gates)
        return (place, app)
    }

    @Test func jsonIsAllThatStandsOnStdout() async throws {
        let (place, app) = try bench()
        let eval = try await place.sluice("eval", "--json")
        #expect(eval.status == 0)
        #expect(eval.err == "", "a quick run says nothing on the way: \(eval)")
        #expect(try JSONValue.parse(Array(eval.out.utf8))["verdict"]?.stringValue == "SHIP")
        #expect(eval.out.hasSuffix("}\n"))
        for arguments in [
            ["metrics", "--json"], ["schema"], ["validate", "--json"], ["report", "--json"],
            ["report", "--list", "--json"],
        ] {
            let outcome = try await place.start(arguments).outcome()
            #expect(outcome.status == 0, "\(arguments)")
            #expect(throws: Never.self, "\(arguments)") { try JSONValue.parse(Array(outcome.out.utf8)) }
            #expect(outcome.err == "")
        }
        _ = app
    }

    /// No terminal: no colour, whatever the environment says, and lines no wider than `COLUMNS` where words allow.
    @Test func theTextIsPlainAndAsWideAsTheColumns() async throws {
        let (place, app) = try bench()
        let plain = try await place.start(["eval", "--no-cache"], environment: ["TERM": "xterm-256color"])
            .outcome()
        #expect(!plain.out.contains("\u{1B}"))
        let none = try await place.start(["report"], environment: ["NO_COLOR": "1"]).outcome()
        #expect(!none.out.contains("\u{1B}"))
        for columns in [80, 120] {
            let outcome = try await place.start(["report"], environment: ["COLUMNS": String(columns)])
                .outcome()
            let lines = outcome.out.split(separator: "\n").filter { !$0.contains(".sluice/runs/") }
            for line in lines { #expect(line.count <= columns, "\(line)") }
        }
        _ = app
    }

    @Test func aReaderThatLeavesChangesNothing() async throws {
        let (place, app) = try bench()
        let closed = try await place.start(["eval"], shell: "\"$@\" | head -c 1 > /dev/null").outcome()
        #expect(closed.err == "", "\(closed)")
        let status = try await place.start(
            ["eval"], shell: "{ \"$@\"; echo $? > status; } | true"
        ).outcome()
        #expect(status.err == "", "\(status)")
        #expect(try place.read("status") == "0\n")
        let shut = try await place.start(["eval"], shell: "exec \"$@\" >&-").outcome()
        #expect(shut.status == 3, "\(shut)")
        let full = try await place.start(["eval", "--json"], shell: "exec \"$@\" > /dev/full").outcome()
        #expect(full.status == 3, "\(full)")
        #expect(full.err.contains("the results cannot be written: No space left on device"), "\(full)")
        for run in place.runs() {
            #expect(place.exists(".sluice/runs/\(run)/report.json"), "the run is whole")
        }
        _ = app
    }

    /// Where nobody watches, a long run says every tenth of its way in a line; less, or nothing, where that is asked.
    @Test func aLongRunIsQuietlyToldOf() async throws {
        let place = try Workplace()
        let app = try TestApp { question in
            var reply = TestApp.right(question)
            reply.delay = .milliseconds(600)
            return reply
        }
        try place.writeExamples(12)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            limits: "concurrency: 1, timeout: 50s, retries: 0, cache: false")
        async let told = place.sluice("eval")
        async let silent = place.sluice("eval", "--quiet")
        let lines = try await told.err.split(separator: "\n")
        #expect((1...10).contains(lines.count), "\(lines)")
        for line in lines {
            #expect(line.contains(" of 12 answers, "), "\(line)")
            #expect(!line.contains("\r") && !line.contains("\u{1B}"))
        }
        #expect(try await silent.err == "")
    }
}
