import Digest
import Domain
import Interchange
import Notation
import Testing

@Suite struct DatasetReaderTests {
    static func read(_ text: String, file: String = "g.jsonl") -> (examples: [Example], reader: DatasetReader)
    {
        DatasetReader.read([(file, Array(text.utf8))])
    }

    @Test func theFieldsOwnSchemaLoadsWhole() throws {
        let row = #"""
            {"query_id": "GD-1", "dataset_version": "2026-Q1", "query": "Which?", "conversation_history":
             [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "context": ["p1"],
             "expected_intent": "returns", "reference_response": ["a", "b"], "rubric": "be kind",
             "required_elements": ["14 days", {"any_of": ["refund", "money back"]}, {"regex": "\\d+"},
               {"count": "please", "at_least": 1, "at_most": 2}, {"catalogue": "titles"}, {"judge": "is polite"}],
             "prohibited_elements": {"text": ["guarantee", "promise"]}, "retrieval_gold_doc_ids": ["d1", 2],
             "gold_source_spans": [{"source": "h.pdf", "page": 3, "text": "within 14 days"}],
             "expected_guardrail": "allow", "expected_score": "HIGH", "match": true, "category": "orders",
             "tags": ["x", "y"], "provenance": {"source": "wiki", "annotator": "ann", "license": "CC0", "batch": 7},
             "repeats": 3, "locale": "de", "turns": 4, "flags": ["a", "b"], "nothing": null}
            """#.replacing("\n", with: " ")
        let (examples, reader) = Self.read(row)
        #expect(reader.problems == [])
        let example = try #require(examples.first)
        #expect(example.id == "GD-1")
        #expect(example.datasetVersion == "2026-Q1")
        #expect(example.query == "Which?")
        #expect(example.history.map(\.content) == ["Hi", "Hello"])
        #expect(example.history.map(\.role) == [.user, .assistant])
        #expect(example.context == ["p1"])
        #expect(example.expectedIntent == "returns")
        #expect(example.references == ["a", "b"])
        #expect(example.rubric == "be kind")
        #expect(
            example.required == [
                Element(kind: .text("14 days"), isTyped: false),
                Element(kind: .anyOf(["refund", "money back"])),
                Element(kind: .regex(#"\d+"#)), Element(kind: .count("please", atLeast: 1, atMost: 2)),
                Element(kind: .catalogue("titles")), Element(kind: .judge("is polite")),
            ])
        #expect(example.prohibited == [Element(kind: .text("guarantee")), Element(kind: .text("promise"))])
        #expect(example.goldDocuments == ["d1", "2"])
        #expect(example.goldSpans == [SourceSpan(source: "h.pdf", page: 3, text: "within 14 days")])
        #expect(example.expectedGuardrail == .allow)
        #expect(example.expectedScore == .band(.high))
        #expect(example.expectedMatch == true)
        #expect(example.category == "orders")
        #expect(example.tags == ["x", "y"])
        #expect(example.provenance?.licence == "CC0")
        #expect(example.provenance?.other["batch"] == 7)
        #expect(example.repeats == 3)
        #expect(
            example.columns == [
                Example.Column(name: "locale", value: "de"),
                Example.Column(name: "turns", value: "4", json: 4),
                Example.Column(name: "flags", value: "a, b", json: ["a", "b"]),
            ])
        #expect(example.place == SourcePlace(file: "g.jsonl", line: 1))
    }

    /// The names that issue and field name; each row shows one of them.
    static let names: [(String, @Sendable (Example) -> Bool)] = [
        (#"{"question": "Q"}"#, { $0.query == "Q" }),
        (#"{"userInput": "Q"}"#, { $0.query == "Q" }),
        (#"{"Query": "Q"}"#, { $0.query == "Q" }),
        (
            #"{"q1": 1, "query": "Q", "expected_source": "a.pdf"}"#,
            { $0.goldSpans == [SourceSpan(source: "a.pdf")] }
        ),
        (
            #"{"query": "Q", "must_include": "x"}"#,
            { $0.required == [Element(kind: .text("x"), isTyped: false)] }
        ),
        (
            #"{"query": "Q", "missing_elements": ["date"]}"#,
            { $0.required == [Element(kind: .text("date"), isTyped: false)] }
        ),
        (#"{"query": "Q", "must_include": ["a"], "missing_elements": ["b"]}"#, { $0.required.count == 2 }),
        (#"{"query": "Q", "expected_chunks": ["c1"]}"#, { $0.goldDocuments == ["c1"] }),
        (#"{"query": "Q", "expectedChunks": []}"#, { $0.goldDocuments == [] }),
        (#"{"query": "Q"}"#, { $0.goldDocuments == nil }),
        (
            #"{"query": "Q", "expected_result": {"a": 1}}"#,
            { $0.expectedResult == ["a": 1] && $0.references.isEmpty }
        ),
        (#"{"query": "Q", "expected_result": "Paris"}"#, { $0.references == ["Paris"] }),
        (#"{"query": "Q", "expectedScore": 0.85}"#, { $0.expectedScore == .value(0.85) }),
        (#"{"query": "Q", "expectedScore": "true_negative"}"#, { $0.expectedScore == .band(.trueNegative) }),
        (#"{"query": "Q", "expected_score": [0.7, 0.9]}"#, { $0.expectedScore == .range(0.7...0.9) }),
        (#"{"query": "Q", "ground_truth": "x"}"#, { $0.references == ["x"] }),
        (#"{"query": "Q", "expected_guardrail": "Refused"}"#, { $0.expectedGuardrail == .block }),
        (#"{"query": "Q", "should_block": false}"#, { $0.expectedGuardrail == .allow }),
        (#"{"query": "Q", "is_duplicate": "no"}"#, { $0.expectedMatch == false }),
        (
            #"{"query": "Q", "history": ["a", "b", "c", "d"]}"#,
            { $0.history.map(\.role) == [.user, .assistant, .user, .assistant] }
        ),
        (#"{"query": "Q", "history": [["a", "b"]]}"#, { $0.history.count == 2 }),
        (
            #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]}"#,
            { $0.query == "Q" && $0.history.map(\.role) == [.system] && $0.references == ["A"] }
        ),
        (#"{"query": "Q", "tags": "a, b"}"#, { $0.tags == ["a", "b"] }),
        (#"{"id": 17, "query": "Q"}"#, { $0.id == "17" }),
    ]

    @Test(arguments: names)
    func namesThatOthersUseLoadUnchanged(row: String, holds: @Sendable (Example) -> Bool) throws {
        let (examples, reader) = Self.read(row)
        #expect(reader.errorCount == 0, "\(reader.problems)")
        #expect(holds(try #require(examples.first)), "\(row)")
    }

    /// Columns were counted by hand.
    @Test(arguments: [
        (#"{"query_id": "a"}"#, "g.jsonl:1:1: error: the row has no query; add \"query\": \"…\""),
        (#"{"query": 5}"#, "g.jsonl:1:11: error: 'query' is an integer; write a text"),
        (
            #"{"id": [], "query": "q"}"#,
            "g.jsonl:1:8: error: the id is an array; write a text or a whole number, or leave it out"
        ),
        (
            #"{"é": 1, "query": "q", "match": 2}"#,
            "g.jsonl:1:33: error: 'match' is neither true nor false; write true or false"
        ),
        (
            #"["q"]"#,
            "g.jsonl:1:1: error: the row is an array; a row is an object; write {\"query\": \"…\", …}"
        ),
        (
            #"{"query": "q"} x"#,
            "g.jsonl:1:16: error: there is text after the value; mend the JSON of this line"
        ),
        (
            #"{"query": "q"#,
            "g.jsonl:1:11: error: the string that begins here is never closed: the text is truncated; write each row whole, on one line"
        ),
        (
            #"{"query": "q", "question": "r"}"#,
            "g.jsonl:1:28: error: 'question' and 'query' both give query; keep one of them"
        ),
        (
            #"{"query": "q", "required_elements": ["a", {"regx": "b"}]}"#,
            "g.jsonl:1:43: error: 'regx' is no kind of element; kinds are text, any_of, regex, count, catalogue, judge; write \"a text\" or {\"any_of\": [\"…\"]}, {\"regex\": \"…\"} …"
        ),
        (
            #"{"query": "q", "required_elements": [" "]}"#,
            "g.jsonl:1:38: error: an element's text is empty: it would occur in every answer; write \"a text\" or {\"any_of\": [\"…\"]}, {\"regex\": \"…\"} …"
        ),
        (
            #"{"query": "q", "history": [{"role": "king", "content": "x"}]}"#,
            "g.jsonl:1:28: error: the turn's role is none of system, user, assistant and tool; write [{\"role\": \"user\", \"content\": \"…\"}, …]"
        ),
        (
            #"{"query": "q", "expected_score": "SO-SO"}"#,
            "g.jsonl:1:34: error: the expected score is neither a number, a band nor a range; write 0.85, [0.8, 0.9] or one of HIGH, MEDIUM, LOW, TRUE NEGATIVE"
        ),
        (
            #"{"query": "q", "expected_score": "0,85"}"#,
            "g.jsonl:1:34: error: the expected score has a decimal comma; write it with a point: 0.85 for 0,85"
        ),
        (
            #"{"query": "q", "repeats": 0}"#,
            "g.jsonl:1:27: error: 'repeats' is a whole number from 1 to 1000; write \"repeats\": 3"
        ),
        (
            #"{"query": "q", "expected_guardrail": "perhaps"}"#,
            "g.jsonl:1:38: error: the expected guardrail outcome is 'perhaps'; write \"allow\" or \"block\""
        ),
        (
            #"{"query": "q", "expected_intnt": "x"}"#,
            "g.jsonl:1:34: warning: column 'expected_intnt' has no meaning of its own and is kept as a slice; did you mean 'expected_intent'?"
        ),
        (
            #"{"query": "q", "extra": {"a": 1}}"#,
            "g.jsonl:1:25: note: column 'extra' holds objects and is left out; flatten it where results should be sliced by it"
        ),
        (
            #"{"query": " "}"#,
            "g.jsonl:1:11: warning: the query is empty; fill it, or keep it where the app should answer to nothing"
        ),
    ])
    func aProblemNamesPlaceCauseAndMend(row: String, message: String) {
        let (_, reader) = Self.read(row)
        #expect(reader.problems.map(\.description) == [message])
    }

    @Test func allProblemsOfASetAreToldAtOnce() {
        let text = """
            {"id": "a", "query": "q"}
            {"id": "a", "query": "r"}

            nonsense
            {"id": 1.5, "query": 2, "match": "maybe"}
            {"id": "b", "query": "s"}
            """
        let (examples, reader) = Self.read(text)
        #expect(examples.map(\.id) == ["a", "b"])
        #expect(reader.errorCount == 5)
        #expect(reader.problems.map(\.place.line) == [2, 4, 5, 5, 5])
        #expect(reader.problems[0].cause == "the id 'a' is also that of line 1")
    }

    @Test func anIDMayNotRecurInAnotherFile() {
        let first = Array(#"{"id": "a", "query": "q"}"#.utf8)
        let (examples, reader) = DatasetReader.read([("one.jsonl", first), ("two.jsonl", first)])
        #expect(examples.count == 1)
        #expect(
            reader.problems.map(\.description) == [
                "two.jsonl:1:8: error: the id 'a' is also that of one.jsonl:1; give each row an id of its own"
            ])
    }

    @Test(arguments: ["", "\n\r\n  \n", "\u{FEFF}"])
    func anEmptySetIsAnError(text: String) {
        let (examples, reader) = Self.read(text)
        #expect(examples.isEmpty)
        #expect(reader.problems.map(\.cause) == ["the data set is empty: the file holds no row"])
    }

    @Test func byteOrderMarkCarriageReturnsAndBlankLinesAreTaken() {
        let (examples, reader) = Self.read(
            "\u{FEFF}{\"query\": \"a\"}\r\n\r\n   \n{\"query\": \"b\"}\r\n{\"query\": \"c\"}")
        #expect(reader.problems == [])
        #expect(examples.map(\.query) == ["a", "b", "c"])
        #expect(examples.map(\.place.line) == [1, 4, 5])
    }

    @Test func aLineOfInvalidUTF8IsToldAndTheNextIsRead() {
        var bytes = Array("{\"query\": \"a\"}\n{\"query\": \"".utf8)
        bytes += [0xC3, 0x28]
        bytes += Array("\"}\n{\"query\": \"c\"}".utf8)
        let (examples, reader) = DatasetReader.read([("g.jsonl", bytes)])
        #expect(examples.map(\.query) == ["a", "c"])
        #expect(
            reader.problems.map(\.description) == [
                "g.jsonl:2:12: error: the bytes are not valid UTF-8; save the file as UTF-8"
            ])
    }

    @Test func aLineOfFiftyMegabytesIsToldAndTheNextIsRead() {
        var reader = DatasetReader()
        reader.begin(file: "g.jsonl")
        var queries: [String] = []
        func feed(_ bytes: [UInt8]) { reader.feed(bytes) { example, _ in queries.append(example.query) } }
        feed(Array("{\"query\": \"a\"}\n{\"query\": \"".utf8))
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<50 { feed(block) }
        feed(Array("\"}\n{\"query\": \"c\"}\n".utf8))
        reader.endFile { _, _ in }
        reader.finish()
        #expect(queries == ["a", "c"])
        #expect(
            reader.problems.map(\.description) == [
                "g.jsonl:2: error: the line is longer than 16 MiB; one row holds one example: split it, or move its documents out"
            ])
    }

    @Test func deepJSONIsTold() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let (examples, reader) = Self.read("{\"query\": \"a\", \"x\": \(deep)}\n{\"query\": \"b\"}")
        #expect(examples.map(\.query) == ["b"])
        #expect(reader.problems.map(\.cause) == ["arrays and objects are nested more than 64 deep"])
    }

    @Test func aPrettyPrintedFileGetsOneMessage() {
        let (_, reader) = Self.read("[\n  {\n    \"query\": \"a\"\n  }\n]\n")
        #expect(reader.problems.map(\.cause) == ["the file is one JSON text over many lines, not JSON Lines"])
    }

    @Test func chunksMayBeCutAnywhere() {
        let text =
            "\u{FEFF}{\"id\": \"ä\", \"query\": \"a\"}\r\n\n{\"id\": \"b\", \"query\": \"b\"}\n{\"id\": \"c\"}"
        let whole = Self.read(text)
        for size in 1...20 {
            var reader = DatasetReader()
            var examples: [Example] = []
            var extents: [DatasetReader.RowExtent] = []
            reader.begin(file: "g.jsonl")
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.feed(Array(bytes[start..<min(start + size, bytes.count)])) { example, extent in
                    examples.append(example)
                    extents.append(extent)
                }
            }
            reader.endFile { _, _ in }
            reader.finish()
            #expect(examples == whole.examples)
            #expect(reader.problems == whole.reader.problems)
            // A row can be read again from where it stands.
            for (example, extent) in zip(examples, extents) {
                let row = Array(bytes[extent.offset..<(extent.offset + extent.count)])
                let again = row.withUnsafeBufferPointer {
                    DatasetReader.example(row: $0, file: "g.jsonl", line: example.place.line)
                }
                #expect(again == example)
            }
        }
    }

    @Test func aRowWithoutIDGetsAStableOne() {
        let one = Self.read("{\"query\": \"a\"}\n{\"query\": \"b\"}").examples
        let other = Self.read("{ \"query\" : \"b\" }\n\n{\"query\": \"a\"}").examples
        #expect(one.map(\.id) == other.reversed().map(\.id))
        #expect(one[0].id.hasPrefix("row-"))
        #expect(one[0].id.utf8.count == 20)
        let twice = Self.read("{\"query\": \"a\"}\n{\"query\": \"a\"}").reader
        #expect(twice.problems.map(\.cause) == ["the row is the same as line 1"])
    }

    @Test func aColumnIsToldOnceAFile() {
        let (_, reader) = Self.read("{\"query\": \"a\", \"x\": {}}\n{\"query\": \"b\", \"x\": {}}")
        #expect(reader.problems.count == 1)
    }

    @Test func problemsAreBounded() {
        let (_, reader) = Self.read(String(repeating: "x\n", count: 1500))
        #expect(reader.problems.count == 1000)
        #expect(reader.furtherProblems == 500)
        #expect(reader.errorCount == 1500)
    }
}

@Suite struct DatasetDigestTests {
    private func digest(_ text: String) -> String {
        let (_, reader) = DatasetReaderTests.read(text)
        #expect(reader.errorCount == 0)
        return reader.digest.value.hex
    }

    private let base = """
        {"id": "1", "query": "a", "tags": ["x", "y"], "locale": "de", "zone": 3}
        {"id": "2", "query": "b", "must_include": ["c"]}
        """

    @Test(arguments: [
        // rows the other way round
        "{\"id\": \"2\", \"query\": \"b\", \"must_include\": [\"c\"]}\n{\"id\": \"1\", \"query\": \"a\", \"tags\": [\"x\", \"y\"], \"locale\": \"de\", \"zone\": 3}",
        // columns, white space, escapes, names and line ends
        "{\"zone\":3.0,\"locale\":\"\\u0064e\",\"tags\":[\"y\",\"x\"],\"question\":\"a\",\"query_id\":\"1\"}\r\n\r\n{\"required_elements\":[\"c\"],\"query\":\"b\",\"id\":\"2\"}\r\n",
        // what changes no verdict
        "{\"id\": \"1\", \"query\": \"a\", \"tags\": [\"x\", \"y\"], \"locale\": \"de\", \"zone\": 3, \"provenance\": \"me\", \"dataset_version\": \"7\"}\n{\"id\": \"2\", \"query\": \"b\", \"must_include\": [\"c\"]}",
    ])
    func orderAndFormattingDoNotMatter(text: String) {
        #expect(digest(text) == digest(base))
    }

    @Test(arguments: [
        ("\"a\"", "\"A\""), ("\"1\"", "\"3\""), ("\"de\"", "\"fr\""), ("3}", "4}"), ("[\"c\"]", "[\"d\"]"),
        ("[\"c\"]", "[{\"text\": \"c\"}]"), ("must_include", "must_not_include"),
        ("[\"x\", \"y\"]", "[\"x\"]"),
        ("\"locale\"", "\"region\""), ("[\"x\", \"y\"]", "[\"xy\"]"),
    ])
    func contentMatters(from: String, to: String) {
        #expect(digest(base.replacing(from, with: to)) != digest(base))
    }

    @Test func textsCannotRunIntoOneAnother() {
        #expect(
            digest(#"{"id": "1", "query": "ab", "category": "c"}"#)
                != digest(#"{"id": "1", "query": "a", "category": "bc"}"#))
        #expect(
            digest(#"{"id": "1", "query": "q", "refs": "x"}"#)
                != digest(#"{"id": "1", "query": "q", "reference": "x"}"#))
    }
}
