import Digest
import Domain
import Interchange
import Notation
import Testing

/// A data set as a spreadsheet, and back.
@Suite struct SheetTests {
    // MARK: The round trip

    /// Texts that spreadsheets run, rewrite or cut.
    private static let traps = [
        "", " ", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'", "''", "'tis", "'=1",
        "007", "1e5",
        "1,5", "12:30", "2026-05-02", "50 %", "3 May", "MARCH1", "true", "TRUE", "False", "null", "[1]", "{}",
        "{\"a\": 1}", "[broken", "json:", "json:1", "\"quoted\"", "a\"b", "a;b,c\td", "line\nline",
        "line\r\nline",
        "\0", "\u{FEFF}x", "＝1", "😀", "e\u{301}", "row", "-", "–", "42", "-3.5", "12345678901234567890",
        "0.1",
        "json:\"x\"", "'json:1", "sep=;", "$5", "NaN", "#REF!",
    ]

    private static func text(_ random: inout SeededRandom) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: traps.randomElement(using: &random) ?? ""
        case 1: (traps.randomElement(using: &random) ?? "") + (traps.randomElement(using: &random) ?? "")
        default: random.text()
        }
    }

    private static func value(_ random: inout SeededRandom, depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 2 ? 6 : 8), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -1000...1000, using: &random))
        case 3: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 4:
            return .number(
                [0.1, 0.1 + 0.2, -0.0, 1e21, .leastNonzeroMagnitude, 1.5, 1e15].randomElement(using: &random)
                    ?? 0)
        case 5: return .string(text(&random))
        case 6: return .array(random.list(upTo: 3) { value(&$0, depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                object[text(&random)] = value(&random, depth: depth + 1)
            }
            return .object(object)
        }
    }

    /// A row of everything that a row can hold: nested columns, documents, conversations, odd names, absent and empty.
    private static func row(_ number: Int, _ random: inout SeededRandom) -> JSONObject {
        var row = JSONObject()
        let question = ["query", "question", "prompt"].randomElement(using: &random) ?? "query"
        func id(_ random: inout SeededRandom) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: row["query_id"] = .integer(Int64(number))
            case 1: row["id"] = .string("=E-\(number)")
            case 2: row["query_id"] = .string("E-\(number)")
            default: break
            }
        }
        var members: [() -> Void] = []
        let query = "\(number) " + text(&random)
        members.append { row[question] = .string(query) }
        func maybe(_ key: String, _ make: (inout SeededRandom) -> JSONValue) {
            guard Bool.random(using: &random) else { return }
            let value = make(&random)
            members.append { row[key] = value }
        }
        maybe("reference") { .string(text(&$0)) }
        maybe("expected_answer") { .array($0.list(upTo: 3) { .string(text(&$0)) }) }
        maybe("gold_doc_ids") { .array($0.list(upTo: 3) { .string(text(&$0)) }) }
        maybe("expected_intent") { .string(text(&$0)) }
        maybe("history") { [["role": "user", "content": .string(text(&$0))]] }
        maybe("required_elements") { [["any_of": [.string("x" + text(&$0))]]] }
        maybe("context") { .array($0.list(upTo: 2) { .string(text(&$0)) }) }
        maybe("tags") { .array($0.list(upTo: 3) { .string(text(&$0)) }) }
        maybe("expected_json") { value(&$0) }
        maybe("input") { _ in .null }
        maybe("locale") { value(&$0) }
        maybe("Own Column") { value(&$0) }
        maybe("provenance.source") { value(&$0) }
        maybe("=HYPERLINK(\"x\")") { value(&$0) }
        maybe("") { value(&$0) }
        maybe("provenance") { random in
            var object = JSONObject()
            for key in ["source", "owner", "date", text(&random)] where Bool.random(using: &random) {
                object[key] = key == "date" ? "2026-05-02" : value(&random)
            }
            return Bool.random(using: &random) ? .object(object) : .string(text(&random))
        }
        members.shuffle(using: &random)
        id(&random)
        for member in members { member() }
        return row
    }

    /// As `sluice dataset export` writes them.
    private static func sheet(_ rows: [JSONObject], _ make: () -> SheetText = { SheetText() }) -> [UInt8] {
        var columns = SheetColumns()
        for row in rows { columns.note(row) }
        var text = make()
        text.row(columns.columns.map(\.header))
        for row in rows { text.row(columns.cells(row)) }
        return text.bytes
    }

    private static func digest(_ rows: [JSONObject]) -> (ContentDigest, [Example], [DatasetProblem]) {
        var bytes: [UInt8] = []
        for row in rows {
            bytes += RowEdit.spaced(.object(row))
            bytes.append(0x0A)
        }
        let (examples, reader) = DatasetReader.read([("rows", bytes)])
        return (reader.digest.value, examples, reader.problems.filter { $0.severity == .error })
    }

    @Test(arguments: 0..<150) func whatWasSavedUnchangedIsTheSameDataSet(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let rows = (0..<Int.random(in: 1...12, using: &random)).map { Self.row($0, &random) }
        let before = Self.digest(rows)
        #expect(before.2 == [], "seed \(seed)")
        let forExcel = Bool.random(using: &random)
        let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        let separator = separators.randomElement(using: &random) ?? UInt8(ascii: ",")
        var back: [JSONObject] = []
        let sheet = Self.sheet(rows) { SheetText(separator: separator, forExcel: forExcel) }
        let reader = SheetReader.read(sheet, name: "s.csv", separator: separator) { back.append($0.object) }
        #expect(reader.problems == [], "seed \(seed)")
        let after = Self.digest(back)
        #expect(after.0 == before.0, "seed \(seed)")
        #expect(after.1.map(\.provenance) == before.1.map(\.provenance), "seed \(seed)")
        guard back.count == rows.count else { return }
        for (old, new) in zip(rows, back) {
            // What is no field of the reader's comes back as it was as well.
            for key in [
                "locale", "Own Column", "provenance.source", "=HYPERLINK(\"x\")", "", "expected_json",
            ] {
                #expect(new[key] == old[key], "seed \(seed) '\(key)'")
            }
        }
    }

    /// No cell that a spreadsheet would run.
    @Test(arguments: 0..<50) func noCellBeginsAsAFormulaDoes(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(1000 + seed))
        let rows = (0..<10).map { Self.row($0, &random) }
        for cell in try CSVReader.rows(Self.sheet(rows)).joined() {
            guard let first = cell.text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
            else {
                continue
            }
            #expect(Double(cell.text) != nil, "seed \(seed): \(cell.text)")
        }
    }

    /// What spreadsheets do to a file that is opened and saved: quote all, quote little, other separators and line
    /// ends, true and false in capitals, numbers in their own spelling, short rows.
    @Test(arguments: 0..<60) func aSpreadsheetsSpellingChangesNothing(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(2000 + seed))
        let rows = (0..<8).map { Self.row($0, &random) }
        let separator: Character = [",", ";", "\t"].randomElement(using: &random) ?? ","
        let quotesAll = Bool.random(using: &random)
        var text = Bool.random(using: &random) ? "sep=\(separator)\r\n" : ""
        for row in try CSVReader.rows(Self.sheet(rows)) {
            var cells = row.map(\.text).map { cell -> String in
                switch cell {
                case "true": return "TRUE"
                case "false": return "FALSE"
                case "0.1": return "0.10"
                case "1.5": return "1.5E+00"
                default: return cell
                }
            }
            while cells.count > 1, cells.last == "" { cells.removeLast() }
            text +=
                cells.map { cell in
                    let needs = quotesAll || cell.contains { $0 == separator || $0 == "\"" || $0.isNewline }
                    return needs ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
                }.joined(separator: String(separator)) + "\r\n"
        }
        var bytes = Array(text.utf8)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes = [0xEF, 0xBB, 0xBF] + bytes
        case 1:
            bytes = [0xFF, 0xFE]
            for unit in text.utf16 {
                bytes.append(UInt8(unit & 0xFF))
                bytes.append(UInt8(unit >> 8))
            }
        default: break
        }
        var back: [JSONObject] = []
        let reader = SheetReader.read(
            bytes, name: "s.csv", separator: text.hasPrefix("sep=") ? nil : separator.asciiValue
        ) { back.append($0.object) }
        #expect(reader.problems == [], "seed \(seed)")
        #expect(Self.digest(back).0 == Self.digest(rows).0, "seed \(seed)")
    }

    // MARK: Cells

    @Test(
        arguments: [
            ("", nil), ("x", "x"), ("42", 42), ("'42", "42"), ("-3.5", -3.5), ("'-3.5", "-3.5"),
            ("007", "007"),
            ("TRUE", true), ("false", false), ("'TRUE", "TRUE"), ("'", ""), ("''", "'"), ("'tis", "'tis"),
            ("'=1+1", "=1+1"), ("''=1", "'=1"), ("[1, 2]", [1, 2]), ("'[1, 2]", "[1, 2]"),
            ("[broken", "[broken"),
            ("{\"a\": 1}", ["a": 1]), ("json:null", .null), ("json:\"a\\u0000\"", "a\0"), ("null", "null"),
            ("=1+1", "=1+1"), ("1e999", "1e999"), ("2026-05-02", "2026-05-02"), ("'2026-05-02", "2026-05-02"),
        ] as [(String, JSONValue?)])
    func aCellIsReadAsThePageSays(cell: String, value: JSONValue?) throws {
        #expect(try SheetCell.value(cell, .any) == value)
    }

    @Test(arguments: [true, false], ["id;frage\r\n1;wie geht das\r\n", "id,frage\n1,日本語のテキスト一二三\n"])
    func utf16WithoutAMarkIsRead(isLittle: Bool, text: String) {
        var bytes: [UInt8] = []
        for unit in text.utf16 {
            let (low, high) = (UInt8(unit & 0xFF), UInt8(unit >> 8))
            bytes += isLittle ? [low, high] : [high, low]
        }
        var rows: [JSONObject] = []
        let reader = SheetReader.read(bytes, name: "s.csv") { rows.append($0.object) }
        #expect(reader.problems == [] && reader.columns.map(\.header) == ["id", "frage"])
        var marked: [JSONObject] = []
        _ = SheetReader.read(Array(text.utf8), name: "s.csv") { marked.append($0.object) }
        #expect(rows == marked && rows.count == 1)
        let cut = SheetReader.read(Array(bytes.dropLast()), name: "s.csv") { _ in }
        #expect(cut.problems.first?.cause == "the file is no valid UTF-16")
    }

    @Test func aMistakeOfQuotesIsToldAndNotTakenForAnotherSeparator() {
        let text = "id;frage;erwartet\n1;wie geht das;so\n2;\"wie\" geht das;so\n3;x;y\n"
        let reader = SheetReader.read(Array(text.utf8), name: "s.csv") { _ in }
        #expect(reader.columns.map(\.header) == ["id", "frage", "erwartet"])
        #expect(reader.problems.map(\.place.line) == [3], "\(reader.problems)")
    }

    @Test func anEmptyTextAndNothingAreTold() throws {
        var columns = SheetColumns()
        let rows: [JSONObject] = ["", nil].map { text in
            var row = JSONObject()
            row["query"] = "q"
            if let text { row["note"] = .string(text) }
            return row
        }
        for row in rows { columns.note(row) }
        #expect(columns.cells(rows[0]) == ["q", "'"])
        #expect(columns.cells(rows[1]) == ["q", ""])
    }

    @Test func jsonThatIsNoneIsToldWithItsPlace() {
        let reader = SheetReader.read(Array("query,x\na,json:{\n".utf8), name: "s.csv") { _ in }
        #expect(
            reader.problems.map(\.description).first?.hasPrefix("s.csv:2:3: error: the cell begins with")
                == true)
    }

    // MARK: Columns

    private func columns(_ head: String, map: String = "") -> [String] {
        let bytes = Array((head + "\n").utf8)
        let reader = SheetReader.read(
            bytes, name: "s.csv", map: SheetReader.Mapping.list(map) ?? []
        ) { _ in }
        return reader.columns.map(\.target) + reader.problems.map(\.cause)
    }

    @Test func columnsAreUnderstoodAndMapped() {
        #expect(columns("Question,Expected Answer,locale") == ["question", "expected_answer", "locale"])
        #expect(
            columns("frage,antwort,notiz", map: "frage=input.query,antwort=reference_response,notiz=-")
                == ["query", "reference_response", ""])
        #expect(columns("who", map: "who=provenance.annotator") == ["provenance.annotator"])
        #expect(columns("a,a") == ["a", "a", "two columns are called 'a'"])
        #expect(columns("a,b", map: "a=b") == ["b", "b", "'a' and 'b' both become 'b'"])
        #expect(columns("a", map: "b=query").last?.contains("does not have") == true)
        #expect(SheetReader.Mapping.list("a") == nil && SheetReader.Mapping.list("=b") == nil)
        // A header may hold an equals sign; a name may not.
        #expect(SheetReader.Mapping.list("a=b=query") == [SheetReader.Mapping(from: "a=b", to: "query")])
    }

    @Test(
        arguments: [
            ("query;note\na;b, c\n", ["a", "b, c"]), ("query\tnote\na\tb\n", ["a", "b"]),
            ("query,note\ra,b\r", ["a", "b"]), ("query, note;x\na;b\n", ["a", "b"]),
            ("sep=|\nquery|note\na|b\n", ["a", "b"]), ("query,note\n\n,\n\"a\n\",b\n", ["a\n", "b"]),
        ])
    func tablesOfEveryLocaleAreRead(text: String, cells: [String]) {
        var rows: [JSONObject] = []
        let reader = SheetReader.read(Array(text.utf8), name: "s.csv") { rows.append($0.object) }
        #expect(reader.problems == [])
        #expect(rows.map { $0.members.map { $0.value.stringValue ?? "" } } == [cells])
    }

    @Test(
        arguments: [
            ("", "the file is empty"), ("query,x\na,b,c\n", "more cells than the first line has names"),
            ("query,\na,b\n", "column 2 has no name"), ("query\n\"a\n", "never closed"),
            ("{\"query\": 1\n", "truncated"), ("query\n\u{0}\n", ""),
        ])
    func whatIsWrongIsTold(text: String, words: String) {
        let reader = SheetReader.read(Array(text.utf8), name: "s.csv") { _ in }
        #expect(words.isEmpty ? reader.problems == [] : reader.problems.first?.cause.contains(words) == true)
    }

    @Test(arguments: 0..<200) func noBytesStopTheReader(seed: Int) {
        var random = SeededRandom(seed: UInt64(5000 + seed))
        let pieces = [
            "query", ",", ";", "\"", "\n", "\r", "json:", "'", "=", "sep=", "{", "\u{FEFF}", "x", "\\",
        ]
        var bytes = Array((0..<40).map { _ in pieces.randomElement(using: &random) ?? "" }.joined().utf8)
        for _ in 0..<3 where !bytes.isEmpty {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        _ = SheetReader.read(bytes, name: "s.csv") { _ in }
    }
}
