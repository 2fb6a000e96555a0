import Notation
import Testing

@Suite struct CSVReaderTests {
    private func rows(_ text: String) throws(CSVError) -> [[String]] {
        try CSVReader.rows(Array(text.utf8)).map { $0.map(\.text) }
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2\r", [["a", "b"], ["1", "2"]]),
            ("a;b\n1;2,5\n", [["a", "b"], ["1", "2,5"]]),
            ("a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]),
            ("\"x;y\";b\n1;2\n", [["x;y", "b"], ["1", "2"]]),
            ("a,b\n\"1,5\",\"say \"\"no\"\"\"\n", [["a", "b"], ["1,5", "say \"no\""]]),
            ("a,b\n\"two\nlines\",2\n", [["a", "b"], ["two\nlines", "2"]]),
            ("a,b\n\n  \n1,2\n\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n,\n", [["a", "b"], ["", ""]]),
            ("a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]]),
            ("a\n\"\"\n", [["a"], [""]]),
            ("é,日本\n1,2\n", [["é", "日本"], ["1", "2"]]),
            ("", []), ("\n\n", []), ("\u{FEFF}", []),
        ] as [(String, [[String]])])
    func aTableIsReadAsItStands(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test func everyCellKnowsItsPlace() throws {
        let cells = try CSVReader.rows(Array("\u{FEFF}a,bb\r\n\"x\ny\",3\n7,\"\"\n".utf8))
        #expect(cells[1].map { [$0.line, $0.column] } == [[2, 1], [3, 4]])
        #expect(cells[2].map { [$0.line, $0.column] } == [[4, 1], [4, 3]])
        #expect(cells[2][1].isQuoted && !cells[2][0].isQuoted)
    }

    @Test(arguments: [
        ("a,b\n1,\"2\n3,4\n", 2, 3, "a cell's quote is never closed"),
        ("a,b\n1,\"2\"x\n", 2, 6, "text follows the quote that closes a cell"),
        ("a,b\n1,2\"x\"\n", 2, 4, "a quote stands within a cell that does not begin with one"),
    ])
    func whatCannotBeReadHasAPlace(text: String, line: Int, column: Int, cause: String) {
        do throws(CSVError) {
            _ = try rows(text)
            Issue.record("it was read")
        } catch {
            #expect(error.line == line && error.column == column && error.cause == cause, "\(error)")
        }
    }

    @Test func bytesThatAreNoTextAreToldWithTheirCell() {
        let bytes = Array("a,b\n1,".utf8) + [0xFF, 0xFE, 0x0A]
        do throws(CSVError) {
            _ = try CSVReader.rows(bytes)
            Issue.record("it was read")
        } catch {
            #expect(
                error.line == 2 && error.column == 3 && error.mend == "save the file as UTF-8", "\(error)")
        }
    }

    @Test func noBytesMakeItTrap() {
        let alphabet: [UInt8] = Array("a,\";\n\r\t1".utf8) + [0xEF, 0xBB, 0xBF, 0xFF, 0x00]
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            _ = try? CSVReader.rows(bytes)
        }
    }
}
