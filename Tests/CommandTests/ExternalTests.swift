import Foundation
import Notation
import Testing

/// Scores made elsewhere as metrics like any other, and a run's own scores in the same forms.
@Suite struct ExternalTests {
    /// Forty examples; the candidate is wrong on every fifth. Hostile texts among questions and answers.
    private func finished(
        more: String = "", gates: [String] = Workplace.usualGates
    ) async throws -> (
        Workplace, String, [TestApp]
    ) {
        let place = try Workplace()
        let old = try TestApp { TestApp.right($0) }
        let new = try TestApp { question in
            question.number % 5 == 4
                ? TestApp.Reply(
                    body: TestApp.body("=HYPERLINK(\"http://evil\")\n\"x\",\u{202E}", version: "2"))
                : TestApp.right(question, version: "2")
        }
        try place.writeExamples(40)
        try place.writePolicy(
            baseline: old.url, candidate: new.url, gates: gates,
            limits: "concurrency: 1, timeout: 5s, retries: 0",
            more: more)
        let outcome = try await place.sluice("eval")
        try #require(outcome.status < 64, "\(outcome)")
        return (place, try place.newestRun(), [old, new])
    }

    private func policy(
        _ place: Workplace, external: String, gates: [String], metrics: String = "exact_match, error_rate"
    ) throws {
        let before = try place.read("sluice.yaml")
        let head = before.prefix(upTo: try #require(before.range(of: "dataset:")).lowerBound)
        try place.write(
            "sluice.yaml",
            head + """
                dataset: golden.jsonl
                metrics: [\(metrics)]
                gates:\(gates.map { "\n  - " + $0 }.joined())
                external:
                \(external)
                """)
    }

    private func json(_ outcome: Outcome) throws -> JSONValue { try JSONValue.parse(Array(outcome.out.utf8)) }

    private func metric(_ report: JSONValue, _ name: String) throws -> JSONValue {
        try #require(report["metrics"]?.arrayValue?.first { $0["name"]?.stringValue == name })
    }

    @Test(arguments: ["ragas", "deepeval", "jsonl", "csv"])
    func ownScoresComeBackAsTheyWere(form: String) async throws {
        let (place, run, _) = try await finished()
        let name = "scores." + (form == "csv" ? "csv" : form == "deepeval" ? "json" : "jsonl")
        let exported = try await place.sluice("export", run, "--as", form, "--out", name)
        #expect(exported.status == 0 && exported.out.isEmpty, "\(exported)")
        #expect(place.strays().isEmpty)
        try policy(
            place,
            external:
                "  - { file: \(name), metrics: { exact: { better: higher, from: exact_match, pass_fail: true } } }",
            gates: ["external[exact] not worse than baseline", "exact_match not worse than baseline"])
        let again = try await place.sluice("eval", "--rescore", run, "--json")
        let report = try json(again)
        let own = try metric(report, "exact_match")
        let external = try metric(report, "external[exact]")
        for member in ["baseline", "candidate", "difference"] {
            #expect(external[member]?["value"] == own[member]?["value"], "\(member)")
            #expect(external[member]?["n"] == own[member]?["n"])
            #expect(external[member]?["interval"] == own[member]?["interval"])
        }
        #expect(external["failed"]?.intValue == 0)
        #expect(own["candidate"]?["value"]?.doubleValue == 0.8)
        let gates = try #require(report["gates"]?.arrayValue)
        #expect(gates[0]["outcome"] == gates[1]["outcome"])
        #expect(gates[0]["method"]?.stringValue?.contains("; scores from \(name) (sha256 ") == true)
        #expect(report["external"]?[0]?["scores"]?.intValue == 80)
        // Answers that came to be since are others: none of the scores is theirs.
        let lines = String(decoding: try place.observations(run), as: UTF8.self)
        try place.write(
            ".sluice/runs/\(run)/observations.jsonl",
            lines.replacingOccurrences(of: "\"answer 1", with: "\"changed 1"))
        let changed = try json(try await place.sluice("eval", "--rescore", run, "--json"))
        #expect((try metric(changed, "external[exact]"))["failed"]?.intValue ?? 0 > 5)
        #expect(
            changed["warnings"]?.arrayValue?.contains {
                $0.stringValue?.contains("× \(name): its score is of another answer") == true
            } == true)
    }

