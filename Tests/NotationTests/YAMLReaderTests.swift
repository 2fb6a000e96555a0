import Testing

@testable import Notation

struct YAMLReaderTests {
    @Test func readsATreeWithItsPlaces() throws {
        let document = YAMLNode.read(
            """
            # comment
            project: helpdesk
            gates:
              - recall@3: "1"
              - latency.p95 <= 3500ms
            limits: { n: 32, t: [1, x] }
            text: |
              two
              lines
            ünï: ö

            """)
        #expect(document.problems.isEmpty)
        let root = try #require(document.root)
        let expected: JSONValue = [
            "project": "helpdesk", "gates": [["recall@3": "1"], "latency.p95 <= 3500ms"],
            "limits": ["n": 32, "t": [1, "x"]], "text": "two\nlines\n", "ünï": "ö",
        ]
        #expect(root.json == expected)
        #expect(root.start == SourceMark(line: 2, column: 1))
        let gates = try #require(root["gates"])
        #expect(gates.start == SourceMark(line: 4, column: 3))
        #expect(gates.end == SourceMark(line: 5, column: 26))
        #expect(gates.elements?[0]["recall@3"]?.start == SourceMark(line: 4, column: 15))
        #expect(root["limits"]?["t"]?.end == SourceMark(line: 6, column: 27))
        #expect(root["limits"]?.end == SourceMark(line: 6, column: 29))
        #expect(root["ünï"]?.start == SourceMark(line: 10, column: 6))
    }

    /// Section 10.3.2 of the YAML 1.2.2 specification, and what YAML 1.1 took for booleans and numbers.
    @Test(
        arguments: [
            ("", .null), ("~", .null), ("Null", .null), ("nULL", .text("nULL")), ("true", .bool(true)),
            ("FALSE", .bool(false)), ("tRUE", .text("tRUE")), ("yes", .text("yes")), ("off", .text("off")),
            ("0", .integer(0)), ("-19", .integer(-19)), ("+12", .integer(12)), ("007", .integer(7)),
            ("0o17", .integer(15)),
            ("0xFF", .integer(255)), ("0x", .text("0x")), ("0x-1", .text("0x-1")), ("0o8", .text("0o8")),
            ("1_000", .text("1_000")), ("12:30", .text("12:30")), ("0.", .number(0)), (".5", .number(0.5)),
            ("-.5e+3", .number(-500)), ("1.e2", .number(100)), ("12e03", .number(12000)), (".", .text(".")),
            ("-", .text("-")), ("+.", .text("+.")), ("1e", .text("1e")), ("1e5x", .text("1e5x")),
            (".e5", .text(".e5")),
            (".inf", .number(.infinity)), ("-.INF", .number(-.infinity)), ("inf", .text("inf")),
            ("nan", .text("nan")),
            ("9223372036854775808", .number(9.223372036854775808e18)), ("2026-11-20", .text("2026-11-20")),
            ("1.5ms", .text("1.5ms")), ("0x1p3", .text("0x1p3")), ("１", .text("１")),
        ] as [(String, YAMLScalar)])
    func resolvesPlainScalarsByTheCoreSchema(text: String, scalar: YAMLScalar) {
        #expect(YAMLScalar(plain: text) == scalar)
    }

    @Test func whatIsQuotedOrTaggedAsTextIsText() {
        let root = YAMLNode.read("[ '1', \"true\", !!str 5, ! 6, 7, '' , ]").root
        #expect(root?.json == ["1", "true", "5", "6", 7, ""])
        #expect(YAMLNode.read("a: |\n  1\nb: >-\n  2").root?.json == ["a": "1\n", "b": "2"])
    }

    struct Broken {
        let text: String
        let line: Int
        let column: Int
        let says: String
    }

    @Test(arguments: [
        Broken(text: "a: 1\n\tb: 2", line: 2, column: 1, says: "tab"),
        Broken(text: "a:\n\t- 2", line: 2, column: 1, says: "tab"),
        Broken(text: "a: b: c", line: 1, column: 5, says: "a ':' stands where no key can be"),
        Broken(text: "a: [1, 2\nb: 3", line: 2, column: 2, says: "']' is expected"),
        Broken(text: "a: {x: 1\nb: 3", line: 2, column: 2, says: "'}' is expected"),
        Broken(
            text: "a: 'open\nb: 3", line: 2, column: 5, says: "the file ends within a quoted text, see 1:4"),
        Broken(text: "a: \"\\q\"", line: 1, column: 5, says: "escape"),
        Broken(text: "a:\n  b: 1\n c: 2", line: 3, column: 2, says: "indentation fits no line"),
        Broken(text: "a: \"x\" y", line: 1, column: 8, says: "text follows a closed value"),
        Broken(text: "- a\nb: 1", line: 2, column: 1, says: "does not begin with '-'"),
        Broken(text: "a: - b", line: 1, column: 4, says: "a '-' begins a list"),
        Broken(text: "a: 1\nb\nc: 2", line: 3, column: 1, says: "lacks its ':'"),
        Broken(text: "a: @x", line: 1, column: 4, says: "cannot begin with '@'"),
        Broken(text: "ü: `x`", line: 1, column: 4, says: "cannot begin with '`'"),
        Broken(text: "a: 1\n---\nb: 2", line: 2, column: 1, says: "a second document"),
        Broken(text: "a: *x", line: 1, column: 4, says: "no anchor '&x'"),
        Broken(text: "a: *", line: 1, column: 5, says: "needs a name"),
        Broken(text: "a: &x [*x]", line: 1, column: 8, says: "would never end"),
        Broken(text: "b: &b {x: 1}\na:\n  <<: *b", line: 3, column: 3, says: "merge keys"),
        Broken(text: "{[1]: 2}", line: 1, column: 2, says: "a key must be a plain text"),
        Broken(text: "a: !env HOME", line: 1, column: 4, says: "the tag '!env'"),
        Broken(text: "a: | text", line: 1, column: 6, says: "text follows '|'"),
        Broken(text: "a: \u{1}", line: 1, column: 4, says: "U+0001"),
        Broken(text: "a: \u{FFFE}", line: 1, column: 4, says: "does not allow"),
    ])
    func saysWhatIsWrongAndWhere(broken: Broken) throws {
        let problems = YAMLNode.read(broken.text).problems
        let problem = try #require(problems.first, "\(broken.text)")
        #expect(problems.count == 1)
        #expect(problem.mark == SourceMark(line: broken.line, column: broken.column), "\(problem)")
        #expect(problem.description.contains(broken.says), "\(problem)")
    }

