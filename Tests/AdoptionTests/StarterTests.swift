import Adoption
import Domain
import Interchange
import Notation
import Policy
import Testing

/// What is written for a new app can be read by the product's own readers, whatever the app shows.
@Suite struct StarterTests {
    private static let all = Mapping.order.map { part in
        PartProposal(part: part, pointer: "/\(part)", sample: "x", sureness: .sure, why: "")
    }

    private func policy(
        _ parts: [String], preset: String, examples: Int = 10
    ) throws -> (StarterPolicy, ReleasePolicy, [Diagnostic]) {
        let shown = StarterTests.all.filter { parts.contains($0.part) }
        let shape = AppShape(
            .http(url: "http://127.0.0.1:9/ask", method: "POST", template: ["query": "${input.query}"]))
        var facts = StarterPolicy.Facts(
            project: "a: b # c", shape: shape,
            mapping: Mapping(parts: shown, stages: parts.contains("stages") ? ["one", "two three"] : []),
            preset: try #require(Preset.named(preset)), dataset: "golden/starter.jsonl", examples: examples)
        facts.showsCost = true
        let made = StarterPolicy(facts)
        let (read, diagnostics) = PolicyReader.read(Array(made.text.utf8), path: "sluice.yaml")
        return (made, try #require(read, "\(made.text)\n\(diagnostics)"), diagnostics)
    }

    /// Every preset with every single part missing, and with each alone beside the text.
    @Test(arguments: Preset.all.map(\.name)) func everyPolicyIsReadWithoutAWarning(preset: String) throws {
        for part in Mapping.order {
            for parts in [Mapping.order.filter { $0 != part }, ["text", part], [part]] {
                let (made, read, diagnostics) = try policy(parts, preset: preset)
                #expect(diagnostics.isEmpty, "\(parts): \(diagnostics.map(\.message))")
                #expect(read.gates.map(\.text).sorted() == made.gates.sorted())
                #expect(!read.gates.isEmpty)
                #expect(read.unfedWaits)
                #expect(read.project == "a: b # c")
            }
        }
    }

    @Test func anAppOfNothingButTextGetsWhatTextAllows() throws {
        let (made, _, _) = try policy(["text"], preset: "chat")
        #expect(
            made.metrics == [
                "token_f1", "rouge_l", "required", "prohibited", "length", "latency", "error_rate",
            ])
        #expect(
            made.missing.map(\.part) == ["documents", "versions", "stages", "usage", "intent", "guardrail"])
        for part in made.missing {
            #expect(made.text.contains("# \(part.part): not in the answers. Return "))
        }
    }

    /// Rules that so few examples leave open whatever the app does stand there as comments.
    @Test func smallSetsAreNotAskedForMargins() throws {
        #expect(try policy(["text"], preset: "chat").0.text.contains("# - length within 20% of baseline"))
        #expect(
            try policy(["text"], preset: "chat", examples: 200).0.gates.contains(
                "length within 20% of baseline"))
    }

    @Test(arguments: Preset.all.map(\.name)) func aStarterSetHoldsInputsAlone(preset: String) throws {
        let set = StarterSet(
            [], preset: preset, parts: ["intent", "guardrail"],
            columns: preset == "similarity" ? ["text2"] : [])
        let (examples, reader) = DatasetReader.read([
            (name: "golden/starter.jsonl", bytes: Array(set.text.utf8))
        ])
        #expect(reader.problems == [])
        #expect(examples.count == 10)
        for example in examples {
            #expect(
                example.references.isEmpty && example.expectedIntent == nil
                    && example.expectedGuardrail == nil)
            #expect(example.goldDocuments == nil && example.required.isEmpty && example.prohibited.isEmpty)
            #expect(
                example.expectedScore == nil && example.expectedMatch == nil && example.expectedResult == nil)
            if preset == "similarity" {
                #expect(example.columns.contains { $0.name == "text2" && !$0.value.isEmpty })
            }
        }
        for blank in set.blanks {
            #expect(set.text.contains("\"\(blank)\":null"), "\(blank) waits to be filled")
        }
    }

    @Test(arguments: [
        ("q.txt", "one\n\n  two \r\nthree", ["one", "two", "three"]),
        ("q.csv", "id,Question,locale\n1,\"one, two\",en\n2,,de\n3,four,de\n", ["one, two", "four"]),
        (
            "q.jsonl", "{\"question\": \"one\"}\n\n{\"query\": \"two\", \"expected_intent\": \"x\"}\n",
            ["one", "two"]
        ),
        ("q.jsonl", "\"one\"\n\"two\"\n", ["one", "two"]),
        ("q.json", "[\"one\", {\"input\": \"two\"}]", ["one", "two"]),
    ])
    func questionsAreReadFromWhatPeopleHave(name: String, text: String, questions: [String]) throws {
        let read = try InputsReader(Array(text.utf8), name: name)
        #expect(read.questions.map(\.query) == questions)
    }

    @Test func aDataSetIsKeptAsItStands() throws {
        let text = "{\"query\": \"two\", \"expected_intent\": \"x\"}\n"
        #expect(try InputsReader(Array(text.utf8), name: "g.jsonl").dataset == Array(text.utf8))
    }

    @Test(arguments: [
        ("q.txt", "\n \n", 0, "no question"), ("q.csv", "a,b\n1,2\n", 1, "no column is the question"),
        ("q.jsonl", "{\"query\": \"a\"}\n{oops\n", 2, "no JSON"), ("q.jsonl", "{\"x\": 1}\n", 1, "neither"),
        ("q.csv", "query\n\"x\n", 2, "never closed"), ("q.txt", "a\u{0}b\n", 1, "zero byte"),
    ])
    func aFileWithoutQuestionsIsRefused(name: String, text: String, line: Int, words: String) {
        let problem = #expect(throws: InputsReader.Problem.self) {
            try InputsReader(Array(text.utf8), name: name)
        }
        #expect(problem?.line == line)
        #expect(problem?.cause.contains(words) ?? false, "\(problem?.cause ?? "")")
    }
}
