import Curation
import Domain
import Notation
import Testing

/// Golden cases that the prompt gives away, and gold that the index does not hold.
@Suite struct LeakTests {
    private func told(_ set: CleanSet, prompts: [(String, String)]) throws -> [Told] {
        var options = LintOptions(today: today)
        var index = PromptIndex(threshold: 0.8)
        for (name, text) in prompts { index.add(name: name, text: text) }
        options.prompts = index
        return try lint(set.rows, options).told
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func goldenCasesInPromptsAreErrors(seed: UInt64) throws {
        let set = CleanSet(seed: seed)
        func query(_ id: String) -> String { set.row(id)["query"]?.stringValue ?? "" }
        let reference = set.row("Q-4")["reference_response"]?.stringValue ?? ""
        let long = query("Q-3").split(separator: " ")
        let prompt = """
            You are the help desk. Answer in one sentence.

            Q: \(query("Q-1").uppercased())
            A: no idea

            Example 2
            User: \(long.joined(separator: " ")) please
            and in the text (\(query("Q-2"))), \(query("M-5").replacingSpaces()) it stands.
            A: \(reference)!
            """
        let windows = prompt.split(separator: "\n", omittingEmptySubsequences: false).joined(
            separator: "\r\n")
        let json = JSONValue.array([["role": "user", "content": .string(query("E-7"))]])
        let found = try told(
            set,
            prompts: [
                ("system.txt", seed == 2 ? windows : prompt),
                ("shots.json", String(decoding: json.bytes(), as: UTF8.self)),
            ])
        var planted = ["Q-1", "Q-2", "Q-4", "M-5", "E-7"].map { Told(.promptLeak, $0) }
        planted.append(Told(.promptLeak, "Q-3"))
        #expect(found == planted.sorted())
    }

    @Test func promptsOfTheirOwnAreSilent() throws {
        var set = CleanSet()
        set.change("Q-1") { $0.setting("query", "refund?") }
        set.change("Q-2") { $0.setting("reference_response", "14 days") }
        // Short texts stand in any prompt.
        let prompt =
            "You know all about a refund? Say it takes 14 days, or more.\n\nQ: how are you\nA: fine, thank you"
        #expect(try told(set, prompts: [("a", prompt), ("b", "[1, 2]"), ("c", ""), ("d", "{\"a\": ")]) == [])
    }

    private static let text = """
        Refunds take fourteen days from the day on which the parcel came back to us, weekends not counted. \
        A refund goes to the card that was charged, and to no other one.
        """

    @Test func goldThatNoChunkHoldsIsAnError() throws {
        var set = CleanSet()
        var options = LintOptions(today: today)
        options.hasChunks = true
        let spans: [(String, JSONValue)] = [
            ("Q-1", ["source": "terms.pdf", "text": "takes  to  the card"]),
            ("Q-2", ["source": "terms.pdf", "text": "weekends not\ncounted. A refund goes"]),
            ("Q-3", ["source": "terms.pdf", "text": "the parcel came back to us"]),
            ("Q-4", ["source": "terms.pdf", "text": "A"]), ("Q-5", ["source": "terms.pdf"]),
            ("Q-6", ["source": "prices.pdf"]), ("Q-7", ["source": "terms.pdf", "page": 2]),
            ("Q-8", ["source": "terms.pdf", "page": 9]),
            ("Q-9", ["source": "terms.pdf", "text": "the card that was charged, and to no other one."]),
        ]
        for (id, span) in spans { set.change(id) { $0.setting("gold_source_spans", .array([span])) } }
        let half = Self.text.count / 2
        var chunks = [
            RetrievedDocument(
                id: "c1", text: String(Self.text.prefix(half + 10)), source: "terms.pdf", page: 2),
            RetrievedDocument(
                id: "c2", text: String(Self.text.dropFirst(half + 10)), source: "terms.pdf", page: 3),
        ]
        chunks += (0..<50).map { RetrievedDocument(id: "doc-\($0)", text: "nothing of note") }
        let lost = chunks.remove(at: 9)
        let report = try lint(set.rows, options, chunks: chunks)
        let bearer = set.rows.first {
            $0["retrieval_gold_doc_ids"]?.arrayValue?.contains(.string(lost.id)) ?? false
        }
        let planted = [
            Told(.missingSpan, "Q-1"), Told(.missingSpan, "Q-2"), Told(.missingSpan, "Q-6"),
            Told(.missingSpan, "Q-8"), Told(.unindexedDocument, bearer?["query_id"]?.stringValue),
        ]
        #expect(report.told == planted.sorted())
        #expect(report.findings(.unindexedDocument).first?.what.contains("'\(lost.id)'") == true)
    }

    /// Against a plain search, over random texts of few letters, in which much occurs and much nearly does.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func spansAreFoundWhereAPlainSearchFindsThem(
        seed: UInt64
    ) throws {
        var numbers = SeededNumbers(seed: seed)
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in "ab é我".randomElement(using: &numbers) ?? "a" })
        }
        let chunks = (0..<5).map { RetrievedDocument(id: "c\($0)", text: text(300)) }
        func folded(_ text: String) -> String {
            text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        var rows: [Row] = []
        var planted: [Told] = []
        for number in 0..<200 {
            let source = chunks[number % 5].text ?? ""
            let start = Int.random(in: 0..<200, using: &numbers)
            let length = Int.random(in: 1...99, using: &numbers)
            var span = String(source.dropFirst(start).prefix(length))
            if number % 2 == 0 { span = text(1 + number % 14) }
            if span.allSatisfy({ $0 == " " }) { continue }
            let isThere = chunks.contains { contains(folded($0.text ?? ""), folded(span)) }
            let row = CleanSet.bare("R-\(number)", numbers: &numbers)
            rows.append(row.setting("gold_source_spans", [["source": "s", "text": .string(span)]]))
            if !isThere { planted.append(Told(.missingSpan, "R-\(number)")) }
        }
        var options = LintOptions(today: today)
        options.hasChunks = true
        let found = try lint(rows, options, chunks: chunks).told.filter { $0.code == .missingSpan }
        #expect(found == planted.sorted())
        #expect(planted.count > 10 && planted.count < rows.count - 10)
    }

    private func contains(_ text: String, _ part: String) -> Bool {
        let bytes = Array(text.utf8)
        let wanted = Array(part.utf8)
        guard wanted.count <= bytes.count else { return false }
        return (0...(bytes.count - wanted.count)).contains {
            bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }
}

extension CleanSet {
    static func bare(_ id: String, numbers: inout SeededNumbers) -> Row {
        Row(["query_id": .string(id), "query": .string("q \(numbers.next())")])
    }
}

extension String {
    /// Every space as a line break and two spaces.
    fileprivate func replacingSpaces() -> String { split(separator: " ").joined(separator: "\n  ") }
}
