import Domain
import Interchange
import Notation
import Testing

/// Rows that are changed in one place and left alone in all others.
@Suite struct RowEditTests {
    @Test(
        arguments: [
            (#"{"a": 1}"#, "b", "x", #"{"a": 1, "b": "x"}"#), (#"{}"#, "b", "x", #"{"b": "x"}"#),
            (
                #" {"a":1 ,  "b" :  [1, {"c": "}"}] , "d":"é\"," } "#, "b", "x",
                #" {"a":1 ,  "b" :  "x" , "d":"é\"," } "#
            ),
            (#"{"a": 1, "b": 2, "c": 3}"#, "a", nil, #"{"b": 2, "c": 3}"#),
            (#"{"a": 1, "b": 2, "c": 3}"#, "b", nil, #"{"a": 1, "c": 3}"#),
            (#"{"a": 1, "b": 2, "c": 3 }"#, "c", nil, #"{"a": 1, "b": 2 }"#), (#"{"a": 1}"#, "a", nil, "{}"),
            (#"{"a": 1, "a": 2, "b": 3}"#, "a", nil, #"{"b": 3}"#),
            (#"{"a": 1, "a": 2}"#, "a", "x", #"{"a": 1, "a": "x"}"#), (#"{"a": 1}"#, "b", nil, #"{"a": 1}"#),
            (#"{"\u0061": 1}"#, "a", "x", #"{"\u0061": "x"}"#),
        ] as [(String, String, String?, String)])
    func oneMemberChangesAndNothingElse(row: String, key: String, value: String?, wanted: String) throws {
        let edited = try #require(
            RowEdit.setting([(key: key, value: value.map { .string($0) })], in: Array(row.utf8)))
        #expect(String(decoding: edited, as: UTF8.self) == wanted)
    }

    /// Held against the same change of the parsed object.
    @Test(arguments: 0..<200) func anEditIsThatOfTheValue(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...6, using: &random) { object[random.text()] = random.json() }
        let row =
            Bool.random(using: &random) ? JSONValue.object(object).bytes() : RowEdit.spaced(.object(object))
        #expect(try JSONValue.parse(row) == .object(object))
        let key =
            Bool.random(using: &random) ? random.text() : object.keys.randomElement(using: &random) ?? "x"
        let value: JSONValue? = Bool.random(using: &random) ? random.json() : nil
        object[key] = value
        let edited = try #require(RowEdit.setting([(key: key, value: value)], in: row))
        #expect(try JSONValue.parse(edited) == .object(object), "seed \(seed)")
    }

    @Test func whatIsNoRowIsNotEdited() {
        for text in ["", "[1]", "x", "\"{\""] {
            #expect(RowEdit.setting([(key: "a", value: 1)], in: Array(text.utf8)) == nil, "\(text)")
        }
    }
}

/// Rows that are asked no more.
@Suite struct RetiredRowTests {
    private func read(_ text: String) -> (examples: [Example], reader: DatasetReader) {
        DatasetReader.read([("g.jsonl", Array(text.utf8))])
    }

    private static let sound = #"{"query_id": "A", "query": "a"}"# + "\n"

    @Test(
        arguments: [
            (
                #"{"why": "x", "by": "kim", "on": "2026-05-02"}"#,
                Retirement(why: "x", by: "kim", on: "2026-05-02")
            ),
            (#""x""#, Retirement(why: "x")), ("true", Retirement(why: "")), ("{}", Retirement(why: "")),
            ("false", nil), ("null", nil),
        ] as [(String, Retirement?)])
    func aMarkTakesARowOut(mark: String, retirement: Retirement?) {
        let found = read(Self.sound + #"{"query_id": "B", "query": "b", "retired": \#(mark)}"#)
        #expect(found.reader.problems == [])
        #expect(found.examples.map(\.id) == (retirement == nil ? ["A", "B"] : ["A"]))
        #expect(found.reader.retired.map(\.retirement) == (retirement.map { [$0] } ?? []))
        #expect((found.reader.digest.value == read(Self.sound).reader.digest.value) == (retirement != nil))
    }

    @Test func anIDOfARetiredExampleIsNeverUsedAgain() {
        let retired = #"{"query_id": "B", "query": "b", "retired": true}"# + "\n"
        let again = #"{"query_id": "B", "query": "another"}"# + "\n"
        let after = read(Self.sound + retired + again)
        #expect(
            after.reader.problems.map(\.description) == [
                "g.jsonl:3:14: error: the id 'B' is that of the example retired in line 2, and ids are never used "
                    + "again; give the new example an id of its own"
            ])
        #expect(read(Self.sound + again + retired).reader.errorCount == 1)
    }

    /// A row may be retired because it is broken.
    @Test func aRetiredRowIsCheckedNoFurther() {
        let found = read(
            Self.sound + #"{"query_id": "B", "query": 5, "match": "perhaps", "retired": "broken"}"#)
        #expect(found.reader.problems == [])
        #expect(found.reader.retired.map(\.id) == ["B"])
        #expect(read(Self.sound + #"{"query": "b", "retired": 5}"#).reader.errorCount == 1)
    }

    @Test func aSetOfRetiredExamplesAloneIsToldAsSuch() {
        let found = read(#"{"query_id": "B", "query": "b", "retired": true}"#)
        #expect(found.reader.problems.first?.cause == "every example of the data set is retired")
    }
}
