import Foundation
import Testing

/// Help texts as recorded files. `SLUICE_RECORD_HELP=1` writes them anew, and fails all the same: what was recorded is
/// to be read first.
@Suite struct HelpTests {
    private static let folder = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/help"

    static let commands = [
        "init", "eval", "report", "baseline", "validate", "dataset", "sweep", "contract", "journey",
        "import", "doctor", "simulate", "correlate", "stats", "metrics", "score", "policy", "schema",
        "approve", "shadow",
        "history", "push", "export", "judge", "gateway",
    ]
    /// Actions of a command, each with a help of its own.
    static let actions = [
        "dataset lint", "dataset stats", "dataset candidates", "dataset add", "dataset retire",
        "dataset diff",
        "dataset freeze", "dataset import", "dataset export", "dataset anonymise", "import promptfoo",
        "import csv", "judge calibrate", "judge prompts", "shadow report", "shadow replay", "shadow export",
    ]

    private func check(_ name: String, _ arguments: [String]) async throws {
        let place = try Workplace()
        let outcome = try await place.start(arguments, environment: ["COLUMNS": "100"]).outcome()
        #expect(outcome.status == 0)
        #expect(outcome.err == "")
        let path = HelpTests.folder + "/" + name + ".txt"
        if ProcessInfo.processInfo.environment["SLUICE_RECORD_HELP"] != nil {
            try outcome.out.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name).txt; read it, then run without SLUICE_RECORD_HELP")
            return
        }
        let recorded = try String(contentsOfFile: path, encoding: .utf8)
        #expect(outcome.out == recorded, "record anew with SLUICE_RECORD_HELP=1")
        for line in outcome.out.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
    }

    @Test func theOverviewIsAsRecorded() async throws { try await check("overview", ["--help"]) }

    @Test(arguments: commands + actions) func aHelpIsAsRecorded(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        try await check(words.joined(separator: "-"), words + ["--help"])
    }

    @Test(arguments: commands + actions) func everyHelpListsItsExitStatusesAndIsHadInThreeWays(
        command: String
    ) async throws {
        let place = try Workplace()
        let words = command.split(separator: " ").map(String.init)
        let text = try await place.start(words + ["--help"]).outcome().out
        #expect(try await place.start(["help"] + words).outcome().out == text)
        #expect(try await place.start(words + ["-h"]).outcome().out == text)
        for status in ["\n  0 ", "\n  64 ", "\n  65 ", "\n  70 "] {
            #expect(text.contains(status), "\(status)")
        }
        #expect(!place.exists(".sluice"))
    }

    @Test func everyCommandStandsInTheOverview() async throws {
        let text = try await Workplace().sluice("--help").out
        for command in HelpTests.commands { #expect(text.contains("\n  \(command) "), "\(command)") }
        #expect(try await Workplace().sluice("--version").out.hasPrefix("sluice "))
        let unknown = try await Workplace().sluice("help", "evil")
        #expect(unknown.status == 64)
        #expect(unknown.err.contains("did you mean 'eval'?"), "\(unknown)")
    }
}