    @Test func namesBothPlacesOfARepeatedKeyAndKeepsTheFirst() throws {
        let document = YAMLNode.read("a: 1\nb:\n  c: 1\n  'c': 2\na: 3\n")
        #expect(
            document.problems.map(\.mark) == [SourceMark(line: 4, column: 3), SourceMark(line: 5, column: 1)])
        #expect(
            document.problems.map(\.other) == [
                SourceMark(line: 3, column: 3), SourceMark(line: 1, column: 1),
            ])
        #expect(document.root?.json == ["a": 1, "b": ["c": 1]])
    }

    @Test func keepsWhatCameBeforeASyntaxErrorAndReportsThatToo() {
        let document = YAMLNode.read("a: 1\na: 2\nb:\n  - x\n  - {y: [1, 2}\nc: 3\n")
        #expect(document.problems.count == 2)
        #expect(document.problems.last?.mark.line == 5)
        #expect(document.root?.json == ["a": 1, "b": ["x", ["y": [1, 2]]]])
    }

    @Test func aliasesAreWrittenOutWithTheirOwnPlace() {
        let document = YAMLNode.read("a: &x {k: [1]}\nb: *x\nc: &x 5\nd: *x\n")
        #expect(document.problems.isEmpty)
        #expect(document.root?.json == ["a": ["k": [1]], "b": ["k": [1]], "c": 5, "d": 5])
        #expect(document.root?["b"]?.start == SourceMark(line: 2, column: 4))
    }

    @Test func aliasesOfAliasesAreBounded() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = repeatElement("*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        let document = YAMLNode.read(text)
        #expect(
            document.problems.first?.message == "the file holds more than 100000 values, aliases written out")
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(YAMLNode.read(deep).problems.isEmpty)
        #expect(
            YAMLNode.read("[" + deep + "]").problems.first?.message
                == "lists and mappings are nested more than 64 deep")
        let hostile = String(repeating: "[", count: 200_000)
        #expect(YAMLNode.read(hostile).problems.count == 1)
        #expect(YAMLNode.read(String(repeating: "- ", count: 200_000)).problems.count == 1)
        #expect(YAMLNode.read(String(repeating: "{a: ", count: 200_000)).problems.count == 1)
    }

    @Test func sizeAndEncodingAreChecked() {
        #expect(YAMLNode.read("a: 1", limits: YAMLLimits(bytes: 3)).problems.count == 1)
        let problem = YAMLNode.read([0x61, 0x3A, 0x20, 0x0A, 0xC3, 0x28]).problems.first
        #expect(problem?.message == "the bytes are not valid UTF-8" && problem?.mark.line == 2)
        #expect(YAMLNode.read([0xFF, 0xFE, 0x61, 0x00]).problems.first?.note?.contains("UTF-16") == true)
        #expect(YAMLNode.read("\u{FEFF}a: 1").root?.json == ["a": 1])
    }

    @Test(arguments: ["", "\n", "# only a comment\n"])
    func anEmptyFileHasNoTreeAndNoProblem(text: String) {
        let document = YAMLNode.read(text)
        #expect(document.root == nil && document.problems.isEmpty)
    }

    @Test func everyPrefixAndMutationOfATextIsReadWithoutCrashing() {
        let text = Array("a: &x [1, 'b', \"\\u00e9\"]\nb: *x\nc: |\n  t\n- {k: v}\n? z\n: y\n".utf8)
        for count in 0...text.count { _ = YAMLNode.read(Array(text[..<count])) }
        var state: UInt64 = 7
        let alphabet = Array("{}[],:\"'\\&*!|>%@-? \t\n#<~".utf8) + [0xC3, 0xFF, 0]
        for _ in 0..<5_000 {
            var bytes = text
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = alphabet[Int(state >> 20 & 0xFFFF) % alphabet.count]
            }
            let document = YAMLNode.read(bytes)
            #expect(document.root != nil || !document.problems.isEmpty)
        }
    }

    @Test func aTextThatWasNotReadToItsEndSaysSo() {
        #expect(YAMLNode.read("a: 1\nb: [c]").isWhole)
        #expect(YAMLNode.read("a: 1\na: 2").isWhole)
        for text in ["a: [1", "a: 1\n---\nb: 2", "\ta: 1", "\u{0}"] { #expect(!YAMLNode.read(text).isWhole) }
    }
}
