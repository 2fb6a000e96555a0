import Foundation
import Notation
import Testing

/// `sluice score` from its lines to its numbers.
@Suite struct ScoreTests {
    private func lines(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    @Test func aLineComesOutForEachThatGoesInAndThenTheWhole() async throws {
        let place = try Workplace()
        var input = ""
        for number in 0..<500 {
            input +=
                #"{"id": "q\#(number)", "reference_response": "the cat sat down", "answer": "the \#(number % 2 == 0 ? "cat" : "dog") sat down"}"#
                + "\n"
        }
        try place.write("in.jsonl", input)
        let outcome = try await place.sluice(
            "score", "rouge_l", "exact_match", "bleu", "--file", "in.jsonl", "--json")
        #expect(outcome.status == 0 && outcome.err == "", "\(outcome)")
        let rows = try lines(outcome.out)
        #expect(rows.count == 501)
        for (number, row) in rows.dropLast().enumerated() {
            #expect(row["line"]?.intValue == number + 1)
            #expect(row["id"]?.stringValue == "q\(number)")
            #expect(row["scores"]?["rouge_l"]?.doubleValue == (number % 2 == 0 ? 1 : 0.75))
        }
        let whole = try #require(rows.last?["metrics"]?.arrayValue)
        #expect(whole.map { $0["metric"]?.stringValue } == ["rouge_l", "exact_match", "bleu"])
        #expect(whole[0]["value"]?.doubleValue == 0.875)
        #expect(whole[1]["value"]?.doubleValue == 0.5)
        #expect(whole[1]["interval_method"] == "Wilson")
        #expect(whole[2]["interval_method"] == "jackknife over 50 groups")
        #expect(whole.allSatisfy { $0["n"] == 500 && $0["confidence"] == 0.9 })
    }

    @Test func aBadLineIsAnsweredInItsPlaceAndNeverScored() async throws {
        let place = try Workplace()
        try place.write(
            "in.jsonl",
            """
            {"reference_response": "a", "answer": "a"}
            {"reference_response": "a", "answer":
            [1]

            {"answer": "a"}
            {"reference_response": "a"}
            {"reference_response": "a", "failure": "timeout"}
            """)
        let outcome = try await place.sluice("score", "exact_match", "--file", "in.jsonl", "--json")
        #expect(outcome.status == 65, "\(outcome)")
        let rows = try lines(outcome.out)
        #expect(rows.map { $0["line"]?.intValue } == [1, 2, 3, 5, 6, 7, nil])
        #expect(rows[1]["error"]?.stringValue?.hasPrefix("line 2, column ") == true)
        #expect(rows[2]["error"]?.stringValue?.contains("an array, not an object") == true)
        #expect(rows[3]["unscored"]?["exact_match"]?["not_applicable"] != nil)
        #expect(rows[4]["unscored"]?["exact_match"]?["failed"] != nil)
        #expect(rows[5]["scores"]?["exact_match"]?.doubleValue == 0)
        let whole = try #require(rows.last)
        #expect((whole["lines"], whole["bad_lines"]) == (6, 2))
        let metric = try #require(whole["metrics"]?[0])
        #expect((metric["n"], metric["not_applicable"], metric["failed"]) == (2, 1, 1))
        #expect(metric["value"]?.doubleValue == 0.5)
    }

    @Test(arguments: ["", "\n \n"]) func nothingToScoreIsBadInput(text: String) async throws {
        let place = try Workplace()
        try place.write("in.jsonl", text)
        for command in [["score", "rouge_l"], ["score", "rouge_l", "--json"]] {
            let named = try await place.start(command + ["--file", "in.jsonl"]).outcome()
            #expect(named.status == 65 && named.err.contains("in.jsonl holds no line"), "\(named)")
            let piped = try await place.start(command, shell: "exec \"$@\" < in.jsonl").outcome()
            #expect(piped.status == 65 && piped.err.contains("standard input holds no line"), "\(piped)")
            #expect(piped.out == "")
        }
    }

    @Test(arguments: [
        (["score"], "name a metric"), (["score", "rouge_x"], "did you mean"),
        (["score", "rouge_l", "rouge_l"], "stands twice"), (["score", "recall"], "needs a cut-off"),
        (["score", "rouge_l", "--confidence", "2"], "between 0 and 1"),
        (["score", "cosine_similarity"], "name the policy with --policy"),
        (["score", "--run", "x"], "go together"), (["score", "is-json"], "did you mean 'is_json'"),
        (["score", "P.x", "--run", "x", "--qrels", "y"], "is no number"),
    ])
    func whatIsNotUnderstoodIsSaid(arguments: [String], words: String) async throws {
        let outcome = try await Workplace().start(arguments).outcome()
        #expect(outcome.status == 64 && outcome.out == "", "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
    }

    @Test func aMetricOfTheUsersOwnIsAProgramThatIsKeptAlive() async throws {
        let place = try Workplace()
        try place.write(
            "tone.sh",
            """
            echo started >> starts
            while read -r line; do
              id=$(printf '%s' "$line" | sed 's/.*"id":"\\([0-9]*\\)".*/\\1/')
              case "$line" in
                *Gladly*) echo "{\\"id\\":\\"$id\\",\\"score\\":1}" ;;
                *hang*) sleep 30 ;;
                *wild*) echo "{\\"id\\":\\"$id\\",\\"score\\":7}" ;;
                *skip*) echo "{\\"id\\":\\"$id\\",\\"not_applicable\\":\\"no tone\\"}" ;;
                *) echo "{\\"id\\":\\"$id\\",\\"score\\":0.25}" ;;
              esac
            done
            """)
        try place.write(
            "sluice.yaml",
            """
            version: 1
            project: tone
            app: { candidate: http://127.0.0.1:1/ }
            dataset: golden/
            metrics: ["custom[tone]", "composite[kind]"]
            custom: { tone: { command: [/bin/sh, tone.sh], better: higher, timeout: 2s } }
            composite: { kind: { all_of: ["custom[tone] >= 0.5", "length <= 20"] } }
            gates: ["custom[tone] >= 0.5"]
            """)
        try place.write(
            "in.jsonl",
            ["Gladly!", "No.", "hang", "wild", "skip", "No.", "Gladly, and at some length indeed."].map {
                "{\"answer\": \"\($0)\"}\n"
            }.joined())
        let outcome = try await place.sluice(
            "score", "--policy", "sluice.yaml", "--file", "in.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let rows = try lines(outcome.out)
        let scores = rows.dropLast().map { $0["scores"]?["custom[tone]"]?.doubleValue }
        #expect(scores == [1, 0.25, nil, nil, nil, 0.25, 1], "\(outcome)")
        #expect(rows[2]["unscored"]?["custom[tone]"]?["failed"] != nil)
        #expect(rows[3]["unscored"]?["custom[tone]"]?["failed"]?.stringValue?.contains("range") == true)
        #expect(
            rows[4]["unscored"]?["custom[tone]"]?["not_applicable"]?.stringValue?.contains("no tone") == true)
        #expect(rows[0]["scores"]?["composite[kind]"]?.doubleValue == 1)
        #expect(rows[6]["scores"]?["composite[kind]"]?.doubleValue == 0)
        // Started once, and once more after the one that hung.
        let starts = try place.read("starts").split(separator: "\n").count
        #expect(starts <= 3, "\(starts)")
    }

    @Test func aMetricOfTheUsersOwnIsAnEndpoint() async throws {
        let app = try AnyApp { request in
            guard let text = request.body?["answer"]?["text"]?.stringValue else { return .nothing }
            if text == "down" { return .json(["detail": "no"], status: 500) }
            return .json(["score": .number(text == "Gladly!" ? 1 : 0)])
        }
        let place = try Workplace()
        try place.write(
            "sluice.yaml",
            """
            version: 1
            project: tone
            app: { candidate: http://127.0.0.1:1/ }
            dataset: golden/
            custom: { tone: { url: "\(app.origin)/tone", better: higher } }
            gates: ["custom[tone] >= 0.5"]
            """)
        try place.write(
            "in.jsonl", "{\"answer\": \"Gladly!\"}\n{\"answer\": \"down\"}\n{\"answer\": \"No.\"}\n")
        let outcome = try await place.sluice(
            "score", "custom[tone]", "--policy", "sluice.yaml", "--file", "in.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let scores = try lines(outcome.out).dropLast().map { $0["scores"]?["custom[tone]"]?.doubleValue }
        #expect(scores == [1, nil, 0], "\(outcome)")
    }

    @Test func aRankingIsPrintedAsTrecEvalPrintsIt() async throws {
        let place = try Workplace()
        try place.write("qrels", "1 0 d1 1\n1 0 d2 0\n1 0 d3 2\n")
        try place.write("run", "1 Q0 d2 1 3.0 mine\n1 Q0 d1 2 2.0 mine\n1 Q0 d9 3 1.0 mine\n")
        let outcome = try await place.sluice("score", "map", "P.2", "--qrels", "qrels", "--run", "run")
        #expect(outcome.status == 0)
        #expect(outcome.out == "map                   \tall\t0.2500\nP_2                   \tall\t0.5000\n")
        try place.write("run", "1 Q0 d2 1 3.0 mine\n1 Q0 d2 2 2.0 mine\n")
        let twice = try await place.sluice("score", "map", "--qrels", "qrels", "--run", "run")
        #expect(twice.status == 65 && twice.err.contains("run:2: the document stands twice"), "\(twice)")
    }

    @Test func whereNoLineHasAScoreNothingWasMeasured() async throws {
        let place = try Workplace()
        try place.write(
            "in.jsonl", #"{"reference_response": "a"}"# + "\n" + #"{"reference_response": "b"}"# + "\n")
        let outcome = try await place.sluice("score", "rouge_l", "--file", "in.jsonl")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.err.contains("nothing was measured"), "\(outcome)")
        let help = try await place.sluice("score", "--help")
        #expect(help.out.contains("nothing was measured"), "\(help)")
        // One that has one is enough.
        try place.write(
            "in.jsonl",
            #"{"reference_response": "a"}"# + "\n" + #"{"reference_response": "b", "answer": "b"}"#)
        #expect(try await place.sluice("score", "rouge_l", "--file", "in.jsonl").status == 0)
    }

    @Test func aScoreThatIsNoneHasAReason() async throws {
        let place = try Workplace()
        try place.write(
            "in.jsonl",
            #"{"reference_response": "", "answer": ""}"# + "\n" + #"{"answer": "a", "logprobs": []}"# + "\n"
                + #"{"reference_response": "a b c d e", "answer": "a b c d e", "logprobs": [-0.1]}"# + "\n")
        let outcome = try await place.sluice(
            "score", "bleu", "perplexity", "ter", "intent_f1", "ece", "rouge_l", "--file", "in.jsonl",
            "--json")
        let rows = try lines(outcome.out).dropLast()
        #expect(rows.count == 3, "\(outcome)")
        for row in rows {
            for name in ["bleu", "perplexity", "ter", "intent_f1", "ece", "rouge_l"] {
                let score = try #require(row["scores"]?[name])
                #expect(score.isNull == (row["unscored"]?[name]?.objectValue != nil), "\(name): \(row)")
            }
        }
    }

    @Test func oneMetricWithTwoParametersHasTwoNames() async throws {
        let place = try Workplace()
        try place.write("in.jsonl", #"{"answer": "a refund in days"}"# + "\n")
        let outcome = try await place.sluice(
            "score", "icontains: refund", "icontains: gift", "length", "--file", "in.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let rows = try lines(outcome.out)
        #expect(rows[0]["scores"]?["icontains: refund"]?.doubleValue == 1)
        #expect(rows[0]["scores"]?["icontains: gift"]?.doubleValue == 0)
        #expect(rows[0]["scores"]?["length"] != nil)
        let twice = try await place.sluice(
            "score", "icontains: refund", "icontains: refund", "--file", "in.jsonl")
        #expect(twice.status == 64 && twice.err.contains("stands twice"), "\(twice)")
    }
}
