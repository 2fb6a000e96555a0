import Foundation
import HTTPServer
import Testing

/// Pull requests that would have the gate judge them more kindly, or carry its secrets away, played through.
@Suite struct HostileChangeTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let words: [String]
        let play: @Sendable (Repository) throws -> Void

        init(_ name: String, says words: String..., play: @escaping @Sendable (Repository) throws -> Void) {
            testDescription = name
            self.words = words
            self.play = play
        }
    }

    static let attacks = [
        Attack(
            "a command in the app's place",
            says: "command added: [/bin/sh, -c, touch owned]", "setting changed: app.candidate"
        ) { change in
            try change.edit(
                "sluice.yaml", "candidate: \(change.app.url)",
                "candidate: { command: [/bin/sh, -c, touch owned] }")
        },
        Attack("the secret to another host", says: "host added: 127.0.0.1:") { change in
            try change.edit("sluice.yaml", "candidate: \(change.app.url)", "candidate: \(change.evil.url)")
        },
        Attack("another host behind a user name", says: "host added", "what stands before '@' is a user name")
        { change in
            let trusted = change.app.url.replacingOccurrences(of: "/answer", with: "")
            let evil = change.evil.url.replacingOccurrences(of: "http://", with: "")
            try change.edit("sluice.yaml", "candidate: \(change.app.url)", "candidate: \(trusted)@\(evil)")
        },
        Attack("another host in an odd spelling", says: "an odd spelling of an IP address") { change in
            let odd = change.evil.url.replacingOccurrences(of: "127.0.0.1", with: "0x7f.1")
            try change.edit("sluice.yaml", "candidate: \(change.app.url)", "candidate: \(odd)")
        },
        Attack("a host that the data set chooses", says: "the data set would choose whom to ask") { change in
            try change.edit(
                "sluice.yaml", "candidate: \(change.app.url)", "candidate: \"http://${input.host}/\"")
        },
        Attack(
            "another secret in a header",
            says: "environment variable added: AWS_SECRET", "setting changed: app.headers.X-More"
        ) { change in
            try change.edit("sluice.yaml", "headers: { ", "headers: { X-More: \"${env:AWS_SECRET}\", ")
        },
        Attack(
            "the answers to another host, for vectors of its making",
            says: "host added: 127.0.0.1:", "environment variable added: AWS_SECRET",
            "setting changed: embedding.openai (absent"
        ) { change in
            try change.edit(
                "sluice.yaml", "unsure: ask",
                "unsure: ask\nembedding: { openai: \(change.evil.url), name: m, headers: { X: \"${env:AWS_SECRET}\" } }"
            )
        },
        Attack("an encoder of its own", says: "setting changed: embedding.model (absent → \"mine\")") {
            change in
            try change.edit("sluice.yaml", "unsure: ask", "unsure: ask\nembedding: { model: mine }")
        },
        Attack("a threshold lowered", says: "gate loosened: exact_match >= 0.90 → exact_match >= 0.10") {
            change in
            try change.edit("sluice.yaml", ">= 0.90", ">= 0.10")
        },
        Attack("a gate removed", says: "gate removed: exact_match >= 0.90") { change in
            try change.edit("sluice.yaml", "  - exact_match >= 0.90\n", "")
        },
        Attack("a gate for one slice only", says: "gate removed: exact_match >= 0.90") { change in
            try change.edit(
                "sluice.yaml", "- exact_match >= 0.90", "- \"when queue=even: exact_match >= 0.90\"")
        },
        Attack("being undecided made harmless", says: "unsure softened: unsure (ask → continue)") { change in
            try change.edit("sluice.yaml", "unsure: ask", "unsure: continue")
        },
        Attack("a layer removed", says: "layer removed: shadow for a change of the prompt") { change in
            try change.edit("sluice.yaml", "[golden, shadow]", "[golden]")
        },
        Attack("a slice removed", says: "slice removed: queue") { change in
            try change.edit("sluice.yaml", "slices: [queue]", "slices: []")
        },
        Attack("more retries", says: "limit loosened: app.limits.retries (0 → 9)") { change in
            try change.edit("sluice.yaml", "retries: 0", "retries: 9")
        },
        Attack("the answer read elsewhere", says: "setting changed: app.observe.text") { change in
            try change.edit("sluice.yaml", "text: /answer", "text: /versions/prompt")
        },
        Attack("an owner removed", says: "owner changed: error_rate <= 1% (owner search team → owner none)") {
            change in
            try change.edit("sluice.yaml", ", owner: search team", "")
        },
        Attack("itself as an approver", says: "approver added: eve") { change in
            try change.edit("sluice.yaml", "[ada, grace, mallory]", "[ada, grace, mallory, eve]")
        },
        Attack("approvers that are anybody", says: "trust list removed: trust.approvers") { change in
            try change.edit("sluice.yaml", "trust: { approvers: [ada, grace, mallory] }", "")
        },
        Attack(
            "a waiver for itself",
            says: "waiver added: exact_match >= 0.90 (now until 2099-01-01, me: because)"
        ) { change in
            try change.place.write(
                "sluice.yaml",
                try change.place.read("sluice.yaml")
                    + "waivers: [{ gate: exact_match >= 0.90, owner: me, why: because, until: \"2099-01-01\" }]\n"
            )
        },
        Attack("an edited schema", says: "file changed: schemas/answer.json (sha256:") { change in
            try change.place.write("schemas/answer.json", "true\n")
        },
        Attack(
            "a schema of its own", says: "metric changed: schema", "file changed: schemas/mine.json (absent"
        ) { change in
            try change.place.write("schemas/mine.json", "true\n")
            try change.edit("sluice.yaml", "schema: schemas/answer.json", "schema: schemas/mine.json")
        },
        Attack("examples removed", says: "example removed: E-3 (was sha256:", "example removed: E-4 (was") {
            change in
            let rows = try change.place.read("golden/questions.jsonl").split(separator: "\n")
            let left = rows.filter { !$0.contains("\"E-3\"") && !$0.contains("\"E-4\"") }
            try change.place.write("golden/questions.jsonl", left.joined(separator: "\n") + "\n")
        },
        Attack("an expectation rewritten", says: "example changed: E-7 (sha256:") { change in
            try change.edit("golden/questions.jsonl", "\"answer 7\"", "\"whatever\"")
        },
        Attack("the set watered down", says: "data set diluted: 200 examples added to 40") { change in
            let rows = (0..<200).map {
                #"{"query_id": "W-\#($0)", "query": "question 1", "reference_response": "answer 1"}"#
            }
            try change.place.write("golden/easy.jsonl", rows.joined(separator: "\n") + "\n")
        },
        Attack("another data set", says: "setting changed: dataset", "example removed: E-0") { change in
            try change.place.write(
                "easy/a.jsonl",
                #"{"query_id": "W", "query": "question 1", "reference_response": "answer 1"}"# + "\n")
            try change.edit("sluice.yaml", "dataset: golden/", "dataset: easy/")
        },
        Attack("an approval in its own hand", says: "approval added: by ada", "slice removed: queue") {
            change in
            try change.edit("sluice.yaml", "slices: [queue]", "slices: []")
            try change.place.write(
                "approvals.jsonl",
                #"{"format":"sluice.approval/1","digest":"sha256:\#(String(repeating: "0", count: 64))","approver":"ada","why":"x","at":"2026-01-01T00:00:00Z","until":"2099-01-01"}"#
                    + "\n")
        },
    ]

    @Test(arguments: attacks) func theChangeIsHeldBackByName(_ attack: Attack) async throws {
        let change = try Repository()
        try attack.play(change)
        try change.commit("nothing to see here")
        let outcome = try await change.eval(
            "--markdown", "c.md", "--junit", "j.xml", "--html", "r.html", "--json")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(change.app.asked.isEmpty && change.evil.asked.isEmpty, "nothing is asked")
        #expect(!change.place.exists("owned"), "nothing is run")
        let shown = try await change.place.sluice("validate", "--policy-from", "main")
        #expect(shown.status == 1, "\(shown)")
        for words in attack.words { #expect(shown.out.contains(words), "\(words) in \(shown)") }
        for (face, text) in [
            ("json", outcome.out), ("markdown", try change.place.read("c.md")),
            ("junit", try change.place.read("j.xml")), ("html", try change.place.read("r.html")),
        ] {
            let kind = String(attack.words[0].prefix { $0 != ":" })
            #expect(
                text.contains(kind) || attack.words[0].hasPrefix("an odd")
                    || attack.words[0].hasPrefix("the data"), "\(kind) in \(face)")
            #expect(!text.contains(Repository.secret), "\(face)")
        }
        #expect(outcome.out.contains("\"refused\": true"), "\(outcome)")
        #expect(change.place.strays() == [])
    }

    /// What is not touched by the policy: the app of the change itself sends the gate elsewhere.
    @Test func aRedirectCarriesNoSecretAway() async throws {
        let evil = try TestApp { TestApp.right($0) }
        let change = try Repository(reply: { _ in
            TestApp.Reply(status: 307, body: "", headers: ["Location": evil.url])
        })
        let outcome = try await change.eval()
        #expect(outcome.status == 2, "an app that answers nothing but redirects gives no answer: \(outcome)")
        #expect(!change.app.asked.isEmpty)
        #expect(evil.asked.isEmpty, "the redirect is not followed")
        #expect(!outcome.out.contains(Repository.secret) && !outcome.err.contains(Repository.secret))
    }

    @Test func anAddressOnTheCommandLineIsHeldAgainstTheListAsWell() async throws {
        let change = try Repository()
        let refused = try await change.eval("--candidate", change.evil.url)
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.err.contains("is not in trust.hosts"), "\(refused)")
        #expect(change.evil.asked.isEmpty && change.app.asked.isEmpty)
    }

    @Test func anHonestChangePasses() async throws {
        let change = try Repository()
        try change.edit("sluice.yaml", ">= 0.90", ">= 0.95")
        try change.edit("sluice.yaml", "slices: [queue]", "slices: [queue, turn_count] # more to see")
        let rows = try change.place.read("golden/questions.jsonl")
        try change.place.write(
            "golden/questions.jsonl",
            rows + #"{"query_id": "E-40", "query": "question 40", "reference_response": "answer 40"}"# + "\n")
        try change.commit("a stricter gate and a new example")
        let outcome = try await change.eval("--markdown", "c.md")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(change.app.asked.count == 41)
        #expect(outcome.out.contains("the change loosens nothing"), "\(outcome)")
        #expect(
            outcome.out.contains("gate tightened: exact_match >= 0.90 → exact_match >= 0.95"), "\(outcome)")
        #expect(outcome.out.contains("exact_match >= 0.90"), "the reviewed gate is in force: \(outcome)")
        #expect(try change.place.read("c.md").contains("the change loosens nothing"))
        #expect(
            try await change.place.sluice("eval", "--reproduce", try change.place.newestRun()).status == 0)
    }

    @Test func anUnchangedPolicyIsTakenAsItIs() async throws {
        let change = try Repository()
        let outcome = try await change.eval()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.contains("policy from main ("), "\(outcome)")
    }
}
