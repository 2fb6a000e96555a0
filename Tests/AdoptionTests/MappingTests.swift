import Adoption
import Notation
import Policy
import Testing

/// Answers of apps of many kinds, and where a person would say that each part stands.
@Suite struct MappingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// The answer, with `%` for what changes with the question.
        let body: String
        /// `part pointer`, those that must be found; no others may be.
        let parts: [String]
        let preset: String
        var known: [String] = []
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "text alone", body: #"{"answer": "It is %."}"#, parts: ["text /answer"], preset: "chat"),
        Case(
            name: "a reply with its echo",
            body: #"{"query": "%", "data": {"reply": "You may %."}, "took_ms": 12}"#,
            parts: ["text /data/reply"], preset: "chat"),
        Case(
            name: "a chat API",
            body:
                #"{"choices": [{"message": {"role": "assistant", "content": "So %."}}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}, "model": "m-1"}"#,
            parts: [], preset: "chat", known: ["text", "usage", "versions"]),
        Case(
            name: "a chat API that shows its sources",
            body:
                #"{"choices": [{"message": {"role": "assistant", "content": "So %."}}], "model": "m-1", "sources": [{"id": "d%", "text": "x"}]}"#,
            parts: ["text /choices/0/message/content", "documents /sources", "versions /model"], preset: "rag"
        ),
        Case(
            name: "messages of Anthropic's form",
            body:
                #"{"type": "message", "role": "assistant", "content": [{"type": "text", "text": "So %."}], "model": "c", "usage": {"input_tokens": 1, "output_tokens": 2}}"#,
            parts: [], preset: "chat", known: ["text", "usage", "versions"]),
        Case(
            name: "retrieval with metadata",
            body:
                #"{"result": "It is % indeed.", "source_documents": [{"page_content": "a b c", "metadata": {"source": "a.pdf", "page": 2}}, {"page_content": "d", "metadata": {"source": "b.pdf", "page": 1}}]}"#,
            parts: ["text /result", "documents /source_documents"], preset: "rag"),
        Case(
            name: "chunks in camel case",
            body:
                #"{"responseText": "It is % now.", "retrievedDocuments": [{"docId": "a", "score": 0.5, "content": "x"}], "sessionId": "s1", "tokenUsage": {"inputTokens": 4, "outputTokens": 5}}"#,
            parts: [
                "text /responseText", "documents /retrievedDocuments", "usage /tokenUsage",
                "session /sessionId",
            ], preset: "rag"),
        Case(
            name: "a classifier", body: #"{"intent": "c%", "confidence": 0.93}"#,
            parts: ["intent /intent", "confidence /confidence"], preset: "classifier"),
        Case(
            name: "a pipeline's labels",
            body: #"[{"label": "CLASS_%", "score": 0.99}, {"label": "OTHER", "score": 0.01}]"#,
            parts: ["intent /0/label", "confidence /0/score"], preset: "classifier"),
        Case(
            name: "a similarity", body: #"{"similarity": 0.9%, "label": "HIGH"}"#,
            parts: ["score /similarity", "label /label"], preset: "similarity"),
        Case(
            name: "an agent",
            body:
                #"{"output": "Done: %.", "tool_calls": [{"name": "search", "arguments": {"q": "%"}}], "usage": {"input_tokens": 5, "output_tokens": 6, "cost": 0.01}}"#,
            parts: ["text /output", "usage /usage", "tools /tool_calls"], preset: "agent"),
        Case(
            name: "a guardrail and stages",
            body:
                #"{"answer": "No %.", "guardrail": {"outcome": "block", "reason": "x"}, "timings": {"routing": 1, "generation_s": 0.5}, "versions": {"prompt": "v1", "model": "m"}}"#,
            parts: ["text /answer", "guardrail /guardrail", "stages /timings", "versions /versions"],
            preset: "chat"),
        Case(
            name: "names with slashes", body: #"{"a/b": {"an~swer": "x", "text": "It is % today."}}"#,
            parts: ["text /a~1b/text"], preset: "chat"),
    ]

    @Test(arguments: cases) func partsAreFoundWhereAPersonWouldLook(example: Case) throws {
        let questions = ["how do I pay?", "when do you open?", "where is it?"]
        let words = ["11", "22", "33"]
        let answers = try zip(questions, words).map { question, word in
            let body =
                example.name.contains("echo")
                ? example.body.replacing(#""query": "%""#, with: #""query": "\#(question)""#) : example.body
            return ProbedAnswer(
                question: question, body: try JSONValue.parse(body.replacing("%", with: word)))
        }
        let mapping = MappingFinder.find(answers)
        #expect(mapping.parts.map { "\($0.part) \($0.pointer)" } == example.parts)
        #expect(mapping.known.map(\.part) == example.known)
        #expect(PresetChoice.choose(mapping)?.preset.name == example.preset)
    }

    @Test func anAnswerThatIsNothingButTextIsTheText() {
        let mapping = MappingFinder.find([ProbedAnswer(question: "q", body: nil, plainText: "Hello there")])
        #expect(mapping.known.map(\.part) == ["text"])
        #expect(PresetChoice.choose(mapping)?.preset.name == "chat")
    }

    @Test(arguments: ["{}", "[]", "null", "{\"ok\": true}", "{\"n\": 3}", "[[[]]]"])
    func anAnswerWithNothingInItIsNotGuessedAt(body: String) throws {
        let mapping = MappingFinder.find([ProbedAnswer(question: "q", body: try JSONValue.parse(body))])
        #expect(PresetChoice.choose(mapping) == nil)
    }

    @Test func aDeepAndWideAnswerIsReadInTime() throws {
        var value: JSONValue = "x"
        for _ in 0..<60 { value = ["a": value] }
        var wide = JSONObject()
        for number in 0..<50_000 { wide["k\(number)"] = .array([.integer(Int64(number)), value]) }
        let start = ContinuousClock.now
        _ = MappingFinder.find([ProbedAnswer(question: "q", body: .object(wide))])
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