    /// A run's scores are kept with it: what becomes of their file says nothing of the run.
    @Test func aDiffOfSetsReadsTheScoresThatWereKept() async throws {
        let (place, first, apps) = try await finished()
        defer { withExtendedLifetime(apps) {} }
        #expect(
            try await place.sluice("export", first, "--as", "jsonl", "--out", "scores.jsonl").status == 0)
        try policy(
            place,
            external:
                "  - { file: scores.jsonl, metrics: { exact: { better: higher, from: exact_match, pass_fail: true } } }",
            gates: ["external[exact] >= 0.5"])
        let made = try await place.sluice("eval")
        try #require(made.status == 0, "\(made)")
        let run = try place.newestRun()
        try place.write("scores.jsonl", "")
        let diff = try await place.sluice("dataset", "diff", run, "golden.jsonl", "--strict")
        #expect(diff.status == 0 && diff.out.contains("SHIP, as it was   over the 40"), "\(diff)")
    }

    @Test func spreadsheetsRunNothing() async throws {
        let (place, run, _) = try await finished()
        let csv = try await place.sluice("export", run, "--as", "csv").out
        #expect(csv.contains("\"'=HYPERLINK("), "behind an apostrophe")
        for row in try CSVReader.rows(Array(csv.utf8)) {
            for cell in row {
                #expect(!["=", "+", "@", "\t", "\r"].contains { cell.text.hasPrefix($0) }, "\(cell.text)")
                if cell.text.hasPrefix("-") { #expect(Double(cell.text) != nil) }
            }
        }
        let one = try await place.sluice("export", run, "--as", "jsonl", "--arm", "candidate").out
        let rows = one.split(separator: "\n").compactMap { try? JSONValue.parse(Array($0.utf8)) }
        #expect(rows.count == 40 && rows.allSatisfy { $0["arm"]?.stringValue == "candidate" })
        #expect(rows.allSatisfy { $0["observation"]?["answer"]?["text"] != nil && $0["scores"] != nil })
        for line in ["export", "export --as xml", "export --as csv --arm both", "export --as csv --json"] {
            let outcome = try await place.start(line.split(separator: " ").map(String.init)).outcome()
            #expect(outcome.status == 64, "\(line): \(outcome)")
        }
        #expect(try await place.sluice("export", "r-none", "--as", "csv").status == 65)
    }

    /// What is wrong with a file, and what the verdict says of it.
    @Test func whatIsNotMeasuredIsSaidWithReasonAndCount() async throws {
        let (place, run, _) = try await finished()
        func judged(_ lines: [String], _ options: String = "") async throws -> Outcome {
            try place.write("s.jsonl", lines.joined(separator: "\n") + "\n")
            try policy(
                place, external: "  - { file: s.jsonl, \(options) metrics: { faithfulness: higher } }",
                gates: ["external[faithfulness] >= 0.5"])
            return try await place.sluice("eval", "--rescore", run)
        }
        func line(_ number: Int, _ score: String = "0.9", _ rest: String = #","arm":"candidate""#) -> String {
            #"{"id":"E-\#(number)","metric":"faithfulness","score":\#(score)\#(rest)}"#
        }
        func flat(_ outcome: Outcome) -> String {
            outcome.out.split(whereSeparator: { $0.isNewline || $0 == " " }).joined(separator: " ")
        }
        let all = Array(0..<40)
        let good = try await judged(all.map { line($0) })
        #expect(good.status == 0, "\(good)")
        let partial = try await judged(all.dropLast(10).map { line($0) })
        #expect(partial.status == 2, "\(partial)")
        #expect(flat(partial).contains("10 of 40"), "\(partial)")
        #expect(flat(partial).contains("10 × s.jsonl: has no score for it"), "\(partial)")
        let stale = try await judged(
            all.map { line($0, "0.9", #","arm":"candidate","time":"2026-01-01T00:00:00Z""#) })
        #expect(
            stale.status == 2 && flat(stale).contains("40 × s.jsonl: its score is stale, older than 24 h"),
            "\(stale)")
        let never = try await judged(
            all.map { line($0, "0.9", #","arm":"candidate","time":"2026-01-01T00:00:00Z""#) },
            "max_age: never,")
        #expect(never.status == 0, "\(never)")
        let twice = try await judged(all.map { line($0) } + (0..<5).map { line($0, "0.1") })
        #expect(flat(twice).contains("5 × s.jsonl: has two scores for it, which differ"), "\(twice)")
        let wide = try await judged(all.map { line($0, $0 < 6 ? "1.01" : "0.9") })
        #expect(wide.status == 2 && flat(wide).contains("6 × s.jsonl: its score lies above 1"), "\(wide)")
        let other = try await judged(
            all.map { line($0, "0.9", #","arm":"candidate","dataset":"sha256:00""#) })
        #expect(
            other.status == 2 && flat(other).contains("40 × s.jsonl: its score is of another data set"),
            "\(other)")
        let unbound = try await judged(all.map { line($0, "0.9", "") })
        #expect(flat(unbound).contains("says neither which arm nor which answer it scored"), "\(unbound)")
        #expect(try await judged(all.map { line($0, "0.9", "") }, "arm: candidate,").status == 0)
        let version = try await judged(
            all.map { line($0, "0.9", #","arm":"candidate","version":"prompt=1""#) })
        #expect(
            version.status == 2 && flat(version).contains("40 × s.jsonl: its score is of another version"),
            "\(version)")
        let broken = try await judged(["no json at all"])
        #expect(broken.status == 2, "\(broken)")
        try FileManager.default.removeItem(atPath: place.path("s.jsonl"))
        let gone = try await place.sluice("eval", "--rescore", run)
        #expect(gone.status == 2 && flat(gone).contains("s.jsonl: cannot be read"), "\(gone)")
    }

    /// The usual way: a run, its answers scored elsewhere, the run ended with the scores. It keeps what it was judged by.
    @Test func aRunIsEndedWithScoresThatCameLater() async throws {
        let (place, _, apps) = try await finished()
        try policy(
            place,
            external: "  - { file: s.jsonl, arm: candidate, metrics: { faithfulness: { better: higher } } }",
            gates: ["external[faithfulness] >= 0.5"], metrics: "exact_match, external")
        let open = try await place.sluice("eval", "--change", "prompt")
        #expect(open.status == 2, "\(open)")
        let run = try place.newestRun()
        let asked = apps.map(\.asked.count)
        let answers = try await place.sluice("export", run, "--as", "jsonl", "--arm", "candidate").out
        let scored = answers.split(separator: "\n").compactMap { line -> String? in
            guard let row = try? JSONValue.parse(Array(line.utf8)), let id = row["id"]?.stringValue,
                let digest = row["answer_digest"]?.stringValue
            else { return nil }
            return
                #"{"id":"\#(id)","metric":"faithfulness","score":0.75,"answer_digest":"\#(digest)","scorer":"judge 1"}"#
        }
        try place.write("s.jsonl", scored.joined(separator: "\n"))
        let ended = try await place.sluice("eval", "--resume", run)
        #expect(ended.status == 0, "\(ended)")
        #expect(apps.map(\.asked.count) == asked, "nothing is asked again")
        let report = try place.read(".sluice/runs/\(run)/report.json")
        #expect(report.contains("by judge 1"))
        try FileManager.default.removeItem(atPath: place.path("s.jsonl"))
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0, "from what it keeps")
        let history = try await place.sluice("history")
        #expect(
            history.out.contains("external[faithfulness]")
                && history.out.contains("judge s.jsonl none → judge 1"), "\(history)")
    }

    @Test func aPolicyThatDeclaresTooLittleIsToldSo() async throws {
        let (place, _, _) = try await finished()
        for (external, gate, words) in [
            (
                "  - { file: s.jsonl, metrics: { f: higher } }", "external[g] >= 1",
                "no entry of 'external' declares the metric 'g'"
            ),
            ("  - { file: s.jsonl }", "external[f] >= 1", "lacks 'metrics'"),
            ("  - { file: s.jsonl, metrics: { f: best } }", "external[f] >= 1", "higher"),
            (
                "  - { file: s.jsonl, metrics: { f: { better: higher, range: [1, 0] } } }",
                "external[f] >= 1", "smallest and a larger"
            ),
            ("  - { file: s.jsonl, metrics: { \"a b\": higher } }", "error_rate <= 1%", "letters, digits"),
            (
                "  - { file: a.jsonl, metrics: { f: higher } }\n  - { file: b.jsonl, metrics: { f: lower } }",
                "external[f] >= 1", "declared in two ways"
            ),
        ] {
            try policy(place, external: external, gates: [gate])
            let outcome = try await place.sluice("validate")
            #expect(
                outcome.status == 65 && (outcome.err + outcome.out).contains(words), "\(external): \(outcome)"
            )
        }
    }
}
