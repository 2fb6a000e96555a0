import Foundation
import Testing

/// What a data set lacks of what its policy wants is told before anything is asked.
@Suite struct DatasetCheckTests {
    private static let rows = """
        {"query_id": "E-1", "question": "q1", "ground_truth": "a1", "locale": "en", "tags": ["adversarial"], "vip": false}
        {"query_id": "E-2", "question": "q2", "ground_truth": "a2", "locale": "de", "category": "billing", "meta": {"a": 1}}
        {"query_id": "E-3", "question": "q3", "ground_truth": "a3"}

        """

    private func place(
        request: String = "query: \"${input.query}\"", gates: [String] = ["error_rate <= 1%"],
        metrics: String = "exact_match, error_rate", more: String = ""
    ) throws -> Workplace {
        let place = try Workplace()
        try place.write("golden.jsonl", Self.rows)
        try place.writePolicy(
            baseline: "http://127.0.0.1:9/", candidate: "http://127.0.0.1:9/", gates: gates,
            metrics: metrics, more: more)
        let text = try place.read("sluice.yaml").replacingOccurrences(
            of: "query: \"${input.query}\"", with: request
        ).replacingOccurrences(of: "versions: /versions", with: "versions: /versions, documents: /documents")
        try place.write("sluice.yaml", text)
        return place
    }

    @Test(arguments: [true, false])
    func aConversationIsWhatKnowledgeRetentionNeeds(_ isThere: Bool) async throws {
        let place = try place(
            metrics: "knowledge_retention, error_rate", more: "judge: { command: [cat], model: m }")
        let turns = #", "conversation_history": [{"role": "user", "content": "I ordered a lamp."}]"#
        let history = isThere ? turns : ""
        try place.write("golden.jsonl", "{\"query_id\": \"E-1\", \"question\": \"q\"\(history)}\n")
        let outcome = try await place.sluice("validate")
        #expect(outcome.err.contains("knowledge_retention needs") == !isThere, "\(outcome)")
    }

    @Test func validateShowsHowColumnsWereUnderstood() async throws {
        let outcome = try await place().sluice("validate")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.err.contains("warning") == false, "\(outcome)")
        let table = [
            "  query_id                           3/3", "  query ← question                   3/3",
            "  reference_response ← ground_truth  3/3", "  slice: locale                      2/3",
            "  tags                               1/3", "  slice: vip                         1/3",
            "  category                           1/3", "  left out, holds objects: meta      1/3",
        ]
        #expect(outcome.out.contains(table.joined(separator: "\n") + "\n"), "\(outcome)")
    }

    @Test(
        arguments: [
            (
                "a column no row has", "lang: \"${input.locales}\"", [],
                "no row has a column 'locales'; did you mean 'locale'?"
            ),
            ("a column nothing is near", "lang: \"${input.tenant}\"", [], "add the column to the data set"),
            (
                "a slice no example bears", "q: \"${input.query}\"", ["when adversarail: error_rate <= 1%"],
                "sluice.yaml:13:5: error: no example bears 'adversarail', so that "
                    + "'when adversarail: error_rate <= 1%' can never be judged; did you mean 'adversarial'?"
            ),
            (
                "a category misspelt", "q: \"${input.query}\"", ["when biling: error_rate <= 1%"],
                "did you mean 'billing'?"
            ),
            (
                "a value no example has", "q: \"${input.query}\"", ["when locale = dd: error_rate <= 1%"],
                "no example has 'locale' = 'dd'"
            ),
            (
                "a column that is never true", "q: \"${input.query}\"", ["when vip: error_rate <= 1%"],
                "no example has 'vip' = 'true'"
            ),
        ] as [(String, String, [String], String)])
    func whatCanNeverWorkIsAnError(
        name: String, request: String, gates: [String], words: String
    ) async throws {
        let place = try place(request: request, gates: gates.isEmpty ? ["error_rate <= 1%"] : gates)
        for command in ["validate", "eval"] {
            let outcome = try await place.sluice(command)
            #expect(outcome.status == 65, "\(outcome)")
            #expect(outcome.out == "")
            #expect(outcome.err.contains(words), "\(outcome)")
        }
        #expect(place.runs() == [])
    }

    @Test func whatWillBeMissingIsAWarning() async throws {
        let place = try place(
            request: "lang: \"${input.locale}\"", gates: ["error_rate <= 1%", "recall@3 >= 0.5"],
            more: "slices: [locales, category]")
        let outcome = try await place.sluice("validate")
        #expect(outcome.status == 0, "\(outcome)")
        for words in [
            "sends '${input.locale}', and 1 of 3 rows have no column 'locale'",
            "slices: no example bears 'locales', so that nothing is broken down by it; did you mean 'locale'?",
            "no row says what recall@3 needs; add the column 'retrieval_gold_doc_ids' (or gold_source_spans), "
                + "or drop it",
        ] {
            #expect(outcome.err.contains(words), "\(outcome)")
        }
        #expect(outcome.err.components(separatedBy: "warning:").count == 4, "\(outcome)")
    }

    @Test func anExpectedResultIsWhatExactMatchNeeds() async throws {
        let place = try Workplace()
        try place.write(
            "golden.jsonl", #"{"query_id": "E-1", "query": "q", "expected_result": {"a": 1}}"# + "\n")
        try place.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9/", gates: ["exact_match >= 0.5"],
            metrics: "exact_match, token_f1")
        let outcome = try await place.sluice("validate")
        #expect(outcome.err.contains("no row says what token_f1 needs"), "\(outcome)")
        #expect(!outcome.err.contains("exact_match needs"), "\(outcome)")
        #expect(!outcome.err.contains("what exact_match"), "\(outcome)")
    }
}
