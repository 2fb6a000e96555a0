import Foundation
import Testing

/// `--policy-from`: which revision is meant, and that nothing the change brings is taken for it.
@Suite struct TrustedRevisionTests {
    private func eval(
        _ change: Repository, from words: String, in environment: [String: String] = [:]
    ) async throws
        -> Outcome
    {
        try await change.place.start(
            ["eval", "--policy-from", words, "--author", "mallory"],
            environment: Repository.environment.merging(environment) { _, new in new }
        ).outcome()
    }

    @Test func aRevisionThatIsNotThereIsSaidWithItsMend() async throws {
        let change = try Repository()
        let cases: [(words: String, said: String)] = [
            ("origin/main", "knows no revision 'origin/main'; fetch it"),
            ("--upload-pack=touch", "names no revision"), ("main:sluice.yaml", "names no revision"),
            ("main@{1}", "names no revision"), ("a b", "names no revision"),
            ("/nowhere/sluice.yaml", "there is no trusted policy /nowhere/sluice.yaml"),
            ("./sluice.yaml", "lies in the change's own working tree"),
        ]
        for (words, said) in cases {
            let outcome = try await eval(change, from: words)
            #expect(outcome.status == 65, "\(words): \(outcome)")
            #expect(outcome.err.contains(said), "\(words): \(outcome)")
        }
        #expect(change.app.asked.isEmpty)
        try change.git("rm", "-q", "sluice.yaml")
        try change.commit("none")
        try change.git("checkout", "-q", "main", "--", "sluice.yaml")
        let first = try await eval(change, from: "change")
        #expect(first.status == 65, "\(first)")
        #expect(first.err.contains("a first policy is merged by people"), "\(first)")
        #expect(try await change.place.sluice("eval", "--author", "x").status == 64)
    }

