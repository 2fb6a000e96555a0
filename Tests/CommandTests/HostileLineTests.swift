import Foundation
import Notation
import Testing

/// `sluice score` with every metric that needs no model, over lines that nobody should have written.
@Suite struct HostileLineTests {
    /// Whatever asks no model, as the command line names it.
    private func names(_ place: Workplace) async throws -> [String] {
        let listed = try JSONValue.parse(try await place.sluice("metrics", "--json").out)
        let members = [
            "context_precision": "context_precision[text]", "context_recall": "context_recall[text]",
            "iprec_at_recall": "iprec_at_recall[0.5]", "r_precision_mult": "r_precision_mult[0.4]",
            "stage_latency": "stage_latency[a]", "value": "value[a]", "versions": "versions.model",
            "schema": "schema: { type: object }", "regex": "regex: '(a+)+$'",
        ]
        let left: Set<String> = ["kpi", "composite", "custom", "external"]
        return (listed["metrics"]?.arrayValue ?? []).compactMap { metric -> String? in
            guard let name = metric["name"]?.stringValue, !left.contains(name), !name.hasPrefix("bertscore"),
                let needs = metric["needs"]?.arrayValue?.compactMap(\.stringValue),
                !needs.contains(where: { $0.contains("model") || $0.contains("judge") })
            else { return nil }
            if let known = members[name] { return known }
            return metric["spelled"]?.stringValue?.hasSuffix("@k") == true ? name + "@3" : name
        }
    }

    /// A line out for each that went in, each score a number, a text or a null with its reason.
    private func check(_ outcome: Outcome, _ lines: Int, bad: Int) throws {
        #expect(outcome.status == (bad > 0 ? 65 : 0), "\(outcome.err)")
        let rows = try outcome.out.split(separator: "\n").map { try JSONValue.parse(String($0)) }
        #expect(rows.count == lines + 1, "\(rows.count)")
        #expect(rows.last?["lines"]?.intValue == lines && rows.last?["bad_lines"]?.intValue == bad)
        var refused = 0
        for (number, row) in rows.dropLast().enumerated() {
            #expect(row["line"]?.intValue == number + 1)
            if let why = row["error"]?.stringValue {
                refused += 1
                #expect(why.hasPrefix("line \(number + 1)"), "\(why)")
                continue
            }
            guard case .object(let scores)? = row["scores"] else {
                Issue.record("line \(number + 1) has no scores")
                continue
            }
            for member in scores.members where member.value == .null {
                let name = member.key
                let why = row["unscored"]?[name]
                let words = why?["failed"]?.stringValue ?? why?["not_applicable"]?.stringValue ?? ""
                #expect(!words.isEmpty, "line \(number + 1): \(name) is null without a reason")
            }
        }
        #expect(refused == bad)
    }

    private func line(_ answer: String, _ reference: String = "It is a cat.") throws -> String {
        let row: JSONValue = [
            "id": "x", "query": "What is it?", "reference_response": [.string(reference)],
            "answer": .string(answer),
        ]
        return String(decoding: row.bytes(), as: UTF8.self)
    }

    @Test func everyOddLineIsAnsweredInItsPlace() async throws {
        let place = try Workplace()
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        let bad = [
            #"{"answer": "\ud800"}"#, #"{"query": "\udc00", "answer": "x\udfffy"}"#,
            #"{"answer": "t", "deep": \#(deep)}"#,
            deep, "null", "17", "\"text\"", "[]", #"{"answer": "t", "reference_response": [null]}"#,
            #"{"answer": "t", "reference_response": {"a": 1}}"#, #"{"answer": "t""#, "not json",
            #"{"answer": "t", "answer": "u"}"#, #"{"answer": "t", "score": 1e999}"#,
            "{\"answer\": \"\u{0}\"}",
        ]
        let odd =
            [
                try line(""), try line("😀"), try line("👩‍👩‍👧‍👦🇩🇪😀", "😀"), try line(deep), try line("", ""),
                try line(String(repeating: "{\"a\":", count: 10_000)),
            ] + [
                #"{"id": "n", "query": null, "reference_response": null, "answer": null}"#,
                #"{"id": null, "answer": "t"}"#, "{}",
                #"{"answer": 17}"#, #"{"answer": ["a"]}"#, #"{"answer": {"a": 1}}"#,
                #"{"answer": "t", "reference_response": "one"}"#,
                #"{"answer": "t", "documents": "a"}"#, #"{"answer": "t", "documents": [1, null, {}]}"#,
                #"{"answer": "t", "documents": [{"id": 5, "text": null}]}"#,
                #"{"answer": "t", "tool_calls": "x"}"#,
                #"{"answer": "t", "tool_calls": [{"name": null}]}"#,
                #"{"answer": "t", "tool_calls": [{"name": "a", "arguments": "{"}]}"#,
                #"{"answer": "t", "logprobs": "x"}"#,
                #"{"answer": "t", "logprobs": [null, "a"]}"#, #"{"answer": "t", "latency": "slow"}"#,
                #"{"answer": "t", "score": "NaN"}"#, #"{"answer": "\u0000"}"#,
                #"{"answer": "t", "error": "boom"}"#,
                #"{"failure": "timeout"}"#,
            ]
        try place.write("in.jsonl", (bad + odd).joined(separator: "\n"))
        let metrics = try await names(place)
        #expect(metrics.count > 100, "the whole catalogue fits on a command line")
        let outcome = try await place.start(["score"] + metrics + ["--file", "in.jsonl", "--json"]).outcome()
        try check(outcome, bad.count + odd.count, bad: bad.count)
    }

    /// A mark before the first line, line ends of two signs, no line end at the last: the same lines.
    @Test(arguments: ["\u{FEFF}", ""], ["\r\n", "\n"]) func theFilesFormDoesNotMatter(
        _ mark: String, _ end: String
    ) async throws {
        let place = try Workplace()
        let lines = [try line("It is a cat."), try line("It is a dog.")]
        for last in ["", end] {
            try place.write("in.jsonl", mark + lines.joined(separator: end) + last)
            let outcome = try await place.start(
                ["score"] + (try await names(place)) + ["--file", "in.jsonl", "--json"]
            ).outcome()
            try check(outcome, 2, bad: 0)
            #expect(
                outcome.out.contains("\"exact_match\":1.0") && outcome.out.contains("\"exact_match\":0.0"))
        }
    }

    /// A megabyte of one thing, in the answer or in both: minutes in the worst of builds, never hours or all the memory.
    @Test(.timeLimit(.minutes(5)), arguments: ["a", "w ", "[", "👩‍👩‍👧‍👦", "漢"])
    func aMegabyteIsMeasuredOrRefused(_ sign: String) async throws {
        let place = try Workplace()
        let text = String(repeating: sign, count: (1 << 20) / sign.utf8.count)
        try place.write(
            "in.jsonl",
            try line(text) + "\n" + line("It is a cat.", text) + "\n" + line(text, "b " + text) + "\n")
        let outcome = try await place.start(
            ["score"] + (try await names(place)) + ["--file", "in.jsonl", "--json"]
        ).outcome()
        try check(outcome, 3, bad: 0)
    }
}
