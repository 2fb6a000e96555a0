import Foundation
import Testing

/// Programs and folders that judgement leans on, held against the trusted revision.
@Suite struct LeanedFileTests {
    private static let custom =
        "custom: { tone: { command: [/bin/sh, tone.sh, lib/words.txt], better: higher } }"

    /// A repository whose reviewed `main` has these files and these lines of policy besides.
    private func repository(_ more: String, _ files: [String: String]) throws -> Repository {
        let change = try Repository(more: more)
        try change.git("checkout", "-q", "main")
        for (name, text) in files { try change.place.write(name, text) }
        // What nobody could run would be told of by itself.
        for name in files.keys where name.hasSuffix(".sh") { chmod(change.place.path(name), 0o755) }
        try change.commit("what judges")
        try change.git("checkout", "-q", "-B", "change")
        return change
    }

    private func validate(_ change: Repository) async throws -> Outcome {
        try await change.place.sluice("validate", "--policy-from", "main", "--author", "mallory")
    }

    struct Program: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let more: String
        let file: String
        let runner: String
    }

    static let programs = [
        Program(testDescription: "a metric's script", more: custom, file: "tone.sh", runner: "custom.tone"),
        Program(
            testDescription: "its list of words", more: custom, file: "lib/words.txt", runner: "custom.tone"),
        Program(
            testDescription: "a script by its own path",
            more: "custom: { tone: { command: [./tone.sh], better: higher } }", file: "./tone.sh",
            runner: "custom.tone"),
        Program(
            testDescription: "a module",
            more: "custom: { tone: { command: [python3, -m, lib.tone], better: higher } }",
            file: "lib/tone.py", runner: "custom.tone"),
        Program(
            testDescription: "a line for the shell",
            more:
                "custom: { tone: { command: [/bin/sh, -c, \"exec python3 lib/tone.py\"], better: higher } }",
            file: "lib/tone.py", runner: "custom.tone"),
        Program(
            testDescription: "behind an equals sign",
            more: "custom: { tone: { command: [env, --from=lib/tone.py], better: higher } }",
            file: "lib/tone.py", runner: "custom.tone"),
        Program(
            testDescription: "the judge", more: "judge: { command: [python3, judge.py], family: none }",
            file: "judge.py", runner: "judge"),
    ]

    @Test(arguments: programs) func aProgramThatJudgesIsNotRewritten(_ program: Program) async throws {
        var files = ["tone.sh": "old\n", "other.py": "old\n"]
        files[program.file] = "old\n"
        let change = try repository(program.more, files)
        try change.place.write("other.py", "new\n")
        try change.commit("what no command names")
        let before = try await validate(change)
        #expect(before.status == 0 && before.out.contains("loosens nothing"), "\(before)")
        try change.place.write(program.file, "new\n")
        try change.commit("kinder")
        let outcome = try await validate(change)
        #expect(outcome.status == 1, "\(outcome)")
        let words = "file changed: \(program.file), run by \(program.runner) (sha256:"
        #expect(outcome.out.contains(words), "\(words) in \(outcome)")
        try change.git("rm", "-q", program.file)
        try change.commit("none")
        #expect(try await validate(change).out.contains("→ absent"))
    }

    @Test func theBaselinesProgramIsHeldAndTheCandidatesIsTheChange() async throws {
        let change = try repository("", ["base.py": "old\n", "app.py": "old\n"])
        try change.git("checkout", "-q", "main")
        try change.edit(
            "sluice.yaml", "candidate: \(change.app.url)",
            "candidate: { command: [python3, app.py] }\n  baseline: { command: [python3, base.py] }")
        try change.edit("sluice.yaml", "  request: { query: \"${input.query}\" }\n", "")
        try change.edit("sluice.yaml", "  headers: { Authorization: \"Bearer ${env:APP_KEY}\" }\n", "")
        try change.commit("programs")
        try change.git("checkout", "-q", "-B", "change")
        try change.place.write("app.py", "new\n")
        try change.commit("the change itself")
        let honest = try await validate(change)
        #expect(honest.status == 0 && honest.out.contains("loosens nothing"), "\(honest)")
        try change.place.write("base.py", "worse\n")
        try change.commit("an easier baseline")
        let outcome = try await validate(change)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains("file changed: base.py, run by app.baseline (sha256:"), "\(outcome)")
        #expect(!outcome.out.contains("app.py"), "\(outcome)")
    }

    @Test(arguments: [
        "embedding: { model: models/m }", "judge: { command: [env], family: none, prompts: models/m }",
    ])
    func aFolderIsHeldFileByFile(more: String) async throws {
        let change = try repository(more, ["models/m/a.txt": "one\n", "models/m/deep/b.txt": "two\n"])
        try change.git("checkout", "-q", "main")
        let written = try await change.place.sluice("judge", "prompts", "--write", "models/m/shipped")
        #expect(written.status == 0, "\(written)")
        for name in try FileManager.default.contentsOfDirectory(atPath: change.place.path("models/m/shipped"))
        {
            try change.place.write("models/m/" + name, try change.place.read("models/m/shipped/" + name))
        }
        try change.commit("prompts")
        try change.git("checkout", "-q", "-B", "change")
        let same = try await validate(change)
        #expect(same.out.contains("loosens nothing"), "\(same)")
        // These files are no model, which is told beside what the change does to them.
        #expect(same.status == (more.hasPrefix("embedding") ? 65 : 0), "\(same)")
        try change.place.write("models/m/deep/b.txt", "three\n")
        try change.place.write("models/m/c.txt", "four\n")
        try change.git("rm", "-q", "models/m/a.txt")
        try change.commit("other words")
        try change.place.write("models/m/weights.bin", "of the machine\n")
        let outcome = try await validate(change)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains("file changed: models/m/a.txt (sha256:"), "\(outcome)")
        #expect(outcome.out.contains("file changed: models/m/deep/b.txt (sha256:"), "\(outcome)")
        #expect(outcome.out.contains("file changed: models/m/c.txt (absent → sha256:"), "\(outcome)")
        #expect(!outcome.out.contains("file changed: models/m/weights.bin"), "\(outcome)")
    }

    @Test func aFolderThatNobodyCommittedIsToldOf() async throws {
        let change = try repository("embedding: { model: models/m }", [".gitignore": ".sluice/\nmodels/\n"])
        try change.place.write("models/m/config.json", "{}\n")
        try change.place.write("models/m/weights.bin", "of the machine\n")
        let outcome = try await validate(change)
        #expect(outcome.out.contains("loosens nothing"), "\(outcome)")
        #expect(outcome.out.contains("models/m: 2 files of it in no commit of this repository"), "\(outcome)")
        try change.git("add", "-f", "models/m/config.json")
        try change.commit("a model of the change's own")
        let brought = try await validate(change)
        #expect(brought.out.contains("file changed: models/m/config.json (absent → sha256:"), "\(brought)")
    }

    /// A submodule is a pointer that a change can turn anywhere.
    @Test func aSubmoduleInAFoldersPlaceIsTheChanges() async throws {
        let change = try repository("embedding: { model: models/m }", [".gitignore": ".sluice/\nmodels/\n"])
        try change.place.write("models/m/config.json", "{}\n")
        try change.git(
            "update-index", "--add", "--cacheinfo",
            "160000," + String(repeating: "1", count: 40) + ",models/m")
        try change.git("commit", "-q", "-m", "a submodule")
        let outcome = try await validate(change)
        #expect(
            outcome.out.contains("file changed: models/m/config.json (absent → sha256:"), "\(outcome)")
    }

    @Test func thePolicysOwnFolderIsAFolderAsWell() async throws {
        let change = try repository(
            "judge: { command: [env], family: none, prompts: . }", ["tone.txt": "one\n"])
        try change.place.write("tone.txt", "two\n")
        #expect(try await validate(change).out.contains("file changed: ./tone.txt (sha256:"))
    }

    /// Git LFS keeps a pointer at the revision and the content in the working tree.
    @Test func aLargeFileIsItsContent() async throws {
        let oid = "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 3\n"
        let change = try repository("embedding: { model: models/m }", ["models/m/w.bin": pointer])
        try change.place.write("models/m/w.bin", "hi\n")
        #expect(try await validate(change).out.contains("loosens nothing"))
        try change.place.write("models/m/w.bin", "ho\n")
        #expect(try await validate(change).out.contains("file changed: models/m/w.bin (sha256:98ea6e"))
    }

    @Test func aLinkInAFolderLeadsNowhere() async throws {
        let change = try repository("embedding: { model: models/m }", ["models/m/a": "one\n"])
        try FileManager.default.createSymbolicLink(
            atPath: change.place.path("models/m/b"), withDestinationPath: "/etc/hostname")
        try change.commit("a link")
        let outcome = try await validate(change)
        #expect(outcome.status == 65 && outcome.err.contains("is a symbolic link"), "\(outcome)")
    }
}
