import Domain
import Interchange
import Notation
import Testing

@Suite struct RequestTemplateTests {
    private func question(session: String? = nil) -> Question {
        var example = Example(id: "GD-1", query: "last")
        example.context = ["p1", "p2"]
        example.category = "orders"
        example.columns = [
            Example.Column(name: "locale", value: "de"), Example.Column(name: "k", value: "5", json: 5),
        ]
        return Question(
            example: example, query: "What \"now\"?",
            history: [Message(role: .user, content: "Hi"), Message(role: .assistant, content: "Hello")],
            arm: .candidate, repetition: 2, turn: 1, attempt: 0, session: session, runID: "r-1",
            idempotencyKey: "i",
            timeoutSeconds: 5)
    }

    private func filled(
        _ template: String, overlay: JSONObject = JSONObject(), session: String? = nil
    ) throws -> String {
        let template = try RequestTemplate(JSONValue.parse(template), overlay: overlay)
        return String(decoding: try template.body(for: question(session: session)), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"q": "${input.query}"}"#, #"{"q":"What \"now\"?"}"#),
        (#"{"q": "${input.question}"}"#, #"{"q":"What \"now\"?"}"#),
        (#"{"q": "Ask: ${input.query} (${input.locale})"}"#, #"{"q":"Ask: What \"now\"? (de)"}"#),
        (
            #"["${input.history}"]"#,
            #"[[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]]"#
        ),
        (
            #"["${input.history...}", "x"]"#,
            #"[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},"x"]"#
        ),
        (#"{"h": "So far:\n${input.history}"}"#, #"{"h":"So far:\nuser: Hi\nassistant: Hello"}"#),
        (#"{"c": "${input.context}", "d": "<${input.context}>"}"#, #"{"c":["p1","p2"],"d":"<p1\n\np2>"}"#),
        (#"{"k": "${input.k}", "l": "k${input.k}"}"#, #"{"k":5,"l":"k5"}"#),
        (
            #"{"r": "${repeat}", "id": "${example.id}", "t": "${turn}", "run": "${run}"}"#,
            #"{"r":2,"id":"GD-1","t":1,"run":"r-1"}"#
        ),
        (
            #"{"a": "$${input.query}", "b": "$5", "c": 1.5, "d": [true, null]}"#,
            #"{"a":"${input.query}","b":"$5","c":1.5,"d":[true,null]}"#
        ),
        (#""${input.query}""#, #""What \"now\"?""#),
        (#"{"${input.query}": 1, "s": "${session}"}"#, #"{"${input.query}":1}"#),
    ])
    func placeholdersAreFilledIn(template: String, body: String) throws {
        #expect(try filled(template) == body)
    }

    @Test func aSessionIsSentOnceItIsKnown() throws {
        let template = #"{"q": 1, "s": "${session}", "t": "<${session}>"}"#
        #expect(try filled(template) == #"{"q":1,"t":"<>"}"#)
        #expect(try filled(template, session: "s9") == #"{"q":1,"s":"s9","t":"<s9>"}"#)
    }

    /// RFC 7386: members are laid over, null removes.
    @Test func anOverlayIsLaidOverTheTemplate() throws {
        let overlay = try #require(
            JSONValue.parse(#"{"a": {"x": 2, "y": null}, "b": null, "c": "${repeat}"}"#).objectValue)
        #expect(
            try filled(#"{"a": {"x": 1, "y": 1, "z": 1}, "b": 5}"#, overlay: overlay)
                == #"{"a":{"x":2,"z":1},"c":2}"#)
    }

    @Test func everyProblemIsToldWithItsPlace() throws {
        let template = try JSONValue.parse(
            #"{"a": "${input.expected_intent}", "b/c": ["${env:KEY}"], "d": "${query}", "e": "${input.query"}"#
        )
        do {
            _ = try RequestTemplate(template)
            Issue.record("compiled")
        } catch {
            #expect(error.problems.map(\.pointer) == ["/a", "/b~1c/0", "/d", "/e"])
            #expect(
                error.problems.map(\.cause) == [
                    "'expected_intent' is an expectation: an app must not see it",
                    "a secret in the body would be kept with the request", "'${query}' is no placeholder",
                    "a '${' is never closed",
                ])
        }
    }

    @Test func aMissingColumnIsFoundWhileAsking() throws {
        let template = try RequestTemplate(["z": "${input.zone}", "l": ["${input.locale}"]])
        #expect(template.columns == ["locale", "zone"])
        #expect { _ = try template.body(for: question()) } throws: {
            ($0 as? RequestTemplate.MissingColumn)?.name == "zone"
        }
    }

    @Test func valuesInAnAddressArePercentEncoded() throws {
        let address = try TemplateText("http://h/${example.id}?q=${input.query}")
        #expect(
            try address.filled(question(), percentEncoding: true) == "http://h/GD-1?q=What%20%22now%22%3F")
    }
}
