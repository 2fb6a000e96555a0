import Adoption
import Domain
import Notation
import Testing

/// Which variable or column becomes the question, what is said of it, and what of a test that asks nothing.
@Suite struct PromptfooQuestionTests {
    private struct Files: ConfigurationFiles {
        let held: [String: String]
        func read(_ path: String) throws(ConfigurationFileProblem) -> [UInt8] {
            guard let text = held[path] else { throw ConfigurationFileProblem("\(path) is not there") }
            return Array(text.utf8)
        }
        func list(_ folder: String) -> [String] { held.keys.sorted() }
    }

    private func made(
        _ files: [String: String], _ path: String = "tests.csv", question: String? = nil
    ) throws -> PromptfooImport {
        try PromptfooImport(path: path, project: "p", question: question, files: Files(held: files))
    }

    private func queries(_ made: PromptfooImport) throws -> [String] {
        let data = made.files.first { $0.path == PromptfooImport.dataset }
        return try (data?.text ?? "").split(separator: "\n").map {
            try JSONValue.parse(String($0))["query"]?.stringValue ?? "none"
        }
    }

    /// Columns, the one that is asked, and why.
    static let tables: [(table: String, question: String, why: String)] = [
        ("id,topic,__expected\nT-1,cats,x\nT-2,dogs,x\n", "topic", "its texts differ most"),
        ("topic,id\ncats,T-1\ncats,T-2\ncats,T-3\n", "topic", "its texts differ most"),
        ("ticket,topic\nAB-1,cats\nAB-2,cats\n", "topic", "its texts differ most"),
        ("id,question,topic\n1,what,a\n2,who,b\n", "question", "by its name"),
        ("topic\ncats\ndogs\n", "topic", "the only one"),
        ("id,code\nT-1,X1\nT-2,X2\n", "code", "all others are empty or ids too"),
    ]

    @Test(arguments: tables) func theQuestionIsNoID(table: String, question: String, why: String) throws {
        let made = try made(["tests.csv": table])
        if question != "code" { #expect(made.question?.name == question) }
        #expect(made.question?.why == why)
        let warns = made.changed.contains { $0.mend.contains("look like ids") }
        #expect(warns == (question == "code"), "\(made.notes)")
    }

    @Test func anEmptyQuestionIsToldWithItsLineAndMakesNoIDTheQuestion() throws {
        let table = "id,question,__expected\nT-1,what is it,x\nT-2,,x\nT-3,who,x\n"
        let made = try made(["tests.csv": table])
        #expect(made.question?.name == "question")
        let empty = made.left.filter { $0.what == "the question is empty: 'question'" }
        #expect(empty.map(\.place.line) == [3], "\(made.left)")
        #expect(try queries(made) == ["what is it", "who"])
    }

    @Test func anotherCanBeNamed() throws {
        let table = "id,question,topic\nT-1,what,cats\nT-2,who,dogs\n"
        let made = try made(["tests.csv": table], question: "topic")
        #expect(try queries(made) == ["cats", "dogs"])
        #expect(made.question?.why == "as --question says")
        #expect(throws: ImportProblem.self) { try self.made(["tests.csv": table], question: "topics") }
    }

    @Test func oneFileThatIsNotThereStopsNothingElse() throws {
        let configuration = """
            prompts: ["{{question}}", "file://gone.txt"]
            providers: [echo]
            tests:
              - vars: { question: "who", text: "file://missing.md" }
                assert: [{ type: contains, value: x }]
              - file://lost.yaml
              - vars: { question: "what" }
                assert: [{ type: contains, value: y }]
            """
        let made = try made(["c.yaml": configuration], "c.yaml")
        #expect(made.tests == 2)
        #expect(try queries(made) == ["who", "what"])
        let said = made.left.map { "\($0.place.line): \($0.what)" }
        #expect(
            said == ["1: gone.txt is not there", "4: missing.md is not there", "6: lost.yaml is not there"],
            "\(said)")
        #expect(throws: ImportProblem.self) {
            try self.made(["c.yaml": "prompts: [a]\ntests: file://lost.yaml\n"], "c.yaml")
        }
    }
}
