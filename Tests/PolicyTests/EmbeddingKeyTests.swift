import Domain
import Policy
import Testing

@Suite struct EmbeddingKeyTests {
    @Test func anEncoderIsNamedByItsFolder() throws {
        let (policy, diagnostics) = read(Fixtures.policy(more: "embedding: { model: models/minilm }"))
        #expect(diagnostics.isEmpty)
        guard case .encoder(let folder)? = try #require(policy).embedding else {
            Issue.record("no encoder")
            return
        }
        #expect(folder == "models/minilm")
    }

    @Test func anEndpointIsNamedByAddressModelAndHeaders() throws {
        let text =
            "embedding: { openai: http://h/v1, name: small, headers: { Authorization: 'Bearer ${env:KEY}' } }"
        let (policy, diagnostics) = read(Fixtures.policy(more: text))
        #expect(diagnostics.isEmpty)
        guard case .endpoint(let address, let model, let headers)? = try #require(policy).embedding else {
            Issue.record("no endpoint")
            return
        }
        #expect(address == "http://h/v1" && model == "small")
        #expect(headers.map(\.name) == ["Authorization"])
        #expect(headers.first?.value.description == "Bearer <redacted>")
    }

    @Test func noneIsNamedWhereThePolicyNamesNone() throws {
        let (policy, _) = read(Fixtures.policy(more: ""))
        #expect(try #require(policy).embedding == nil)
    }

    @Test(arguments: [
        "{ openai: http://h/v1 }", "{ model: m, name: n }", "{ name: n }", "{ model: 3 }", "minilm",
        "{ openai: h, name: n }", "{ openai: http://h/v1, name: n, headers: { 'a b': c } }",
        "{ openai: http://h/v1, name: n, model: m }",
    ])
    func otherFormsAreRefused(text: String) {
        let (policy, diagnostics) = read(Fixtures.policy(more: "embedding: \(text)"))
        #expect(policy == nil)
        #expect(!diagnostics.isEmpty)
    }
}
