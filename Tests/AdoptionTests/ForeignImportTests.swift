import Adoption
import Domain
import Foundation
import Interchange
import Notation
import Policy
import Testing

/// Data sets, logs and traces of other tools.
@Suite struct ForeignImportTests {
    static let folder = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/foreign/"

    private func made(_ format: String, _ names: String...) throws -> ForeignImport {
        let files = try names.map { name in
            (name: name, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: Self.folder + name))))
        }
        return try imported(format, files)
    }

    private func imported(
        _ format: String, _ files: [(name: String, bytes: [UInt8])]
    ) throws -> ForeignImport {
        let found = try #require(ForeignFormat.all.first { $0.name == format })
        let made = try ForeignImport(found, files: files, project: "desk")
        // Whatever is made is what the gate reads.
        if let policy = made.policy {
            let (read, diagnostics) = PolicyReader.read(Array(policy.utf8), path: "sluice.yaml")
            #expect(read != nil, "\(diagnostics)")
        }
        return made
    }

    private func examples(_ made: ForeignImport) throws -> [Example] {
        let file = try #require(made.files.first { $0.path.hasPrefix("golden/") })
        let (examples, reader) = DatasetReader.read([(name: file.path, bytes: Array(file.text.utf8))])
        #expect(reader.errorCount == 0, "\(reader.problems)")
        return examples
    }

    private func answers(_ made: ForeignImport) throws -> [JSONValue] {
        guard let file = made.files.first(where: { $0.path.hasPrefix("outputs/") }) else { return [] }
        return try file.text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    // MARK: What is lost

    @Test func whatAConversationHoldsBesideTextIsToldOf() throws {
        let trace = { (id: String) in
            """
            {"id": "\(id)", "timestamp": "2026-11-20T10:00:00Z", "userId": "u-7", "sessionId": "s-1", "output": "A cat.",
             "input": {"messages": [
               {"role": "user", "content": "Look this up."},
               {"role": "assistant", "content": null, "tool_calls": [
                 {"function": {"name": "find", "arguments": {"user_id": 3, "type": "image"}}}]},
               {"role": "tool", "content": "found"},
               {"role": "user", "content": [
                 {"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:,"}}]}]},
             "observations": []}
            """
        }
        let plain = """
            {"id": "c", "timestamp": "2026-11-20T10:00:00Z", "input": "Hi?", "output": "Yes.",
             "observations": [{"id": "o", "type": "TOOL", "name": "find", "input": {"arguments": {"user_id": 3}}}]}
            """
        let text = "[\(trace("a")), \(trace("b")), \(plain)]"
        let made = try imported("langfuse", [("traces.json", Array(text.utf8))])
        #expect(made.examples == 3)
        #expect(
            made.left.map(\.what) == [
                "images in a conversation are not carried (2 times)",
                "what tools gave back within a conversation is not carried (2 times)",
                "who the user was is not carried (2 times)",
                "the session that a trace belongs to is not carried (2 times)",
            ])
    }

    @Test func peopleAreColumnsWhereAllElseIs() throws {
        let text = #"[{"user_input": "Hi?", "response": "Yes.", "user_id": "u-7"}]"#
        let made = try imported("ragas", [("set.json", Array(text.utf8))])
        #expect(made.left.isEmpty)
        #expect(try examples(made).first?.columns.map(\.name) == ["user_id"])
    }

    @Test func aRecordingIsNotHeldAgainstItself() throws {
        let made = try made("ragas", "ragas.csv")
        let policy = try #require(made.policy)
        #expect(made.lacksApp)
        #expect(
            policy.contains("candidate:\n    url: \"http://your-app.invalid/ask\"")
                || policy.contains("candidate:\n    url: http://your-app.invalid/ask"), "\(policy)")
        #expect(policy.components(separatedBy: "recorded:").count == 2)
    }

    // MARK: RAGAS

    @Test(arguments: ["ragas.csv", "ragas.jsonl"]) func ragasRowsComeOver(file: String) throws {
        let made = try made("ragas", file)
        let examples = try examples(made)
        #expect(examples.map(\.query) == ["When was the library founded?", "Who said \"stop\"?"])
        #expect(examples.map(\.references) == [["It was founded in 1754."], ["Nobody did."]])
        #expect(
            examples[0].goldSpans == [
                SourceSpan(source: "context-1", text: "The library's founding year is 1754.")
            ])
        #expect(examples[0].rubric == "score1: wrong year\nscore5: right year")
        #expect(examples[1].goldSpans == nil)
        let answers = try answers(made)
        #expect(answers.map { $0["answer"] } == ["In 1754.", "Nobody."])
        #expect(
            answers[0]["documents"] == [
                ["text": "The library's founding year is 1754."], ["text": "It has two wings."],
            ])
        #expect(answers[1]["documents"] == [["text": "Nobody, it\nseems."]])
        // The table holds scores; what is lost is said.
        #expect(
            made.left.map(\.what)
                == (file == "ragas.csv" ? ["the scores 'faithfulness' are not carried (2 times)"] : []))
        #expect(made.policy?.contains("recall@5 not worse than baseline") == true)
    }

    @Test func ragasConversationsAreAskedByTheirLastTurn() throws {
        let made = try made("ragas", "ragas-turns.jsonl")
        let example = try #require(try examples(made).first)
        #expect(example.query == "Four.")
        #expect(example.history.map(\.role) == [.user, .assistant])
        #expect(example.expectedResult == [["name": "book", "arguments": ["seats": 4]]])
        let answer = try #require(try answers(made).first)
        #expect(answer["answer"] == "Done, four seats.")
        #expect(answer["tool_calls"] == [["name": "book", "arguments": ["seats": 4]]])
    }

    @Test func ragasOldNamesAreKnown() throws {
        let made = try made("ragas", "ragas-old.json")
        #expect(try examples(made).map(\.references) == [["Ada wrote it."]])
        #expect(try answers(made).map { $0["answer"] } == ["Ada."])
    }

    // MARK: DeepEval

    @Test(arguments: ["deepeval.json", "deepeval.csv", "deepeval.jsonl"])
    func deepEvalGoldensComeOver(file: String) throws {
        let made = try made("deepeval", file)
        let examples = try examples(made)
        #expect(examples.map(\.query) == ["What is the refund time?", "Hi"])
        #expect(examples[0].references == ["Refunds take 14 days."])
        #expect(examples[0].expectedResult == [["name": "lookup", "arguments": ["topic": "refund"]]])
        #expect(examples[0].goldSpans?.map(\.text) == ["Refunds are made within 14 days."])
        #expect(examples[0].columns.first { $0.name == "queue" }?.value == "billing")
        let answers = try answers(made)
        // What was never asked has no answer, and is no empty one.
        #expect(answers.count == 1)
        #expect(answers[0]["documents"]?.arrayValue?.count == 2)
        #expect(answers[0]["tool_calls"] == [["name": "lookup", "arguments": ["topic": "refund"]]])
    }

    @Test func deepEvalConversationsComeOverAndBareScenariosAreNamed() throws {
        let made = try made("deepeval", "deepeval-turns.json")
        let examples = try examples(made)
        #expect(examples.map(\.query) == ["Refund please"])
        #expect(examples[0].history.map(\.content) == ["Hello", "Hello, how can I help?"])
        #expect(examples[0].rubric == "The refund is explained.")
        #expect(try answers(made).map { $0["answer"] } == ["Within 14 days."])
        #expect(made.skipped == 1)
        #expect(made.left.count == 1 && made.left[0].what.contains("scenario without turns"))
    }

    // MARK: Langfuse

    @Test func langfuseItemsComeOverAndArchivedOnesDoNot() throws {
        let made = try made("langfuse", "langfuse-items.json")
        let examples = try examples(made)
        #expect(examples.map(\.id) == ["i-1", "i-2"])
        #expect(examples.map(\.query) == ["Where is the reading room?", "When do you close?"])
        #expect(examples.map(\.references) == [["On the second floor."], ["At eight."]])
        #expect(examples[1].history.count == 2)
        #expect(made.policy == nil && made.left.count == 1)
    }

    // MARK: OpenInference

    @Test func spansOfOneTraceAreOneExample() throws {
        let made = try made("openinference", "openinference-spans.jsonl")
        let examples = try examples(made)
        #expect(examples.map(\.query) == ["How long do refunds take?", "What is the weather in Oslo?"])
        #expect(examples[1].history == [Message(role: .system, content: "Be brief.")])
        let answers = try answers(made)
        #expect(answers[0]["answer"] == "Fourteen days.")
        #expect(
            answers[0]["documents"] == [
                ["id": "d1", "text": "Refunds take fourteen days.", "score": 0.91, "source": "faq.md"],
                ["id": "d2", "text": "Shipping is free.", "score": 0.4],
            ])
        #expect(answers[0]["usage"] == ["input_tokens": 120, "output_tokens": 5])
        #expect(answers[0]["latency_ms"]?.doubleValue.map { abs($0 - 1250) < 0.01 } == true)
        #expect(answers[0]["versions"] == ["model": "m-1"])
        #expect(answers[1]["tool_calls"] == [["name": "weather", "arguments": ["city": "Oslo"]]])
        #expect(answers[1]["answer"] == nil)
    }

    @Test func otlpIsRead() throws {
        let made = try made("openinference", "otlp.json")
        #expect(try examples(made).map(\.query) == ["Where is my parcel?"])
        let answer = try #require(try answers(made).first)
        #expect(answer["answer"] == "In Bergen.")
        #expect(answer["documents"] == [["id": "p7", "text": "Parcel 7 is in Bergen.", "score": 0.8]])
        #expect(answer["usage"] == ["input_tokens": 44, "output_tokens": 4])
        #expect(answer["latency_ms"]?.doubleValue.map { abs($0 - 900) < 0.01 } == true)
    }

    // MARK: Whatever is wrong

    @Test(arguments: [
        ("ragas", "", "the file is empty"),
        ("ragas", "{\"a\": 1}", "no row holds a question as RAGAS writes it"),
        ("deepeval", "[1, 2]", "no row holds a question"), ("langfuse", "{\"input\": ", "this is no JSON"),
        ("openinference", "{\"resourceSpans\": []}", "no row holds a question"),
        ("ragas", "{\"question\": \"a\"}\n{\"question\": ", "the row is no JSON"),
        ("inspect", "{\"samples\": []}", "no row holds a question"),
    ])
    func badFilesAreRefusedWithTheirPlace(format: String, text: String, cause: String) throws {
        let found = try #require(ForeignFormat.all.first { $0.name == format })
        let error = #expect(throws: ImportProblem.self) {
            try ForeignImport(found, files: [(name: "x.json", bytes: Array(text.utf8))], project: "p")
        }
        #expect(error?.description.contains(cause) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("x.json") == true)
    }

    @Test func numbersThatAreNoneAreRead() throws {
        let text = #"[{"question": "Is NaN a number?", "ground_truth": "no", "score": NaN, "x": -Infinity}]"#
        let made = try imported("ragas", [(name: "r.json", bytes: Array(text.utf8))])
        #expect(try examples(made).map(\.query) == ["Is NaN a number?"])
    }

    @Test func idsThatStandTwiceForTwoQuestionsAreToldApart() throws {
        let text =
            #"{"id": "a", "question": "one?"}"# + "\n" + #"{"id": "a", "question": "two?"}"# + "\n"
            + #"{"id": "R-2", "question": "three?"}"#
        let made = try imported("ragas", [(name: "r.jsonl", bytes: Array(text.utf8))])
        let ids = try examples(made).map(\.id)
        #expect(Set(ids).count == 3 && ids[0] == "a" && ids[2] == "R-2")
    }

    @Test func answersThatAreJSONStayAsTheyAre() throws {
        let text =
            #"{"trace": {"id": "t", "input": "one plus one as JSON", "output": [{"role": "assistant", "content": "{\"answer\": 2}"}]}, "observations": []}"#
        let made = try imported("langfuse", [(name: "t.json", bytes: Array(text.utf8))])
        #expect(try answers(made).map { $0["answer"] } == [#"{"answer": 2}"#])
    }

    @Test func hostileNestingIsNoCrash() throws {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let text =
            #"[{"question": "fine?"}, {"question": \#(deep)}, {"question": {"messages": {"messages": 3}}}]"#
        let made = try imported("ragas", [(name: "r.json", bytes: Array(text.utf8))])
        #expect(try examples(made).count == 1 && made.skipped == 2)
    }

    // MARK: What is not known is not nothing

    /// Documents as LangChain writes them carry their ids among the metadata, and what else stands there is told of.
    @Test(arguments: [
        (
            #"[{"page_content": "A.", "metadata": {"id": "d1", "source": "a.md", "lang": "en", "page": 3}}]"#,
            #"{"id":"d1","page":3,"source":"a.md","text":"A."}"#,
            ["'lang' of the documents' metadata are not carried"]
        ),
        (
            #"[{"id": null, "page_content": "A.", "metadata": {"source": "a.md"}}]"#,
            #"{"source":"a.md","text":"A."}"#, []
        ),
        (
            #"[{"id": "top", "page_content": "A.", "metadata": {"id": "below"}}]"#,
            #"{"id":"top","text":"A."}"#, []
        ),
        (
            #"[{"pageContent": "A.", "metadata": {"doc_id": 7, "score": 0.5}}]"#,
            #"{"id":"7","score":0.5,"text":"A."}"#, []
        ),
        (#"[{"page_content": "A.", "metadata": {}}]"#, #"{"text":"A."}"#, []),
        (
            #"{"documents": [{"kwargs": {"page_content": "A.", "metadata": {"_id": "k"}}}]}"#,
            #"{"id":"k","text":"A."}"#, []
        ),
    ])
    func documentsKeepTheIdsOfTheirMetadata(output: String, document: String, left: [String]) throws {
        for written in [output, JSONValue.string(output).text()] {
            let text =
                #"[{"trace": {"id": "t", "input": "q?", "output": "a"}, "observations": [{"id": "o", "type": "RETRIEVER", "output": \#(written)}]}]"#
            let made = try imported("langfuse", [(name: "t.json", bytes: Array(text.utf8))])
            let found = try #require(try answers(made).first?["documents"]?[0])
            #expect(String(decoding: found.canonicalBytes, as: UTF8.self) == document)
            #expect(made.left.map(\.what) == left)
            let isNameless = !document.contains("\"id\"") && !document.contains("\"source\"")
            #expect(made.changed.contains { $0.what.contains("neither an id nor a source") } == isNameless)
        }
    }

    /// A retriever whose output cannot be read says nothing of what was retrieved; one that found nothing says so.
    @Test(
        arguments: [
            ("null", nil), (#""just text""#, nil), (#"[{"score": 1}]"#, nil), ("[]", 0),
            (#"[{"pageContent": "a"}]"#, 1), (#"{"chunks": [{"text": "a"}, {"text": "b"}]}"#, 2),
            (#"{"matches": [{"id": "d1", "metadata": {"text": "a"}}]}"#, 1),
            (#""[{\"page_content\": \"a\"}]""#, 1),
        ] as [(String, Int?)])
    func retrievalThatCannotBeReadIsNotEmpty(output: String, count: Int?) throws {
        let text =
            #"{"trace": {"id": "t", "input": "q?", "output": "a"}, "observations": [{"id": "o", "type": "RETRIEVER", "output": \#(output)}]}"#
        let langfuse = try imported("langfuse", [(name: "t.json", bytes: Array(text.utf8))])
        #expect(try answers(langfuse)[0]["documents"]?.arrayValue?.count == count)
        #expect(langfuse.left.count == (count == nil ? 1 : 0))
        let value = try JSONValue.parse(output)
        var span = JSONObject()
        span["name"] = "r"
        span["span_kind"] = "RETRIEVER"
        span["context"] = ["trace_id": "t", "span_id": "2"]
        span["parent_id"] = "1"
        span["attributes"] = [
            "output.value": .string(value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self))
        ]
        let root =
            #"{"name": "q", "context": {"trace_id": "t", "span_id": "1"}, "attributes": {"input.value": "q?", "output.value": "a"}}"#
        let rows = root + "\n" + String(decoding: JSONValue.object(span).bytes(), as: UTF8.self)
        let spans = try imported("openinference", [(name: "s.jsonl", bytes: Array(rows.utf8))])
        #expect(try answers(spans)[0]["documents"]?.arrayValue?.count == count)
        #expect(spans.left.count == (count == nil ? 1 : 0))
    }

    @Test func whatWasSaidBeforeTheLastQuestionIsNoAnswerToIt() throws {
        let text =
            #"{"user_input": [{"content": "Hi", "type": "human"}, {"content": "Hello", "type": "ai", "tool_calls": [{"name": "greet", "args": {}}]}, {"content": "Book it", "type": "human"}]}"#
        let made = try imported("ragas", [(name: "r.jsonl", bytes: Array(text.utf8))])
        #expect(try answers(made).isEmpty)
        #expect(try examples(made).map(\.query) == ["Book it"])
    }

    @Test func failuresAndEmptyAnswersAreRecorded() throws {
        let langfuse = try imported(
            "langfuse",
            [
                (
                    name: "t.json",
                    bytes: Array(
                        #"{"trace": {"id": "t", "input": "q?", "metadata": {"queue": "a"}}, "observations": [{"id": "o", "type": "GENERATION", "level": "ERROR", "statusMessage": "429"}]}"#
                            .utf8)
                )
            ])
        #expect(try answers(langfuse) == [["id": "t", "error": "429"]])
        #expect(try examples(langfuse)[0].columns.contains { $0.name == "queue" && $0.value == "a" })
        let span =
            #"{"name": "q", "context": {"trace_id": "t", "span_id": "1"}, "status_code": "ERROR", "status_message": "boom", "attributes": {"input.value": "q?", "session.id": "s1", "metadata": "{\"tier\": \"gold\"}"}}"#
        let spans = try imported("openinference", [(name: "s.jsonl", bytes: Array(span.utf8))])
        #expect(try answers(spans) == [["id": "t", "error": "boom"]])
        #expect(try examples(spans)[0].columns.map(\.name).sorted() == ["session", "tier", "trace_name"])
        let tools =
            #"[{"input": "q?", "expected_tools": [{"name": "search"}, {"name": "book", "input_parameters": {"n": 1}}]}]"#
        let wanted = try imported("deepeval", [(name: "d.json", bytes: Array(tools.utf8))])
        // Without parameters the name alone is asked for.
        #expect(
            try examples(wanted)[0].expectedResult == ["search", ["name": "book", "arguments": ["n": 1]]])
        let golden = #"[{"input": "q?", "actual_output": ""}, {"input": "r?", "actual_output": null}]"#
        let deepeval = try imported("deepeval", [(name: "d.json", bytes: Array(golden.utf8))])
        #expect(try answers(deepeval).map { $0["answer"] } == [""])
    }

    // MARK: Real traces

    /// Eighteen frameworks' traces as Langfuse exported them; the conversations in `*.chatml.json` are its own reading.
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"] != nil))
    struct CorpusForeignTraces {
        @Test func everyTraceHasItsQuestionAndItsAnswer() throws {
            let root = try #require(ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"])
            let folder = root + "/llm-traces/langfuse/"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                $0.hasSuffix(".trace.json")
            }.sorted()
            #expect(names.count == 18)
            var asked = 0
            for name in names {
                let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + name)))
                let made = try ForeignImport(
                    #require(ForeignFormat.all.first { $0.name == "langfuse" }), files: [(name, bytes)],
                    project: "p")
                #expect(made.examples == 1, "\(name)")
                #expect(made.answers == 1, "\(name)")
                let row = try JSONValue.parse(#require(made.files.first).text)
                let other = folder + name.replacing(".trace.json", with: ".chatml.json")
                let chat = try JSONValue.parse(
                    Array(try Data(contentsOf: URL(fileURLWithPath: other))))
                let said = Self.users(chat)
                let query = try #require(row["query"]?.stringValue)
                if said.isEmpty { continue }
                asked += 1
                // Of the joke generator the trace is asked for a topic, and its models for jokes.
                if name.hasPrefix("pydantic-ai-tools-2025-12-04") { continue }
                #expect(said.contains(query), "\(name): \(query)")
            }
            #expect(asked >= 12)
        }

        /// What users said, by Langfuse's reading.
        private static func users(_ value: JSONValue) -> Set<String> {
            switch value {
            case .array(let elements): return elements.reduce(into: []) { $0.formUnion(users($1)) }
            case .object(let object):
                if object["role"] == "user", let text = object["content"]?.stringValue { return [text] }
                return object.members.reduce(into: []) { $0.formUnion(users($1.value)) }
            default: return []
            }
        }
    }
}
