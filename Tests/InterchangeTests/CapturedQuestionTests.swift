import Interchange
import Notation
import Testing

@Suite struct CapturedQuestionTests {
    struct Case: Sendable {
        let body: String
        var template: String?
        let query: String?
        var turns = 0
    }

    @Test(arguments: [
        Case(body: #"{"query": "a"}"#, query: "a"), Case(body: #"{"question": "a"}"#, query: "a"),
        Case(body: #"{"other": "a"}"#, query: nil), Case(body: #""a""#, query: "a"),
        Case(
            body: #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]}"#,
            query: "a",
            turns: 1),
        Case(
            body: #"{"in": {"ask": "a"}, "query": "no"}"#, template: #"{"in": {"ask": "${input.query}"}}"#,
            query: "a"),
        Case(
            body: #"{"m": [{"c": "a"}]}"#, template: #"{"m": [{"c": "${input.query}"}]}"#, query: "a"),
        Case(
            body: #"{"q": "a", "h": [{"role": "user", "content": "x"}]}"#,
            template: #"{"q": "${input.query}", "h": "${input.history}"}"#, query: "a", turns: 1),
        // What the template does not fit is read as apps usually have it.
        Case(body: #"{"query": "a"}"#, template: #"{"ask": "${input.query}"}"#, query: "a"),
    ])
    func aQuestionIsReadBack(_ example: Case) throws {
        let body = try JSONValue.parse(Array(example.body.utf8))
        let template = try example.template.map { try JSONValue.parse(Array($0.utf8)) }
        let found = CapturedQuestion(body, template: template)
        #expect(found?.query == example.query)
        #expect(found?.history.count ?? 0 == example.turns)
    }
}
