import Foundation
import Notation
import Testing

/// What `sluice metrics NAME` says can be tried, can be: each worked example as it would be pasted into a shell.
@Suite struct MetricTrialTests {
    private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".build/models").path

    private static func listed() async throws -> [JSONValue] {
        let text = try await Workplace().sluice("metrics", "--json").out
        return try JSONValue.parse(Array(text.utf8))["metrics"]?.arrayValue ?? []
    }

    /// The commands behind `try it`, one a line.
    private static func commands(_ name: String, _ place: Workplace) async throws -> [String] {
        let lines = try await place.sluice("metrics", name).out.split(separator: "\n").map(String.init)
        let start = try #require(
            lines.firstIndex { $0.hasPrefix("  try it   ") }, "\(name) has nothing to try")
        return lines[start...].map { String($0.dropFirst(11)) }
    }

    private static func run(_ name: String, expecting expected: String) async throws {
        let place = try Workplace()
        let commands = try await commands(name, place)
        try FileManager.default.createDirectory(
            atPath: place.path(".build"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: place.path(".build/models"), withDestinationPath: models)
        // The shell is told where the program is, and to end with the first command that fails; nothing else is changed.
        let path = "PATH=\(Program.folder):$PATH\nset -e\n"
        try place.write("try.sh", path + commands.joined(separator: "\n") + "\n")
        let outcome = try await place.start([], shell: ". ./try.sh").outcome()
        #expect(outcome.status == 0, "\(name): \(outcome)")
        if commands.last?.hasPrefix("sluice eval") == true {
            #expect(outcome.out.contains("SHIP"), "\(name): \(outcome)")
            let shown = ["external": "0.800", "kpi": "0.747", "preference": "2 judgements wanted"][name]
            #expect(outcome.out.contains(try #require(shown)), "\(name): \(outcome)")
            return
        }
        // The whole is the last thing that is shown, before the number of lines.
        let whole = outcome.out.components(separatedBy: "\n\n").last ?? ""
        let shown = whole.split(separator: " ").first { $0.first == "'" || Double(trimmed($0)) != nil }
        let text = try #require(shown.map(trimmed), "\(name): \(outcome)")
        if let number = Double(expected) {
            let rounded = Double(text) ?? .nan
            // The table shows four digits behind the point, and small amounts whole.
            #expect(abs(rounded - number) <= (number < 1e-4 ? 0 : 5.1e-5), "\(name): \(outcome)")
        } else {
            #expect(text == "'\(expected)'", "\(name): \(outcome)")
        }
    }

    private static func trimmed(_ word: Substring) -> String {
        word.hasSuffix(",") ? String(word.dropLast()) : String(word)
    }

    @Test func everyWorkedExampleRunsAsItIsPasted() async throws {
        let metrics = try await Self.listed() + [["name": "kpi", "example": "→ 0.747"]]
        #expect(metrics.count > 140)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = metrics[...]
            func next() {
                guard let metric = rest.popFirst(), let name = metric["name"]?.stringValue else { return }
                let expected = metric["example"]?.stringValue?.components(separatedBy: "→ ").last ?? ""
                group.addTask { try await Self.run(name, expecting: expected) }
            }
            for _ in 0..<3 { next() }
            while try await group.next() != nil { next() }
        }
    }

    /// A line that lacks what a metric reads says which member it is.
    @Test(arguments: [
        ("schema: {}", #"{"answer":"{}"}"#, "the line has no 'body'"),
        ("rouge_l", #"{"answer":"a"}"#, "the line has no 'reference_response'"),
        ("recall@3", #"{"query":"q"}"#, "the line has no 'documents' and no 'retrieval_gold_doc_ids'"),
        ("perplexity", #"{"answer":"a"}"#, "the line has no 'logprobs'"),
        ("tool_names", #"{"tools":["a"]}"#, "the line has no 'expected_tool_calls'"),
    ])
    func aLineThatLacksAMemberSaysWhich(metric: String, line: String, says: String) async throws {
        let place = try Workplace()
        try place.write("in.jsonl", line + "\n")
        let outcome = try await place.sluice("score", metric, "--file", "in.jsonl")
        #expect(outcome.status == 3 && outcome.out.contains(says), "\(outcome)")
    }

    @Test func whatALineHoldsIsSaidOfEveryMetric() async throws {
        let place = try Workplace()
        #expect(try await place.sluice("metrics", "schema").out.contains("\n  line     body; "))
        #expect(
            try await place.sluice("metrics", "rouge_1").out.contains(
                "  line     answer, reference_response\n"))
        let rouge = try await place.sluice("metrics", "rouge_1").out
        #expect(rouge.contains("words are of any script") && rouge.contains("words: ascii"), "\(rouge)")
    }
}
