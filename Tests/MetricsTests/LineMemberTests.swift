import Metrics
import Notation
import Testing

/// What a metric is said to read of a line, held to what it does.
@Suite struct LineMemberTests {
    /// Names of worked examples, and those that a line has for them.
    private static let full = [
        "text": "answer", "gold": "retrieval_gold_doc_ids", "tools": "tool_calls", "latency": "latency_ms",
        "ttft": "ttft_ms", "required": "required_elements", "prohibited": "prohibited_elements",
        "history": "conversation_history",
    ]

    private static let families = MetricCatalogue.families.filter { family in
        !["external", "preference", "composite", "custom"].contains(family.name)
    }

    @Test(arguments: families.map(\.name))
    func theExamplesMembersAreThoseThatAreSaid(name: String) throws {
        let family = try #require(MetricCatalogue.family(of: name))
        let line = try #require(family.line, "\(name)")
        let example = try #require(WorkedExample(family))
        let given = Set(
            example.rows.flatMap { $0.objectValue?.members.map(\.key) ?? [] }.filter { $0 != "judge" }
                .map { Self.full[$0] ?? $0 })
        let said = Set(line.required + line.optional)
        #expect(given.subtracting(said).isEmpty, "\(name) reads \(given.subtracting(said).sorted()) unsaid")
        #expect(Set(line.required).subtracting(given).isEmpty, "\(name) is measured without what it requires")
    }

    /// Without any one required member there is no score, and that member is told to be missing.
    @Test(arguments: families.map(\.name))
    func withoutARequiredMemberThereIsNoScore(name: String) throws {
        let family = try #require(MetricCatalogue.family(of: name))
        let line = try #require(family.line)
        let example = try #require(WorkedExample(family))
        let definition = try metric(example.name, example.parameter)
        let short = Dictionary(uniqueKeysWithValues: Self.full.map { ($1, $0) })
        // Their absence is a number of its own, as is said.
        let counted: Set = ["attempts", "throttled", "latency_ms", "query"]
        for member in line.required where !counted.contains(member) {
            var row = try #require(example.rows.first?.objectValue)
            #expect(row[short[member] ?? member] != nil || row[member] != nil, "\(name): \(member)")
            row[short[member] ?? member] = nil
            row[member] = nil
            var input = ExampleLine.input(.object(row), judged: definition)
            #expect(line.missing(in: input).contains(member), "\(name): \(member)")
            let measured = definition.measured(&input)
            switch measured {
            case .notApplicable, .failed, .unmeasured: break
            case .labels(let labels): #expect(labels.count < 2, "\(name) without \(member): \(measured)")
            default: Issue.record("\(name) without \(member): \(measured)")
            }
        }
    }
}

/// Documents that an app shows without their texts are no empty retrieval.
@Suite struct TextlessDocumentTests {
    @Test(arguments: ["faithfulness", "judged_context_recall", "judged_context_precision"])
    func whatIsNotShownIsFailed(name: String) throws {
        let row: JSONValue = [
            "text": "At 9.", "reference_response": "At 9.", "documents": [["id": "d1"], ["id": "d2"]],
        ]
        var input = ExampleLine.input(row)
        #expect(try metric(name).measured(&input) == .failed("the answer shows no text of its documents"))
    }
}
