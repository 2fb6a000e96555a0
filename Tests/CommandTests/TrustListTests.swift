import Foundation
import Testing

/// `trust` and `waivers` in a policy that is taken as it stands.
@Suite struct TrustListTests {
    @Test func whatIsNotListedIsRefusedBeforeAnythingIsAsked() async throws {
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(3)
        let cases: [(candidate: String, trust: String, words: String)] = [
            (app.url, "{ hosts: [\"127.0.0.1:1\"] }", "is not in trust.hosts"),
            (app.url, "{ hosts: [] }", "no host may be called"),
            (
                "{ command: [/bin/sh, -c, \"touch owned\"] }", "{ commands: [[/bin/sh]] }",
                "is not in trust.commands"
            ),
            (
                "{ url: \(app.url), headers: { X: \"${env:AWS_SECRET}\" } }", "{ env: [APP_KEY] }",
                "the variable AWS_SECRET is not in trust.env"
            ),
            (
                "\(app.url.replacingOccurrences(of: "127.0.0.1", with: "127.1"))",
                "{ hosts: [\"127.0.0.1\"] }", "odd spelling"
            ),
        ]
        for (candidate, trust, words) in cases {
            try place.writePolicy(
                baseline: nil, candidate: candidate, gates: ["error_rate <= 1%"], more: "trust: \(trust)")
            let outcome = try await place.start(["eval"], environment: ["AWS_SECRET": "x"]).outcome()
            #expect(outcome.status == 65, "\(outcome)")
            #expect(
                outcome.err.contains(words) && outcome.err.contains("sluice.yaml:"), "\(words): \(outcome)")
        }
        #expect(app.asked.isEmpty && !place.exists("owned") && place.runs() == [])
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            more: "trust: { hosts: [\"127.0.0.1\"], env: [] }")
        #expect(try await place.sluice("eval").status == 0)
        // The list holds for the command line too.
        let elsewhere = try await place.sluice(
            "eval", "--candidate", app.url.replacingOccurrences(of: "127.0.0.1", with: "localhost"))
        #expect(elsewhere.status == 65 && elsewhere.err.contains("localhost"), "\(elsewhere)")
    }

    /// `answer` is on the list; which file that is must not be the change's to say.
    @Test func aProgramIsTheOneThatWasMeant() async throws {
        let place = try Workplace()
        try place.write(".git/HEAD", "x")
        let good = try Workplace()
        let script = #"""
            #!/bin/sh
            while read -r line; do
              id=$(printf '%s' "$line" | sed 's/.*"id":"\([0-9]*\)".*/\1/'); echo "{\"id\":\"$id\",\"answer\":\"WHO\"}"
            done
            """#
        for (folder, who) in [(place, "evil"), (good, "good")] {
            try folder.write("answer", script.replacingOccurrences(of: "WHO", with: who))
            chmod(folder.path("answer"), 0o755)
        }
        try place.write("g.jsonl", #"{"query_id": "A", "query": "q", "reference_response": "good"}"# + "\n")
        func policy(_ command: String, _ trust: String) throws {
            try place.write(
                "sluice.yaml",
                """
                version: 1
                project: test
                app: { candidate: { command: \(command) }, observe: { text: /answer } }
                dataset: g.jsonl
                gates: [exact_match == 1]
                trust: { commands: \(trust) }
                """)
        }
        try policy("[answer]", "[[answer]]")
        let tricks = [".:\(good.folder)", ":\(good.folder)", "\(place.folder):\(good.folder)"]
        for path in tricks {
            let outcome = try await place.start(
                ["eval"], environment: ["PATH": path + ":/usr/bin:/bin"]
            ).outcome()
            #expect(outcome.status == 0, "\(path): \(outcome)")
        }
        let none = try await place.start(["eval"], environment: ["PATH": ".:/usr/bin:/bin"]).outcome()
        #expect(none.status == 65 && none.err.contains("is in no folder of PATH"), "\(none)")
        try policy("[./run]", "[[./run]]")
        try FileManager.default.createSymbolicLink(atPath: place.path("run"), withDestinationPath: "/bin/cat")
        let link = try await place.sluice("eval")
        #expect(link.status == 65 && link.err.contains("is a symbolic link"), "\(link)")
        try policy("[answer, more]", "[[answer]]")
        #expect(try await place.sluice("eval").err.contains("is not in trust.commands"), "arguments count")
    }

    @Test func aWaivedGateIsShownAndOneThatIsOverIsNot() async throws {
        let place = try Workplace()
        let app = try TestApp { _ in TestApp.Reply(body: TestApp.body("no idea")) }
        try place.writeExamples(20)
        func run(until: String) async throws -> Outcome {
            try place.writePolicy(
                baseline: nil, candidate: app.url, gates: ["exact_match >= 0.90", "error_rate <= 1%"],
                more:
                    "waivers: [{ gate: exact_match >= 0.90, owner: search team, why: rebuild, until: \"\(until)\" }]"
            )
            return try await place.sluice(
                "eval", "--markdown", "c.md", "--junit", "j.xml", "--html", "r.html")
        }
        let waived = try await run(until: "2099-12-31")
        #expect(waived.status == 0, "\(waived)")
        let words = "waived until 2099-12-31 by search team: rebuild"
        for (face, text) in [
            ("terminal", waived.out), ("markdown", try place.read("c.md")),
            ("junit", try place.read("j.xml")),
            ("html", try place.read("r.html")),
        ] {
            // A terminal's table wraps its notes.
            let said =
                face == "terminal"
                ? "waived until 2099-12-31 by search team: exact_match >= 0.90: rebuild" : words
            #expect(text.contains(said), "\(face): \(text.prefix(3000))")
        }
        #expect(waived.out.contains("~ exact_match >= 0.90"), "\(waived)")
        let json = try await place.sluice("report", "--json")
        #expect(json.out.contains("\"until\": \"2099-12-31\""), "\(json)")
        #expect(try await place.sluice("eval", "--reproduce", try place.newestRun()).status == 0)

        let over = try await run(until: "2020-12-31")
        #expect(over.status == 1, "\(over)")
        #expect(
            over.out.contains("the waiver of exact_match >= 0.90 (search team) ended on 2020-12-31"),
            "\(over)")
        #expect(try await place.sluice("validate").err.contains("ended on 2020-12-31"))
    }

    @Test func aWaiverDoesNotCoverThatNothingWasMeasured() async throws {
        let place = try Workplace()
        try place.writeExamples(20)
        try place.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9/",
            gates: ["exact_match >= 0.90", "error_rate <= 1%"],
            more: "waivers: [{ gate: exact_match >= 0.90, owner: me, why: x, until: \"2099-12-31\" }]")
        #expect(try await place.sluice("eval").status == 3)
    }

    @Test func ownersAndReviewsAreShown() async throws {
        let place = try Workplace()
        let app = try TestApp { _ in TestApp.Reply(body: TestApp.body("no idea")) }
        try place.writeExamples(20)
        try place.writePolicy(
            baseline: nil, candidate: app.url,
            gates: [
                "{ rule: exact_match >= 0.90, owner: search team, approved_by: J. Doe, review: \"2020-01-31\" }"
            ])
        let outcome = try await place.sluice(
            "eval", "--markdown", "c.md", "--junit", "j.xml", "--html", "r.html", "--json")
        #expect(outcome.status == 1, "\(outcome)")
        let people = "owner search team, approved by J. Doe, review 2020-01-31"
        let over = "exact_match >= 0.90 was to be reviewed by search team by 2020-01-31"
        for name in ["c.md", "j.xml", "r.html"] {
            let text = try place.read(name).replacingOccurrences(of: "&gt;", with: ">")
            #expect(text.contains(people) && text.contains(over), "\(name)")
        }
        for member in [
            "\"owner\": \"search team\"", "\"approved_by\": \"J. Doe\"", "\"review\": \"2020-01-31\"",
        ] {
            #expect(outcome.out.contains(member), "\(member)")
        }
        let shown = try await place.sluice("report")
        #expect(shown.out.contains(people) && shown.out.contains(over), "\(shown)")
        #expect(try await place.sluice("validate").err.contains(over))
    }
}
