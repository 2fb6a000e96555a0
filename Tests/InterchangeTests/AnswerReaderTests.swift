import Domain
import Interchange
import Notation
import Testing

@Suite struct AnswerReaderTests {
    /// Reads a body whose parts stand under their own names.
    private func read(_ body: String, _ set: (inout ObserveMap) -> Void) throws -> Answer {
        var map = ObserveMap()
        set(&map)
        var answer = Answer(latencyMilliseconds: 0)
        try AnswerReader(map).read(JSONValue.parse(body), into: &answer)
        return answer
    }

    @Test func everyPartIsReadFromItsPlace() throws {
        let body = """
            {"answer": "A", "routing": {"intent": "i", "confidence": 0.5}, "similarity": 0.9, "band": "HIGH",
             "retrieval": [{"id": "d1", "score": 0.7, "text": "t", "source": "s", "page": 3}], "guardrail":
             {"outcome": "block", "reason": "pii"}, "usage": {"input_tokens": 5, "output_tokens": 2, "cost": 0.1},
             "timings": {"routing": 1, "retrieval_ms": 2.5, "generation_s": 0.3}, "tool_calls":
             [{"name": "f", "arguments": "{\\"a\\": 1}"}], "versions": {"prompt": "v2", "index": {"kind": "hnsw", "size": 7}},
             "session_id": 17, "steps": 4, "resolved": true}
            """
        let answer = try read(body) { map in
            map.text = "/answer"
            map.intent = "/routing/intent"
            map.confidence = "/routing/confidence"
            map.score = "/similarity"
            map.scoreLabel = "/band"
            map.documents = "/retrieval"
            map.guardrail = "/guardrail"
            map.usage = "/usage"
            map.stages = "/timings"
            map.tools = "/tool_calls"
            map.versions = "/versions"
            map.session = "/session_id"
            map.values = [
                .init(name: "steps", pointer: "/steps"), .init(name: "resolved", pointer: "/resolved"),
            ]
        }
        #expect(answer.problems == [])
        #expect(answer.text == "A")
        #expect(answer.intent == "i")
        #expect(answer.confidence == 0.5)
        #expect(answer.score == 0.9)
        #expect(answer.scoreLabel == "HIGH")
        #expect(
            answer.documents == [RetrievedDocument(id: "d1", score: 0.7, text: "t", source: "s", page: 3)])
        #expect(answer.guardrail == GuardrailDecision(outcome: .block, reason: "pii"))
        #expect(answer.usage == Usage(inputTokens: 5, outputTokens: 2, cost: 0.1))
        #expect(
            answer.stages == [
                StageTiming(name: "routing", milliseconds: 1),
                StageTiming(name: "retrieval", milliseconds: 2.5),
                StageTiming(name: "generation", milliseconds: 300),
            ])
        #expect(answer.tools == [ToolCall(name: "f", arguments: ["a": 1])])
        #expect(
            answer.versions == [
                Answer.Version(name: "index.kind", value: "hnsw"),
                Answer.Version(name: "index.size", value: "7"),
                Answer.Version(name: "prompt", value: "v2"),
            ])
        #expect(answer.session == "17")
        #expect(answer.values.map(\.name) == ["resolved", "steps"])
        #expect(answer.values.map(\.value) == [1, 4])
    }

    @Test(arguments: [
        (#"{"text": 5}"#, "text", "the text is an integer, not a text"),
        (#"{"text": {"a": 1}}"#, "text", "the text is an object, not a text"),
        (#"{"intent": ["a"]}"#, "intent", "the intent is an array, not a text"),
        (#"{"confidence": "0.9"}"#, "confidence", "the confidence is a string, not a number"),
        (#"{"score": "high"}"#, "score", "the score is a string, not a number"),
        (#"{"documents": "d1"}"#, "documents", "the documents are a string, not a list"),
        (#"{"documents": [{"text": "x"}]}"#, "documents", "document 1 has neither an id nor a source"),
        (
            #"{"documents": [{"id": "a", "score": "x"}]}"#, "documents",
            "the score of document 1 is a string, not a number"
        ),
        (
            #"{"guardrail": "perhaps"}"#, "guardrail",
            "the guardrail is a string that says neither allow nor block"
        ),
        (
            #"{"guardrail": true}"#, "guardrail",
            "the guardrail is a boolean that says neither allow nor block"
        ),
        (#"{"usage": 5}"#, "usage", "the usage is an integer, not an object"),
        (#"{"usage": {"input_tokens": "5"}}"#, "usage", "'input_tokens' is a string"),
        (
            #"{"usage": {"tokns": 5}}"#, "usage",
            "the usage names no tokens and no cost that are known (members: tokns)"
        ),
        (
            #"{"usage": {"input_tokens": 1, "cached_tokens": 2}}"#, "usage",
            "the usage counts more cached than input tokens"
        ),
        (#"{"stages": {"a": -1}}"#, "stages", "the time of stage 'a' is negative or beyond all bounds"),
        (#"{"stages": {"a_s": 1e308}}"#, "stages", "the time of stage 'a' is negative or beyond all bounds"),
        (#"{"stages": [1]}"#, "stages", "stage 1 is neither [name, ms] nor {name, ms}"),
        (#"{"tools": "f"}"#, "tools", "the tools is a string, not a list"),
        (
            #"{"tools": [{"name": "f", "arguments": "{\"a\": "}]}"#, "tools",
            "the arguments of tool call 1 are no JSON: the text ends before the value does: it is truncated"
        ),
        (#"{"tools": [{"arguments": {}}]}"#, "tools", "tool call 1 has no name"),
        (
            #"{"versions": ["a"]}"#, "versions",
            "the versions are an array, not an object of names and versions"
        ),
        (#"{"session": []}"#, "session", "the session is an array, not a text"),
    ])
    func aWrongTypeIsANamedProblem(body: String, part: String, detail: String) throws {
        let answer = try read(body) { map in
            switch part {
            case "text": map.text = "/text"
            case "intent": map.intent = "/intent"
            case "confidence": map.confidence = "/confidence"
            case "score": map.score = "/score"
            case "documents": map.documents = "/documents"
            case "guardrail": map.guardrail = "/guardrail"
            case "usage": map.usage = "/usage"
            case "stages": map.stages = "/stages"
            case "tools": map.tools = "/tools"
            case "versions": map.versions = "/versions"
            default: map.session = "/session"
            }
        }
        #expect(answer.problems == [Answer.PartProblem(part: part, kind: .unreadable, detail: detail)])
    }

    /// What is left of a part that could not be read whole would be scored as if it were all of it.
    @Test func aPartThatCannotBeReadIsAbsentNotEmpty() throws {
        let body = #"""
            {"documents": [["d1", "d2"]], "guardrail": "perhaps", "usage": 5, "stages": {"a": 1, "b": "x"},
             "tools": [{"name": "f"}, {"arguments": {}}]}
            """#
        let answer = try read(body) { map in
            map.documents = "/documents"
            map.guardrail = "/guardrail"
            map.usage = "/usage"
            map.stages = "/stages"
            map.tools = "/tools"
        }
        #expect(answer.documents == nil)
        #expect(answer.guardrail == nil)
        #expect(answer.usage == nil)
        #expect(answer.stages == nil)
        #expect(answer.tools == nil)
        #expect(answer.problems.map(\.part) == ["documents", "guardrail", "usage", "stages", "tools"])
        #expect(answer.problems[0].detail == "document 1 is an array, neither an id nor an object")
    }

    @Test func anAbsentPartIsNamedAndANullIsNone() throws {
        let answer = try read(#"{"intent": null, "documents": null, "tools": null}"#) { map in
            map.text = "/answer/text"
            map.intent = "/intent"
            map.documents = "/documents"
            map.tools = "/tools"
            map.values = [.init(name: "n", pointer: "/n")]
        }
        #expect(answer.problems.map(\.part) == ["text", "values.n"])
        #expect(answer.problems.map(\.kind) == [.absent, .absent])
        #expect(answer.problems[0].detail == "there is no member 'answer' at the top")
        #expect(answer.intent == nil)
        #expect(answer.documents == [])
        #expect(answer.tools == [])
    }

    @Test(arguments: [
        (#""allow""#, GuardrailOutcome.allow, nil), (#""BLOCK""#, .block, nil), (#""passed""#, .allow, nil),
        (#""Refused""#, .block, nil), (#""GUARDRAIL_INTERVENED""#, .block, nil), (#""NONE""#, .allow, nil),
        (#"{"action": "blocked", "category": "pii"}"#, .block, "pii"), (#"{"blocked": false}"#, .allow, nil),
        (#"{"passed": true}"#, .allow, nil), (#"{"is_safe": false, "reason": "x"}"#, .block, "x"),
        (#"{"flagged": true}"#, .block, nil),
    ])
    func guardrailsSpeakManyWords(body: String, outcome: GuardrailOutcome, reason: String?) throws {
        let answer = try read("{\"g\": \(body)}") { $0.guardrail = "/g" }
        #expect(answer.guardrail == GuardrailDecision(outcome: outcome, reason: reason))
    }

    @Test(arguments: [
        ("/blocked", "true", GuardrailOutcome.block), ("/blocked", "false", .allow),
        ("/passed", "true", .allow),
        ("/refused", "true", .block), ("/is_safe", "true", .allow),
    ])
    func aYesOrNoIsReadByItsName(pointer: String, body: String, outcome: GuardrailOutcome) throws {
        let answer = try read("{\"\(pointer.dropFirst())\": \(body)}") { $0.guardrail = pointer }
        #expect(answer.guardrail?.outcome == outcome)
    }

    @Test(arguments: [
        (#"["a", "b"]"#, [RetrievedDocument(id: "a"), RetrievedDocument(id: "b")]),
        (#"[{"doc_id": 7, "similarity": 1}]"#, [RetrievedDocument(id: "7", score: 1)]),
        (
            #"[{"page_content": "t", "metadata": {"source": "h.pdf", "page": 4}}]"#,
            [RetrievedDocument(id: "h.pdf#4", text: "t", source: "h.pdf", page: 4)]
        ),
        (
            #"[{"score": 0.5, "document": {"id": "x", "content": "t"}}]"#,
            [RetrievedDocument(id: "x", score: 0.5, text: "t")]
        ),
        ("[]", []),
    ])
    func documentsAreReadUnderTheNamesOfRetrievers(body: String, documents: [RetrievedDocument]) throws {
        let answer = try read("{\"d\": \(body)}") { $0.documents = "/d" }
        #expect(answer.documents == documents)
        #expect(answer.problems == [])
    }

    /// Sums after the providers' references; those of Gemini and Anthropic as in recorded responses.
    @Test(
        arguments: [
            (
                #"{"prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27, "prompt_tokens_details": {"cached_tokens": 16}}"#,
                20, 16, 7
            ),
            (
                #"{"input_tokens": 22, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 6, "total_tokens": 28}"#,
                22, 0, 6
            ),
            (
                #"{"input_tokens": 9, "cache_creation_input_tokens": 1, "cache_read_input_tokens": 2, "output_tokens": 21}"#,
                12, 2, 21
            ),
            (
                #"{"promptTokenCount": 277, "candidatesTokenCount": 37, "totalTokenCount": 884, "thoughtsTokenCount": 570}"#,
                277, nil, 607
            ),
            (
                #"{"promptTokenCount": 75, "candidatesTokenCount": 414, "totalTokenCount": 1179, "toolUsePromptTokenCount": 573, "thoughtsTokenCount": 117}"#,
                648, nil, 531
            ),
            (
                #"{"total_tokens": 326, "total_input_tokens": 266, "total_cached_tokens": 0, "total_output_tokens": 3, "total_thought_tokens": 57}"#,
                266, 0, 60
            ),
            (
                #"{"billed_units": {"input_tokens": 4, "output_tokens": 2}, "tokens": {"input_tokens": 70, "output_tokens": 2}, "cached_tokens": 60}"#,
                70, 60, 2
            ),
            (
                #"{"prompt_tokens": 41, "completion_tokens": 15, "total_tokens": 56, "cached_tokens": 0}"#,
                41, 0, 15
            ),
            (
                #"{"inputTokens": 10, "outputTokens": 5, "cacheReadInputTokens": 100, "cacheWriteInputTokens": 0}"#,
                110, 100, 5
            ),
            (#"{"prompt_eval_count": 310, "eval_count": 145}"#, 310, nil, 145),
            (#"{"prompt_tokens": 5, "completion_tokens": null}"#, 5, nil, nil),
        ] as [(String, Int?, Int?, Int?)])
    func tokensAreCountedOnce(body: String, input: Int?, cached: Int?, output: Int?) throws {
        let usage = try UsageReader.read(JSONValue.parse(body))
        #expect(usage == Usage(inputTokens: input, cachedInputTokens: cached, outputTokens: output))
    }

    @Test(arguments: [
        #"[["a", 1], ["b", 2]]"#, #"[{"name": "a", "ms": 1}, {"stage": "b", "duration_ms": 2}]"#,
        #"{"a_ms": 1, "b_s": 0.002}"#, #"{"a": {"ms": 1}, "b": {"seconds": 0.002}}"#,
    ])
    func stagesComeInManyForms(body: String) throws {
        let answer = try read("{\"s\": \(body)}") { $0.stages = "/s" }
        #expect(
            answer.stages == [
                StageTiming(name: "a", milliseconds: 1), StageTiming(name: "b", milliseconds: 2),
            ])
    }

    @Test(arguments: [
        #"[{"type": "function", "id": "c1", "function": {"name": "f", "arguments": "{\"x\": [1]}"}}]"#,
        #"[{"name": "f", "arguments": {"x": [1]}}]"#,
        #"[{"type": "tool_use", "name": "f", "input": {"x": [1]}}]"#,
        #"[{"functionCall": {"name": "f", "args": {"x": [1]}}}]"#,
        #"{"name": "f", "parameters": {"x": [1]}}"#,
    ])
    func toolCallsComeInManyForms(body: String) throws {
        let answer = try read("{\"t\": \(body)}") { $0.tools = "/t" }
        #expect(answer.tools == [ToolCall(name: "f", arguments: ["x": [1]])])
        #expect(answer.problems == [])
    }

    @Test func aPointerThatIsNoneIsRefused() {
        var map = ObserveMap()
        map.intent = "routing/intent"
        #expect {
            _ = try AnswerReader(map)
        } throws: { error in
            (error as? AnswerReader.Problem)?.description
                == "observe.intent: a JSON Pointer begins with '/': write '/routing/intent' for 'routing/intent'"
        }
    }
}
