import Domain
import Metrics
import Notation
import Policy
import Testing
import Text

/// The schema and the reader come from one table; here they are held against each other on whole files.
@Suite struct SchemaTests {
    static let schema = Result { () throws(JSONSchemaError) in
        try JSONSchema.compile(PolicySchema.json()) { text in
            let pattern = try Pattern(text, dialect: .ecma)
            return { subject in try? pattern.matches(subject) }
        }
    }

    private func violations(_ part: String, _ name: String) throws -> [String] {
        let root = try #require(YAMLNode.read(try Fixtures.bytes(part, name)).root)
        return try Self.schema.get().validate(root.json).map(\.description)
    }

    @Test(arguments: Fixtures.names("good"))
    func goodPoliciesAreValid(_ name: String) throws {
        #expect(try violations("good", name) == [])
    }

    /// The schema is whole from the start: what is not built yet has its form already.
    @Test(arguments: ["tomorrow.yaml", "no-baseline.yaml", "contradictory-gates.yaml"])
    func policiesThatAreEarlyOrContradictoryAreValidInForm(_ name: String) throws {
        #expect(try violations("bad", name) == [])
    }

    /// Policies whose form is wrong, each in every one of its keys.
    @Test(arguments: [
        "unknown-keys.yaml", "wrong-types.yaml", "nothing-asked.yaml", "not-a-mapping.yaml", "kpi.yaml",
        "unknown-metric.yaml", "hostile-key.yaml",
    ])
    func badFormsAreInvalid(_ name: String) throws {
        #expect(try violations("bad", name) != [])
    }

    /// Whether the one or the other refuses a value, they must agree, key by key.
    @Test(arguments: [
        ("version: 1", "version: 2"), ("version: 1", "version: \"1\""), ("project: helpdesk", "project: 5"),
        ("project: helpdesk", "projet: x"), ("dataset: golden/", "dataset: []"),
        ("dataset: golden/", "dataset: {}"),
        ("dataset: golden/", "data: golden/"), ("metrics: []", "metrics: mrr"),
        ("metrics: []", "metrics: [mrr, [x]]"),
        ("metrics: []", "metrics: [{ mrr: 1, kpi: 2 }]"), ("metrics: []", "metrics: [no_such_metric]"),
        ("metrics: []", "metrics: [recall@0]"), ("metrics: []", "preset: ragged"),
        ("metrics: []", "unsure: never"),
        ("metrics: []", "confidence: 95"), ("metrics: []", "confidence: 101%"), ("metrics: []", "seed: -1"),
        ("metrics: []", "slices: [1]"), ("metrics: []", "slices: intent"), ("metrics: []", "estimand: all"),
        ("metrics: []", "layers: { prompt: [] }"), ("metrics: []", "layers: { prompts: [golden] }"),
        ("metrics: []", "changes: { prompt: {} }"), ("metrics: []", "catalogues: { a: [] }"),
        ("repeats: 1", "repeats: 0"), ("repeats: 1", "repeats: 1.5"), ("repeats: 1", "timeout: 30"),
        ("repeats: 1", "timeout: 30 parsecs"), ("repeats: 1", "rate: 20"), ("repeats: 1", "cache: maybe"),
        ("repeats: 1", "answer_size: 5"), ("repeats: 1", "repeat: 1"),
        ("text: /answer", "text: answer"), ("text: /answer", "text: /a~b"),
        ("text: /answer", "texts: /answer"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidate: localhost:80"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidate: { url: 5 }"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidate: { openai: http://x/v1 }"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidate: { command: [] }"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidate: {}"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidate: { url: http://x/, command: [a] }"),
        ("candidate: http://127.0.0.1:8102/v1/answer", "candidates: http://x/"),
        ("{ query: \"${input.query}\" }", "hello"), ("  - latency.p95 <= 3500ms", "  - 5"),
        ("  - latency.p95 <= 3500ms", "  - { unsure: ask }"),
        ("  - latency.p95 <= 3500ms", "  - { rule: x, unsure: never }"),
        ("  - latency.p95 <= 3500ms", "  - [latency.p95 <= 3500ms]"),
        ("metrics: []", "canary: { stages: 1% }"),
        ("metrics: []", "judge: { votes: 0 }"), ("metrics: []", "waivers: [{ gate: x }]"),
    ])
    func schemaAndReaderRefuseTheSameForms(_ change: (String, String)) throws {
        let good = Fixtures.policy()
        let bad = good.replacing(change.0, with: change.1)
        #expect(bad != good)
        let schema = try Self.schema.get()
        #expect(schema.isValid(try #require(YAMLNode.read(good).root).json))
        #expect(!schema.isValid(try #require(YAMLNode.read(bad).root).json))
        #expect(read(bad).policy == nil)
    }

    @Test func everyKeysExampleIsValidByItsOwnSchema() throws {
        let schema = try Self.schema.get()
        for key in PolicyKeys.root where !["version", "project", "app", "dataset"].contains(key.name) {
            let text =
                "version: 1\nproject: x\napp: { candidate: http://x/ }\ndataset: d\n"
                + "\(key.name): \(key.example)"
            let node = try #require(YAMLNode.read(text).root, "\(key.name)")
            #expect(schema.validate(node.json).map(\.description) == [], "\(key.name): \(key.example)")
        }
    }

    @Test func everyKeyOfEveryLevelIsDescribed() throws {
        var keys = 0
        func walk(_ value: JSONValue) {
            if let properties = value["properties"]?.objectValue {
                for member in properties.members {
                    keys += 1
                    #expect(member.value["description"]?.stringValue?.isEmpty == false, "\(member.key)")
                }
            }
            for member in value.objectValue?.members ?? [] { walk(member.value) }
            for element in value.arrayValue ?? [] { walk(element) }
        }
        walk(PolicySchema.json())
        #expect(keys > 150)
    }

    @Test func everyMetricOfTheCatalogueIsOffered() throws {
        let schema = try Self.schema.get()
        for family in MetricCatalogue.families {
            var name = family.name
            if family.parameter == .cutoff { name += "@3" }
            if family.members == .names { name += "[x]" }
            if family.members == .keys { name += ".x" }
            let text = Fixtures.policy(metrics: "[\"\(name)\"]")
            #expect(schema.isValid(try #require(YAMLNode.read(text).root).json), "\(name)")
        }
    }
}
