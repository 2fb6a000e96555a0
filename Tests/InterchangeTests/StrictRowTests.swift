import Domain
import Interchange
import Notation
import Testing

/// Rows in which something would be lost or changed unsaid: found when they are read, with line and mend.
@Suite struct StrictRowTests {
    private func problems(_ text: String) -> [String] {
        DatasetReader.read([("g.jsonl", Array(text.utf8))]).reader.problems.map(\.description)
    }

    @Test(arguments: [
        #""expected_result": {"total": 12345678901234567890123}"#, #""batch": 12345678901234567890"#,
        #""expected_score": 0.12345678901234567890"#, #""meta": [[1.0000000000000001]]"#,
    ])
    func aLongNumberIsRefusedWithItsLineAndTheMend(member: String) throws {
        let found = problems("{\"query\": \"a\"}\n{\"query\": \"b\", \(member)}\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("g.jsonl:2:") == true)
        #expect(found.first?.contains("error: the number has more digits than a 64-bit number holds") == true)
        #expect(found.first?.contains("write it as a text, in quotes") == true)
        let text = member.replacing(#/-?[0-9]+(?:\.[0-9]+)?/#) { "\"\($0.output)\"" }
        if !member.contains("score") {
            #expect(!problems("{\"query\": \"b\", \(text)}\n").contains { $0.contains("error") })
        }
    }

    @Test func aKeyThatStandsTwiceIsRefusedWithItsLine() {
        let found = problems("{\"query\": \"a\"}\n{\"query\": \"b\", \"m\": {\"x\": 1, \"x\": 2}}\n")
        #expect(
            found.count == 1 && found[0].hasPrefix("g.jsonl:2:30: error: the object has this key already"))
        #expect(found.first?.contains("keep one of the two") == true)
    }

    @Test(arguments: ["required_elements", "prohibited_elements"])
    func aPatternThatDoesNotCompileIsFoundWhenItIsRead(field: String) {
        let found = problems("{\"query\": \"a\", \"\(field)\": [\"ok\", {\"regex\": \"refund(ed\"}]}\n")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("g.jsonl:1:") == true)
        #expect(
            found.first?.contains(
                "error: the regular expression 'refund(ed' does not compile: missing closing parenthesis, at "
                    + "character 10") == true, "\(found)")
        #expect(problems("{\"query\": \"a\", \"\(field)\": [{\"regex\": \"refund(ed)?\"}]}\n") == [])
    }

    @Test func anIDBeyondAllNumbersIsToldWhatToDo() {
        let found = problems("{\"id\": 1e20, \"query\": \"a\"}\n")
        #expect(
            found.first?.contains("the id is a number with a fraction or beyond 64 bits") == true, "\(found)")
        #expect(found.first?.contains("write it as a text, in quotes") == true)
    }

    @Test func aCellKeepsAllItsDigits() throws {
        let digits = "12345678901234567890123"
        #expect(try SheetCell.value(digits, .any) == .string(digits))
        #expect(try SheetCell.value("12", .any) == 12)
        #expect(try SheetCell.value(SheetCell.text(.string(digits), .any), .any) == .string(digits))
        let long = String(repeating: "7", count: 60)
        #expect(SheetCell.text(.string(long), .any) == "'" + long)
        #expect(throws: SheetCell.Problem.self) { try SheetCell.value("[\(digits)]", .any) }
        #expect(throws: SheetCell.Problem.self) { try SheetCell.value("json:\(digits)", .any) }
    }

    @Test(arguments: [[0x50, 0x4B, 0x03, 0x04, 0xFF], [0xD0, 0xCF, 0x11, 0xE0, 0xA1] as [UInt8]])
    func aSpreadsheetIsCalledOne(bytes: [UInt8]) {
        let sheet = SheetReader.read(bytes, name: "g.xlsx") { _ in Issue.record("a row") }
        #expect(sheet.problems.count == 1)
        #expect(sheet.problems.first?.cause.contains("is a spreadsheet") == true)
        #expect(sheet.problems.first?.mend.contains("CSV UTF-8") == true)
    }

    @Test func aSheetOfLinesIsAsStrict() {
        let rows =
            "{\"query\": \"a\", \"n\": 12345678901234567890123}\n{\"query\": \"a\", \"query\": \"b\"}\n"
        let sheet = SheetReader.read(Array(rows.utf8), name: "s.jsonl") { _ in }
        #expect(sheet.problems.map(\.place.line) == [1, 2])
    }

    /// The number of a row is that of the caller's file, in what is said of another row too.
    @Test func aRowMayStandAtAnyLine() {
        var reader = DatasetReader()
        reader.begin(file: "s.csv")
        reader.feed(row: Array(#"{"query": "a"}"#.utf8), line: 5) { _, _ in }
        reader.feed(row: Array(#"{"query": "a"}"#.utf8), line: 9) { _, _ in }
        reader.finish()
        #expect(reader.problems.map(\.place.line) == [9])
        #expect(reader.problems.first?.cause == "the row is the same as line 5")
    }
}
