import Foundation
import HTTPServer
import Notation
import Testing

/// Configurations of promptfoo through the whole command: what comes over runs, and what does not is listed.
@Suite struct ImportTests {
    private static let fixtures =
        (#filePath as NSString).deletingLastPathComponent + "/../AdoptionTests/Fixtures/promptfoo/"

    private static let names = [
        "echo", "http", "openai", "uncarried", "json", "thresholds", "overlap", "scenarios", "csv", "files",
        "beyond",
        "secrets",
    ]

    /// Every fixture's policy is valid, and is evaluated to a verdict against an app that says back what it was asked.
    @Test(arguments: names) func whatComesOverRuns(name: String) async throws {
        let place = try Workplace()
        let imported = try await place.sluice(
            "import", "promptfoo", ImportTests.fixtures + name + ".yaml", "--partial")
        #expect(imported.status == 0, "\(imported)")
        let app = try AnyApp { request in
            let said = String(decoding: request.body?.bytes() ?? [], as: UTF8.self)
            let text: JSONValue = .string(said + " gate water dam 14 days")
            return .json([
                "answer": text, "reply": ["text": text],
                "choices": [["finish_reason": "stop", "message": ["role": "assistant", "content": text]]],
            ])
        }
        let policy = try place.read("sluice.yaml").replacingOccurrences(
            of: "http://127.0.0.1:9", with: app.origin)
        try place.write("sluice.yaml", policy)
        let check = try await place.sluice("validate")
        #expect(check.status == 0, "\(check)")
        let environment = ["DESK_KEY": "k-desk", "APP_XAPIKEY": "k-app"]
        let verdict = try await place.sluice("eval", environment: environment)
        #expect([0, 1, 2].contains(verdict.status), "\(verdict)")
        #expect(verdict.out.contains("error_rate <= 1%"), "\(verdict)")
        if ["echo", "overlap", "scenarios", "csv", "openai", "http"].contains(name) {
            #expect(verdict.status == 0, "\(verdict)")
        }
        for request in app.requests where name == "secrets" {
            #expect(request.headers["X-Api-Key"] == "k-app")
        }
    }

    @Test func whatDoesNotComeOverStopsItUntilAccepted() async throws {
        let place = try Workplace()
        let file = ImportTests.fixtures + "uncarried.yaml"
        let refused = try await place.sluice("import", "promptfoo", file)
        #expect(refused.status == 65, "\(refused)")
        #expect(place.files() == [])
        #expect(refused.out.contains("uncarried.yaml:13  'javascript'"), "\(refused)")
        #expect(refused.out.contains("mend: "), "\(refused)")
        #expect(refused.err.contains("--partial"), "\(refused)")
        let list = try JSONValue.parse(
            try await place.sluice("import", "promptfoo", file, "--partial", "--json").out)
        #expect(list["format"] == "sluice.import/1")
        #expect(list["carried"] == 1)
        #expect(list["written"] == true)
        #expect(list["notes"]?.arrayValue?.count == 10)
    }

    @Test func filesAreWrittenTogetherAndNotOverOthers() async throws {
        let place = try Workplace()
        let file = ImportTests.fixtures + "echo.yaml"
        try place.write("new/golden/promptfoo.jsonl", "mine\n")
        let refused = try await place.sluice("import", "promptfoo", file, "--out", "new")
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.err.contains("stands there already"), "\(refused)")
        #expect(place.files() == ["new/golden/promptfoo.jsonl"], "\(place.files())")
        let forced = try await place.sluice("import", "promptfoo", file, "--out", "new", "--force")
        #expect(forced.status == 0, "\(forced)")
        #expect(
            place.files() == ["new/golden/promptfoo.jsonl", "new/outputs/echo-1.jsonl", "new/sluice.yaml"])
        let dry = try await place.sluice("import", "promptfoo", file, "--dry-run")
        #expect(dry.out.contains("would write sluice.yaml"), "\(dry)")
        #expect(!place.exists("sluice.yaml"))
    }

    @Test func aTableOfTestsAloneGoesWithAnApp() async throws {
        let place = try Workplace()
        let app = try AnyApp { request in
            .json(["answer": .string("four FOUR a b Paris " + (request.body?["query"]?.stringValue ?? ""))])
        }
        let file = ImportTests.fixtures + "tests/cases.csv"
        let set = try await place.sluice("import", "promptfoo", file, "--partial", "--out", "set")
        #expect(set.status == 0, "\(set)")
        #expect(place.files() == ["set/golden/promptfoo.jsonl"])
        let outcome = try await place.sluice(
            "import", "promptfoo", file, "--partial", "--app", app.origin + "/ask", "--out", "gate")
        #expect(outcome.status == 0, "\(outcome)")
        let verdict = try await place.sluice("eval", "--policy", "gate/sluice.yaml")
        // `equals: Paris` does not hold for an app that says more.
        #expect(verdict.status == 1, "\(verdict)")
        #expect(verdict.out.contains("✓ prohibited") || verdict.out.contains("✗ required"), "\(verdict)")
    }

    @Test func aTableIsImportedUnderTheDataSetsOwnRules() async throws {
        let place = try Workplace()
        try place.write("q.csv", "frage,label\nWo?,ort\n")
        let arguments = ["q.csv", "--map", "frage=input.query,label=expected_intent"]
        let here = try await place.start(["import", "csv"] + arguments).outcome()
        let there = try await place.start(["dataset", "import"] + arguments).outcome()
        #expect(here.status == 0, "\(here)")
        #expect(here.out == there.out)
        #expect(here.out.contains("\"query\":\"Wo?\""), "\(here)")
    }

    /// The examples of both helps that need nothing but the clone, pasted into a shell at its root.
    @Test(arguments: ["init", "import promptfoo"]) func anExampleOfTheHelpRuns(command: String) async throws {
        let root = (#filePath as NSString).deletingLastPathComponent + "/../.."
        let place = try Workplace()
        let help = try await place.start(command.split(separator: " ").map(String.init) + ["--help"])
            .outcome().out
        let lines = help.split(separator: "\n").filter {
            $0.hasPrefix("  sluice ") && $0.hasSuffix(" --dry-run")
        }
        #expect(lines.count == 1)
        for line in lines {
            let words = line.dropFirst("  sluice ".count)
            let child = try Child(
                Program.sluice, [], in: root, shell: "exec \"$1\" \(words)")
            let outcome = await child.outcome()
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.out.contains("sluice.yaml") || outcome.out.contains("version: 1"), "\(outcome)")
        }
    }

    @Test(arguments: [
        (["import"], 64, "say what to do"), (["import", "promptfo", "x"], 64, "did you mean 'promptfoo'?"),
        (["import", "promptfoo"], 64, "an argument is missing"),
        (["import", "promptfoo", "gone.yaml"], 65, "gone.yaml"),
        (["import", "promptfoo", "."], 65, "folder"),
        (["import", "promptfoo", "bad.yaml"], 65, "bad.yaml:"),
        (["import", "promptfoo", "bad.yaml", "--app", "here"], 64, "takes an address"),
    ])
    func aWrongCommandLineIsSaid(arguments: [String], status: Int, words: String) async throws {
        let place = try Workplace()
        try place.write("bad.yaml", "prompts: [a]\ntests: {{\n")
        let outcome = try await place.start(arguments).outcome()
        #expect(Int(outcome.status) == status, "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
    }
}
