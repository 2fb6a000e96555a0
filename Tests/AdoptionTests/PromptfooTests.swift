import Adoption
import Domain
import Foundation
import Interchange
import Notation
import Policy
import Testing

/// Configurations written for these tests, in the forms that promptfoo's documentation describes.
@Suite struct PromptfooTests {
    static let folder = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/promptfoo"

    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let tests: Int
        /// Assertions that come over, of all.
        let carried: Int
        let total: Int
        /// Lines of what has no counterpart, in order.
        var left: [Int] = []
        var gates: [String]
        var testDescription: String { file }
    }

    static let cases = [
        Case(
            file: "echo.yaml", tests: 2, carried: 5, total: 5,
            gates: ["required == 1", "prohibited == 1", "error_rate <= 1%"]),
        Case(
            file: "http.yaml", tests: 2, carried: 6, total: 6,
            gates: ["required == 1", "prohibited == 1", "latency.max <= 2000ms", "error_rate <= 1%"]),
        Case(
            file: "openai.yaml", tests: 2, carried: 2, total: 2, gates: ["required == 1", "error_rate <= 1%"]),
        Case(
            file: "uncarried.yaml", tests: 1, carried: 1, total: 8,
            left: [4, 5, 13, 15, 17, 19, 22, 25, 27, 30],
            gates: ["required == 1", "error_rate <= 1%"]),
        Case(
            file: "json.yaml", tests: 3, carried: 4, total: 4,
            gates: [
                "when fits_schema: schema == 1", "when is_json: json == 1", "when is_no_json: json == 0",
                "when equals_json: exact_match == 1", "error_rate <= 1%",
            ]),
        Case(
            file: "thresholds.yaml", tests: 5, carried: 9, total: 12, left: [15, 28, 37],
            gates: [
                "when all_required: required == 1", "prohibited == 1",
                "when threshold_0_5: required.min >= 0.5",
                "error_rate <= 1%",
            ]),
        Case(
            file: "overlap.yaml", tests: 3, carried: 9, total: 9,
            gates: [
                "required == 1", "prohibited == 1", "when rouge_1_0_8: rouge_1.min >= 0.8",
                "when sentence_bleu_0_5: sentence_bleu.min >= 0.5", "error_rate <= 1%",
            ]),
        Case(
            file: "scenarios.yaml", tests: 6, carried: 6, total: 6,
            gates: ["required == 1", "error_rate <= 1%"]),
        Case(
            file: "csv.yaml", tests: 4, carried: 9, total: 10, left: [5],
            gates: ["required == 1", "prohibited == 1", "error_rate <= 1%"]),
        Case(
            file: "files.yaml", tests: 4, carried: 7, total: 8, left: [2],
            gates: ["required == 1", "prohibited == 1", "error_rate <= 1%"]),
        Case(
            file: "beyond.yaml", tests: 1, carried: 1, total: 3, left: [3, 6, 7, 10, 11, 13, 14],
            gates: ["required == 1", "error_rate <= 1%"]),
        Case(
            file: "secrets.yaml", tests: 1, carried: 1, total: 1,
            gates: ["required == 1", "error_rate <= 1%"]),
    ]

    @Test(arguments: cases) func everyConfigurationComesOverAsFarAsItCan(example: Case) throws {
        let made = try PromptfooImport(path: example.file, project: "test", files: TestFiles())
        #expect(made.tests == example.tests)
        #expect(made.carried == example.carried)
        #expect(made.assertions == example.total)
        #expect(made.left.map(\.place.line) == example.left, "\(made.left)")
        let text = try #require(made.policy)
        let (policy, diagnostics) = PolicyReader.read(Array(text.utf8), path: "sluice.yaml")
        let problems = diagnostics.map(\.message).joined(separator: "\n")
        #expect(policy?.gates.map(\.text) == example.gates, "\(problems)")
        let data = try #require(made.files.first { $0.path == PromptfooImport.dataset })
        let (examples, reader) = DatasetReader.read([(name: data.path, bytes: Array(data.text.utf8))])
        #expect(reader.problems == [])
        #expect(examples.count == example.tests)
    }

    private func rows(_ file: String) throws -> [JSONValue] {
        let made = try PromptfooImport(path: file, project: "test", files: TestFiles())
        let data = try #require(made.files.first { $0.path == PromptfooImport.dataset })
        return try data.text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    }

    @Test func expectationsKeepLetterCaseAndPlace() throws {
        let rows = try rows("echo.yaml")
        #expect(
            rows[0]["required_elements"] == [
                ["regex": "Ada"], ["regex": "\\AHello Ada, welcome to the library\\.\\z"],
            ])
        #expect(rows[0]["reference_response"] == "Hello Ada, welcome to the library.")
        #expect(rows[1]["required_elements"] == [["text": "WELCOME"], ["regex": "\\AHello Grace"]])
        #expect(rows[1]["prohibited_elements"] == [["regex": "Ada"]])
        #expect(rows[1]["provenance"]?["source"] == "promptfoo, echo.yaml line 13")
    }

    @Test func listsOfValuesBecomeATestEach() throws {
        let rows = try rows("scenarios.yaml")
        #expect(
            rows.map { $0["query"] } == [
                "hello", "good day", "good night", "hello", "good day", "good night",
            ])
        #expect(rows[3]["required_elements"] == [["regex": "bonjour"]])
    }

    @Test func whatIsNotJudgedIsKept() throws {
        let row = try rows("uncarried.yaml")[0]
        #expect(row["rubric"] == "is polite")
        #expect(row["reference_response"] == ["a nearby answer", "exactly this"])
        #expect(try self.rows("csv.yaml")[0]["tags"] == ["easy", "short"])
    }

    @Test func promptsBecomeRequests() throws {
        let made = try PromptfooImport(path: "openai.yaml", project: "test", files: TestFiles())
        let read = PolicyReader.read(Array((made.policy ?? "").utf8), path: "p").policy
        let policy = try #require(read)
        guard case .openAI(let base, let model, let parameters, _, _)? = policy.app.baseline?.kind else {
            Issue.record("no chat target")
            return
        }
        #expect(base == "http://127.0.0.1:9/v1")
        #expect(model == "gpt-4o-mini")
        #expect(
            parameters["messages"] == [
                [
                    "role": "user",
                    "content": "You answer in a ${input.tone} tone.\n\nQuestion: ${input.query}",
                ]
            ])
        guard case .openAI(_, _, let others, _, _)? = policy.app.candidate?.kind else { return }
        #expect(others["messages"]?[0]?["role"] == "system")
        #expect(policy.app.baseline?.headers.first?.value.template == "Bearer ${env:DESK_KEY}")
    }

    @Test func aKeyIsNeverWritten() throws {
        let made = try PromptfooImport(path: "secrets.yaml", project: "test", files: TestFiles())
        let words = made.notes.map { $0.what + $0.mend }
        for text in [made.policy ?? ""] + made.files.map(\.text) + words {
            #expect(!text.contains("sk-live"), "\(text)")
        }
        #expect(made.policy?.contains("X-Api-Key: \"${env:APP_XAPIKEY}\"") ?? false)
        #expect(made.changed.count == 1)
    }

    @Test func aTableAloneBecomesADataSet() throws {
        let made = try PromptfooImport(path: "tests/cases.csv", project: "test", files: TestFiles())
        #expect(made.policy == nil)
        #expect(made.left.map(\.place.line) == [1, 5])
        let asked = try PromptfooImport(
            path: "tests/cases.csv", project: "test",
            app: ImportedApp(unasked: "http://127.0.0.1:9/ask", why: ""), files: TestFiles())
        #expect(asked.policy?.contains("query: \"${input.query}\"") ?? false)
    }

    /// Values of a table's `__expected`, and the assertion that promptfoo's documentation says they are.
    @Test(arguments: [
        ("Paris", "required", #"[{"regex":"\\AParis\\z"}]"#),
        ("contains:Paris", "required", #"[{"regex":"Paris"}]"#),
        ("not-icontains: b.c", "prohibited", #"[{"text":"b.c"}]"#),
        ("contains-any: <b>,</span>", "required", #"[{"regex":"(?:<b>|</span>)"}]"#),
        (#"contains-all: "1,000", in stock"#, "required", #"[{"regex":"1,000"},{"regex":"in stock"}]"#),
        ("word-count: 3", "required", #"[{"regex":"\\A\\s*(?:\\S+\\s*+){3,3}\\z"}]"#),
        ("unknown: x", "required", #"[{"regex":"\\Aunknown: x\\z"}]"#),
    ])
    func aCellIsAnAssertion(cell: String, kind: String, elements: String) throws {
        let quoted = "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        let files = TestFiles(own: ["t.csv": "question,__expected\nhello,\(quoted)\n"])
        let made = try PromptfooImport(
            path: "t.csv", project: "test", app: ImportedApp(unasked: "http://127.0.0.1:9/", why: ""),
            files: files)
        let data = try #require(made.files.first { $0.path == PromptfooImport.dataset })
        let row = try JSONValue.parse(data.text)
        #expect(row[kind + "_elements"] == (try JSONValue.parse(elements)))
    }

    @Test(arguments: [
        ("x.yaml", "prompts: [a\n", "x.yaml:"), ("x.yaml", "", "empty"),
        ("x.yaml", "[1, 2]", "no configuration"),
        ("x.yaml", "a: 1", "none of prompts"), ("x.yaml", "prompts: [hi]\nproviders: [echo]", "no test"),
        ("x.csv", "a,b\n\"x", "never closed"), ("x.csv", "", "empty"),
        ("x.csv", "PK\u{3}\u{4}", "is a spreadsheet"), ("x.xlsx", "PK\u{3}\u{4}", "save its sheet as CSV"),
        ("x.yaml", "prompts: [hi]\ntests: file://*/t.yaml", "pattern over folders"),
    ])
    func whatCannotBeReadIsSaid(name: String, text: String, words: String) {
        let error = #expect(throws: ImportProblem.self) {
            try PromptfooImport(path: name, project: "test", files: TestFiles(own: [name: text]))
        }
        #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }

    /// A test that asks nothing is listed, whatever its prompt says around the question.
    @Test func aTestThatAsksNothingIsListedAndNoRow() throws {
        let text = """
            prompts: ['Answer: {{q}}']
            providers: [echo]
            tests:
              - vars: {q: 'what is open'}
              - vars: {q: ''}
              - vars: file://gone.csv
              - vars: file://table.csv
              - vars: {q: file://gone.txt}
            """
        let files = TestFiles(own: ["x.yaml": text, "table.csv": "q\nhello\n"])
        let made = try PromptfooImport(path: "x.yaml", project: "test", files: files)
        let data = try #require(made.files.first { $0.path == PromptfooImport.dataset })
        let queries = try data.text.split(separator: "\n").map { try JSONValue.parse(String($0))["query"] }
        #expect(queries == ["what is open"])
        #expect(
            Set(made.notes.filter { $0.kind == .left }.map(\.place.line)).sorted() == [5, 6, 7, 8],
            "\(made.notes)"
        )
    }

    /// One wild value at a time: a message or a note, never a trap, and what is written can be read.
    @Test(arguments: [
        "null", "[]", "{}", "12", "true", "''", "[[[]]]", "'{{'", "'{{ a.b[0].c }}'", "'{% for x in y %}'",
        "'${input.x}'",
        "'\\u0000'", "{a: {b: [1]}}", "-1e999", "'(((('",
    ])
    func wildValuesAreSurvived(value: String) {
        let places = [
            "prompts: %\nproviders: [echo]\ntests: [{vars: {q: a}, assert: [{type: contains, value: a}]}]",
            "prompts: ['{{q}}']\nproviders: %\ntests: [{vars: {q: a}}]",
            "prompts: ['{{q}}']\nproviders: [{id: http, config: %}]\ntests: [{vars: {q: a}}]",
            "prompts: ['{{q}}']\nproviders: [{id: http, config: {url: 'http://h/', body: %, headers: {A: %}}}]\ntests: [{vars: {q: a}}]",
            "prompts: ['{{q}}']\nproviders: [echo]\ntests: %",
            "prompts: ['{{q}}']\nproviders: [echo]\ndefaultTest: %\ntests: [{vars: {q: a}}]",
            "prompts: ['{{q}}']\nproviders: [echo]\ntests: [{vars: {q: %}, threshold: %, metadata: %}]",
            "prompts: ['{{q}}']\nproviders: [echo]\nscenarios: %\ntests: [{vars: {q: a}}]",
        ]
        let types = AssertionTypes.all.map { type in
            "prompts: ['{{q}}']\nproviders: [echo]\ntests: [{vars: {q: a}, assert: [{type: \(type), value: %, threshold: %}]}]"
        }
        for text in places + types {
            let filled = text.replacingOccurrences(of: "%", with: value)
            let files = TestFiles(own: ["x.yaml": filled])
            guard let made = try? PromptfooImport(path: "x.yaml", project: "test", files: files) else {
                continue
            }
            if let policy = made.policy {
                let (read, diagnostics) = PolicyReader.read(Array(policy.utf8), path: "p")
                #expect(read != nil, "\(filled)\n\(policy)\n\(diagnostics.map(\.message))")
            }
            // Where no test asks anything there is no row, and each was listed.
            for file in made.files where file.path == PromptfooImport.dataset && !file.text.isEmpty {
                let reader = DatasetReader.read([(name: "d", bytes: Array(file.text.utf8))]).reader
                #expect(reader.errorCount == 0, "\(filled)\n\(file.text)\n\(reader.problems)")
            }
        }
    }
}

enum AssertionTypes {
    static let all = [
        "equals", "not-equals", "contains", "icontains", "contains-all", "not-contains-all", "contains-any",
        "regex",
        "is-json", "not-is-json", "starts-with", "ends-with", "levenshtein", "similar", "rouge-n", "bleu",
        "latency", "cost",
        "javascript", "python", "llm-rubric", "word-count", "assert-set", "no-such-type",
    ]
}

/// The fixtures' folder, and files of a test's own.
struct TestFiles: ConfigurationFiles {
    var own: [String: String] = [:]

    func read(_ path: String) throws(ConfigurationFileProblem) -> [UInt8] {
        if let text = own[path] { return Array(text.utf8) }
        guard let data = FileManager.default.contents(atPath: PromptfooTests.folder + "/" + path) else {
            throw ConfigurationFileProblem("cannot read \(path)")
        }
        return [UInt8](data)
    }

    func list(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: PromptfooTests.folder + "/" + folder)) ?? [])
            .sorted()
    }
}