    @Test func aShallowCloneSaysThatItIs() async throws {
        let change = try Repository()
        let clone = try Workplace()
        try change.git(
            "clone", "-q", "--depth", "1", "--branch", "change", "file://" + change.place.folder,
            clone.path("c"))
        let outcome = try await Child(
            Program.sluice, ["eval", "--policy-from", "main"], in: clone.path("c"),
            environment: Repository.environment
        ).outcome()
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("this clone is shallow: fetch it (git fetch origin main)"), "\(outcome)")
    }

    @Test func aNameThatCouldBeTwoThingsIsNone() async throws {
        let change = try Repository()
        try change.edit("sluice.yaml", ">= 0.90", ">= 0.10")
        try change.commit("loose")
        try change.git("tag", "main")
        let outcome = try await eval(change, from: "main")
        #expect(
            outcome.status == 65 && outcome.err.contains("'main' is ambiguous: refs/heads/main is"),
            "\(outcome)")
        #expect(try await eval(change, from: "refs/heads/main").status == 1, "in full it is plain")
        // A file of that name is no revision.
        try change.git("tag", "-d", "main")
        try change.place.write("main", try change.place.read("sluice.yaml"))
        #expect(try await eval(change, from: "main").out.contains("gate loosened"))
    }

    @Test func gitRunsNothingAndHearsNothingOfTheChange() async throws {
        let change = try Repository()
        let touch = "touch \(change.place.path("owned"))"
        try change.edit("sluice.yaml", ">= 0.90", ">= 0.10")
        try change.place.write(".gitattributes", "* diff=evil filter=evil\n")
        try change.commit("attributes")
        for (key, value) in [
            ("diff.evil.textconv", touch), ("diff.external", touch), ("filter.evil.smudge", touch),
            ("core.fsmonitor", touch), ("core.pager", touch), ("core.editor", touch),
        ] { try change.git("config", key, value) }
        for hook in ["post-checkout", "reference-transaction", "pre-auto-gc"] {
            try change.place.write(".git/hooks/" + hook, "#!/bin/sh\n\(touch)\n")
            chmod(change.place.path(".git/hooks/" + hook), 0o755)
        }
        // Another repository with a policy that asks for nothing, offered by every door there is.
        let other = try Repository()
        try other.git("checkout", "-q", "main")
        try other.edit("sluice.yaml", ">= 0.90", ">= 0.10")
        try other.commit("loose")
        let outcome = try await eval(
            change, from: "main",
            in: [
                "GIT_DIR": other.place.path(".git"), "GIT_WORK_TREE": other.place.folder,
                "GIT_OBJECT_DIRECTORY": other.place.path(".git/objects"),
                "GIT_EXTERNAL_DIFF": touch, "GIT_PAGER": touch, "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": touch,
                "GIT_TRACE": change.place.path("owned"),
            ])
        #expect(
            outcome.status == 1 && outcome.out.contains("gate loosened: exact_match >= 0.90"), "\(outcome)")
        #expect(!change.place.exists("owned"))
        // A replaced object is not the one that was reviewed.
        try change.git("replace", "main", "change")
        #expect(try await eval(change, from: "main").out.contains("gate loosened: exact_match >= 0.90"))
    }

    @Test func aRepositoryInTheTreeIsNotTheOneThatIsTrusted() async throws {
        let change = try Repository()
        try change.git("checkout", "-q", "main")
        for name in ["sluice.yaml", "golden/questions.jsonl", "schemas/answer.json"] {
            try change.place.write("app/" + name, try change.place.read(name))
        }
        try change.commit("in a folder")
        try change.git("checkout", "-q", "-B", "change")
        // A bare repository, file by file, in the policy's folder: git would find it first.
        let bare = try Repository()
        try bare.git("checkout", "-q", "main")
        try bare.edit("sluice.yaml", ">= 0.90", ">= 0.10")
        try bare.commit("loose")
        for part in ["HEAD", "config", "objects", "refs"] {
            try FileManager.default.copyItem(
                atPath: bare.place.path(".git/" + part), toPath: change.place.path("app/" + part))
        }
        try change.edit("app/sluice.yaml", ">= 0.90", ">= 0.10")
        func run(_ folder: String, _ policy: String) async throws -> Outcome {
            try await Child(
                Program.sluice, ["eval", "--policy-from", "main", "--policy", policy], in: folder,
                environment: Repository.environment
            ).outcome()
        }
        for (folder, policy) in [
            (change.place.folder, "app/sluice.yaml"), (change.place.path("app"), "sluice.yaml"),
        ] {
            let outcome = try await run(folder, policy)
            #expect(outcome.status == 1 && outcome.out.contains("gate loosened"), "\(outcome)")
        }
        // The folder becomes a submodule, or a link.
        let submodule = try Repository()
        try submodule.git("checkout", "-q", "main")
        try FileManager.default.removeItem(atPath: change.place.path("app"))
        try change.git("rm", "-rq", "--cached", "app")
        try change.git(
            "-c", "protocol.file.allow=always", "submodule", "add", "-q", submodule.place.folder, "app")
        for (folder, policy, words) in [
            (change.place.folder, "app/sluice.yaml", "lies in another repository"),
            (change.place.path("app"), "sluice.yaml", "lies in a submodule"),
        ] {
            let outcome = try await run(folder, policy)
            #expect(outcome.status == 65 && outcome.err.contains(words), "\(outcome)")
        }
        try FileManager.default.createSymbolicLink(
            atPath: change.place.path("link"), withDestinationPath: submodule.place.folder)
        let link = try await run(change.place.folder, "link/sluice.yaml")
        #expect(link.status == 65 && link.err.contains("link"), "\(link)")
        #expect(change.app.asked.isEmpty && submodule.app.asked.isEmpty)
    }

    @Test func linksInTheTreeLeadNowhere() async throws {
        let files = FileManager.default
        for name in ["sluice.yaml", "golden/questions.jsonl", "golden", "schemas/answer.json"] {
            let change = try Repository()
            let away = try Workplace()
            try files.moveItem(atPath: change.place.path(name), toPath: away.path("x"))
            try files.createSymbolicLink(atPath: change.place.path(name), withDestinationPath: away.path("x"))
            let outcome = try await eval(change, from: "main")
            #expect(outcome.status == 65, "\(name): \(outcome)")
            #expect(outcome.err.contains("is a symbolic link"), "\(name): \(outcome)")
            #expect(change.app.asked.isEmpty)
        }
    }

    /// Also where no revision, but a file is trusted, and where the store is reached by a link.
    @Test func aStoreThatTheChangeBringsIsRefused() async throws {
        let change = try Repository()
        let trusted = try Workplace()
        for name in ["sluice.yaml", "golden/questions.jsonl", "schemas/answer.json"] {
            try trusted.write(name, try change.place.read(name))
        }
        try change.place.write("results/cache.db", "x")
        try FileManager.default.createSymbolicLink(
            atPath: change.place.path("link"), withDestinationPath: "results")
        try change.commit("answers of its own")
        for (base, store, words) in [
            ("main", "results", "is part of the commit under test"),
            (trusted.path("sluice.yaml"), "results", "is part of the commit under test"),
            ("main", "link", "is a symbolic link"),
            (trusted.path("sluice.yaml"), "link", "is a symbolic link"),
        ] {
            let outcome = try await change.place.start(
                ["eval", "--policy-from", base, "--store", store], environment: Repository.environment
            ).outcome()
            #expect(outcome.status == 65 && outcome.err.contains(words), "\(base), \(store): \(outcome)")
        }
        #expect(change.app.asked.isEmpty)
    }

    @Test func aTrustedFileDoesAsWell() async throws {
        let change = try Repository()
        let trusted = try Workplace()
        for name in ["sluice.yaml", "golden/questions.jsonl", "schemas/answer.json"] {
            try trusted.write(name, try change.place.read(name))
        }
        let same = try await eval(change, from: trusted.path("sluice.yaml"))
        #expect(same.status == 0, "\(same)")
        try change.edit("sluice.yaml", ">= 0.90", ">= 0.10")
        let outcome = try await eval(change, from: trusted.path("sluice.yaml"))
        #expect(outcome.status == 1 && outcome.out.contains("gate loosened"), "\(outcome)")
    }

    @Test func aBaseThatMovedOnIsNamedAsTheCause() async throws {
        let change = try Repository()
        try change.git("checkout", "-q", "main")
        try change.edit("sluice.yaml", ">= 0.90", ">= 0.95")
        try change.commit("stricter")
        try change.git("checkout", "-q", "change")
        let outcome = try await eval(change, from: "main")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.out.contains("has commits that the change lacks"), "\(outcome)")
    }
}
