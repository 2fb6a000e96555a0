import Foundation
import Testing

/// What a user can give that is wrong: each has a message with its place and how to mend it, and status 65; nothing
/// is asked and nothing is left behind.
@Suite struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Each is a part of what is said on stderr.
        let words: [String]
        var arguments = ["eval"]
        var shell: String?
        let spoil: @Sendable (Workplace) throws -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ words: String..., arguments: [String] = ["eval"], shell: String? = nil,
            spoil: @escaping @Sendable (Workplace) throws -> Void
        ) {
            self.name = name
            self.words = words
            self.arguments = arguments
            self.shell = shell
            self.spoil = spoil
        }
    }

    /// Runs the command as one whom file permissions bind, even where the tests run as root.
    private static let bound =
        geteuid() == 0 ? "exec setpriv --bounding-set=-dac_override,-dac_read_search \"$@\"" : "exec \"$@\""

    private static func policy(_ old: String, _ new: String) -> @Sendable (Workplace) throws -> Void {
        { place in
            let text = try place.read("sluice.yaml")
            try #require(text.contains(old), "\(old)")
            try place.write("sluice.yaml", text.replacingOccurrences(of: old, with: new))
        }
    }

    private static func rows(_ text: String) -> @Sendable (Workplace) throws -> Void {
        { try $0.write("golden.jsonl", text) }
    }

    private static let row = #"{"query_id": "E-1", "query": "question 1", "reference_response": "answer 1"}"#

    static let cases: [Case] = [
        Case("broken YAML", "sluice.yaml:", "error:", spoil: policy("metrics: [", "metrics: [[")),
        Case("a tab in YAML", "sluice.yaml:4:1: error: a tab", spoil: policy("app:", "app:\n\tcandidate: x")),
        Case(
            "an unknown metric", "sluice.yaml:11:11: error: unknown metric 'exact_mach'",
            "did you mean 'exact_match'?",
            spoil: policy("metrics: [exact_match", "metrics: [exact_mach")),
        Case(
            "an unknown key", "sluice.yaml:2:1: error: unknown key 'projet'", "did you mean 'project'?",
            spoil: policy("project:", "projet:")),
        Case(
            "a key that is not built yet", "not available yet", "sluice.yaml:16:1",
            spoil: { place in
                try place.write("sluice.yaml", place.read("sluice.yaml") + "\ncanary: { stages: [1%] }\n")
            }),
        Case(
            "an impossible gate",
            "sluice.yaml:14:20: error: 2 lies outside the range of 'exact_match', 0 to 1",
            spoil: policy("error_rate <= 1%", "exact_match >= 2")),
        Case(
            "no gate at all", "the policy has no gate, so that everything would ship",
            spoil: { place in
                let text = try place.read("sluice.yaml")
                try place.write("sluice.yaml", text.components(separatedBy: "gates:")[0])
            }),
        Case(
            "a gate on what nothing produces", "sluice.yaml:14:5: error: nothing produces 'mrr'",
            "map 'app.observe.documents'",
            spoil: policy("error_rate <= 1%", "mrr >= 0.5")),
        Case(
            "a rule that is not understood", "sluice.yaml:14:16: error: a form is expected, not 'is'",
            spoil: policy("error_rate <= 1%", "error_rate is fine")),
        Case(
            "an unknown intent of change", "--change 'promt' is none of",
            arguments: ["eval", "--change", "promt"],
            spoil: { _ in }),
        Case(
            "a policy in no UTF-8", "sluice.yaml:", "UTF-8",
            spoil: { place in
                try place.write(
                    "sluice.yaml", Array("version: 1\nproject: \"a".utf8) + [0xC3, 0x28] + Array("\"\n".utf8))
            }),
        Case("an empty policy", "sluice.yaml", "error:", spoil: { try $0.write("sluice.yaml", "") }),
        Case(
            "no policy", "sluice.yaml: No such file", "--policy FILE",
            spoil: { place in
                try FileManager.default.removeItem(atPath: place.path("sluice.yaml"))
            }),
        Case(
            "a folder as policy", "golden is a folder; name a file",
            arguments: ["eval", "--policy", "golden"],
            spoil: { place in
                try place.write("golden/x.jsonl", "")
            }),
        Case(
            "a policy that may not be read", "sluice.yaml: Permission denied", shell: bound,
            spoil: { place in
                chmod(place.path("sluice.yaml"), 0)
            }),
        Case(
            "no data set", "golden.jsonl: No such file",
            spoil: { place in
                try FileManager.default.removeItem(atPath: place.path("golden.jsonl"))
            }),
        Case(
            "a data set that may not be read", "golden.jsonl: Permission denied", shell: bound,
            spoil: { place in
                chmod(place.path("golden.jsonl"), 0)
            }),
        Case(
            "a folder without rows", "rows holds no .jsonl file", arguments: ["eval", "--dataset", "rows"],
            spoil: { place in
                try place.write("rows/readme.txt", "")
            }),
        Case("an empty data set", "golden.jsonl: error: the data set is empty", spoil: rows("")),
        Case(
            "a data set of white space", "golden.jsonl: error: the data set is empty", spoil: rows("\n \n\n")),
        Case(
            "ids that stand twice", "golden.jsonl:3:14: error: the id 'E-1' is also that of line 1",
            spoil: rows(
                row + "\n" + row.replacingOccurrences(of: "E-1", with: "E-2") + "\n" + row + "\n")),
        Case(
            "a data set in no UTF-8", "golden.jsonl:2", "UTF-8",
            spoil: { place in
                try place.write(
                    "golden.jsonl",
                    Array((row + "\n{\"query\": \"").utf8) + [0xFF, 0xFE] + Array("\"}\n".utf8))
            }),
        Case("broken JSON in a row", "golden.jsonl:2:", spoil: rows(row + "\n{\"query\": \"a\n")),
        Case("a row that is no object", "golden.jsonl:2", spoil: rows(row + "\n[1, 2]\n")),
        Case(
            "JSON that is too deep", "golden.jsonl:2:", "deep",
            spoil: rows(
                row + "\n{\"query\": \"a\", \"x\": " + String(repeating: "[", count: 200_000) + "\n")),
        Case(
            "a line of 50 MB", "golden.jsonl:2: error: the line is longer than 16 MiB",
            spoil: { place in
                try place.write(
                    "golden.jsonl",
                    Array((row + "\n{\"query\": \"").utf8) + [UInt8](repeating: 0x61, count: 50_000_000)
                        + Array("\"}\n".utf8))
            }),
        Case(
            "a schema that is not there", "sluice.yaml:11:11: error: schema:", "no.json: No such file",
            spoil: policy(
                "metrics: [exact_match", "metrics: [schema: { file: no.json, of: text }, exact_match")),
        Case(
            "a schema that is no JSON", "sluice.yaml:11:11: error: schema: s.json:1:11:",
            spoil: { place in
                try policy("metrics: [exact_match", "metrics: [schema: s.json, exact_match")(place)
                try place.write("s.json", "{ \"type\": ")
            }),
        Case(
            "a secret that is not set", "TEST_TOKEN",
            spoil: policy(
                "dataset: golden.jsonl",
                "  headers: { Authorization: \"Bearer ${env:TEST_TOKEN}\" }\ndataset: golden.jsonl")),
        Case(
            "a diff that is not there", "no.diff: No such file", arguments: ["eval", "--diff", "no.diff"],
            spoil: { _ in }),
        Case(
            "a diff that is none", "golden.jsonl is no unified diff",
            arguments: ["eval", "--diff", "golden.jsonl"], spoil: { _ in }),
        Case(
            "an unknown run", "there is no run r-none under .sluice/runs",
            arguments: ["eval", "--resume", "r-none"], spoil: { _ in }),
        Case(
            "a run that is a path", "'../../etc' is no name of a run",
            arguments: ["eval", "--resume", "../../etc"], spoil: { _ in }),
        Case("no runs", "there are no runs under .sluice", arguments: ["report"], spoil: { _ in }),
    ]

    @Test(arguments: cases) func badInputIsSaidAndNothingBegins(bad: Case) async throws {
        let place = try Workplace()
        let app = try TestApp { TestApp.right($0) }
        try place.writeExamples(3)
        try place.writePolicy(baseline: app.url, candidate: app.url)
        try bad.spoil(place)
        let before = place.files()
        let outcome = try await place.start(bad.arguments, shell: bad.shell).outcome()
        // Words of the command line have a status of their own.
        let isUsage = bad.name.hasPrefix("an unknown intent")
        #expect(outcome.status == (isUsage ? 64 : 65), "\(outcome.err)")
        #expect(outcome.out == "")
        for words in bad.words { #expect(outcome.err.contains(words), "\(outcome.err.prefix(2000))") }
        #expect(outcome.err.utf8.count < 4000, "the message shows the place, not the file")
        #expect(app.asked == [])
        #expect(place.files() == before, "nothing is left behind")
        #expect(place.runs() == [])
    }

    @Test func allProblemsAreSaidAtOnce() async throws {
        let place = try Workplace()
        try place.writeExamples(3)
        try place.writePolicy(
            baseline: "http://127.0.0.1:9/", candidate: "http://127.0.0.1:9/",
            gates: ["exact_mach >= 0.5", "error_rate <= 300%"],
            metrics: "exact_match, rouge_x", more: "sliced: [a]")
        let outcome = try await place.sluice("validate")
        #expect(outcome.status == 65)
        for words in ["rouge_x", "exact_mach", "300%", "sliced"] {
            #expect(outcome.err.contains(words), "\(words): \(outcome)")
        }
    }
}
