import Interchange
import Testing

/// Tables of releases, good and hostile.
@Suite struct ReleaseTableTests {
    private func read(_ text: String) -> (table: ReleaseTable?, problems: [String]) {
        let read = ReleaseTableReader.read(file: "r.csv", bytes: Array(text.utf8))
        return (read.table, read.problems.map(\.description))
    }

    @Test func aTableIsOrderedByDateAndKeepsItsColumns() throws {
        let (table, problems) = read(
            """
            \u{FEFF}release,date,offline.recall,notes,online.resolved
            v2,2026-02-01,0.91,"more, and better",0.6
            v1,2026-01-01, 0.88 ,,NA
            v3,2026-03-01T10:00:00Z,,x,0.7
            """)
        let found = try #require(table)
        #expect(problems == [])
        #expect(found.releases == ["v1", "v2", "v3"])
        #expect(found.dates == ["2026-01-01", "2026-02-01", "2026-03-01T10:00:00Z"])
        #expect(found.columns == ["offline.recall", "notes", "online.resolved"])
        #expect(found.numbers("offline.recall").values == [0.88, 0.91, nil])
        #expect(found.numbers("online.resolved").values == [nil, 0.6, 0.7])
        #expect(found.numbers("online.resolved").problems.isEmpty)
    }

    @Test func jsonLinesGiveTheSameTable() throws {
        let (table, problems) = read(
            """
            {"release": "v1", "offline": {"recall": 0.88, "f1": {"macro": 1}}, "online": {"resolved": null}}

            {"version": 2, "offline": {"recall": 0.91}, "online.resolved": 0.6}
            """)
        let found = try #require(table)
        #expect(problems == [])
        #expect(found.releases == ["v1", "2"] && found.dates == nil)
        #expect(found.columns == ["offline.recall", "offline.f1.macro", "online.resolved"])
        #expect(found.numbers("offline.recall").values == [0.88, 0.91])
        #expect(found.numbers("offline.f1.macro").values == [1, nil])
        #expect(found.numbers("online.resolved").values == [nil, 0.6])
    }

    @Test(arguments: ["", "NA", "n/a", "NaN", "null", "-", "  "])
    func whatIsMissingIsNoNumberAndNoProblem(cell: String) throws {
        let (table, problems) = read("release,m\nv1,\(cell)\nv2,1e-3\n")
        let column = try #require(table).numbers("m")
        #expect(problems == [] && column.problems.isEmpty)
        #expect(column.values == [nil, 0.001])
    }

    @Test(arguments: [
        (
            "91%",
            "column 'm' holds '91%', which is no number; write a share such as 0.91, without a percent sign"
        ),
        (
            "\"0,91\"",
            "column 'm' holds '0,91', which is no number; write a decimal point, and no mark for thousands"
        ),
        ("good", "column 'm' holds 'good', which is no number; write a number, or leave the cell empty"),
        ("inf", "column 'm' holds 'inf', which is no number; write a number, or leave the cell empty"),
        ("0x1p3", "column 'm' holds '0x1p3', which is no number; write a number, or leave the cell empty"),
        ("1e999", "column 'm' holds '1e999', which is no number; write a number, or leave the cell empty"),
    ])
    func aTextWhereANumberBelongsIsToldWithItsPlace(cell: String, words: String) throws {
        let (table, problems) = read("release,m\nv1,1\nv2,\(cell)\n")
        #expect(problems == [])
        let column = try #require(table).numbers("m")
        #expect(column.problems.map(\.description) == ["r.csv:3:4: error: " + words])
        #expect(column.values == [1, nil])
    }

    @Test(arguments: [
        (
            "release,m\nv1,1\nv2,2,3\n",
            "r.csv:3:6: error: the row has 3 cells and the header 2 columns; put a cell that holds a comma in quotes"
        ),
        (
            "release,m\nv1,1\nv2\n",
            "r.csv:3:1: error: the row has 1 cell and the header 2 columns; leave missing cells empty, with their commas"
        ),
        (
            "release,m\nv1,1\nv2,1\nv1,2\n",
            "r.csv:4:1: error: release 'v1' is also that of line 2; keep one row a release"
        ),
        ("m,n\n1,2\n", "r.csv:1:1: error: no column names the release; name one 'release'"),
        (
            "release,m,m\nv1,1,2\n",
            "r.csv:1:11: error: two columns are named 'm'; give each column a name of its own"
        ),
        ("release,,m\nv1,1,2\n", "r.csv:1:9: error: a column has no name; name every column of the header"),
        ("release,m\n,2\n", "r.csv:2:1: error: the row does not name its release; give it a 'release'"),
        (
            "release,date,m\nv1,yesterday,2\n",
            "r.csv:2:4: error: 'yesterday' is no date; write it as 2026-03-01, in every row or in none"
        ),
        (
            "release,date,m\nv1,2026-13-01,2\n",
            "r.csv:2:4: error: '2026-13-01' is no date; write it as 2026-03-01, in every row or in none"
        ),
        (
            "release,date,m\nv1,2026-01-01,2\nv2,,3\n",
            "r.csv:3:4: error: the release has no date, and others have; write it as 2026-03-01, in every row or in none"
        ),
        (
            "release,m\nv1,\"2\nv2,3\n",
            "r.csv:2:4: error: a cell's quote is never closed; close it, or double the quotes within the cell"
        ),
        (
            "",
            "r.csv: error: the file holds no release; write a header and a row a release, or a JSON object a line"
        ),
        (
            "release,m\n",
            "r.csv: error: the file holds no release; write a header and a row a release, or a JSON object a line"
        ),
        (
            "{\"release\": \"v1\"}\n{\"m\": 2}\n",
            "r.csv:2:1: error: the row does not name its release; give it a 'release'"
        ),
        (
            "{\"release\": \"v1\"}\n[1]\n",
            "r.csv:2:1: error: the row is an array; a row is an object; write {\"release\": \"…\", …}, a row a line"
        ),
    ])
    func whatIsWrongIsToldWithItsPlace(text: String, words: String) {
        let problems = read(text).problems
        #expect(problems.contains(words), "\(problems)")
    }

    @Test func whatStandsInJSONInsteadOfANumberIsTold() throws {
        let (table, _) = read(#"{"release": "v1", "m": true, "n": [1], "o": "0.5"}"# + "\n")
        let found = try #require(table)
        #expect(
            found.numbers("m").problems.map(\.description) == [
                "r.csv:1:24: error: column 'm' holds a boolean, which is no number; "
                    + "write a number, or null where there is none"
            ])
        #expect(found.numbers("n").problems.count == 1)
        // A number in quotes is one all the same.
        #expect(found.numbers("o").values == [0.5] && found.numbers("o").problems.isEmpty)
    }

    @Test func everythingWrongIsToldAtOnceAndNoMoreThanAPage() {
        var text = "release,m\n"
        for _ in 0..<300 { text += "v1,1\n" }
        let problems = read(text).problems
        #expect(problems.count == 100)
        #expect(Set(problems).count == 100)
    }

    @Test func aFileThatIsTooLargeIsRefusedInWords() {
        var text = "release,m\n"
        for row in 0..<10_050 { text += "v\(row),1\n" }
        #expect(read(text).problems == ["r.csv:10002:1: error: there are over 10000 rows; drop some"])
        let wide = "release," + (0..<1_100).map { "m\($0)" }.joined(separator: ",") + "\n"
        #expect(read(wide).problems.first == "r.csv:1:1: error: there are over 1000 columns; drop some")
    }

    @Test func noBytesMakeItTrap() {
        let alphabet = Array("{}[]\"rv:,\n1.release".utf8) + [0xEF, 0xBB, 0xBF, 0xFF]
        var state: UInt64 = 11
        for _ in 0..<5_000 {
            var bytes = Array("release,date,m\n".utf8.prefix(Int(state >> 60)))
            for _ in 0..<16 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            let read = ReleaseTableReader.read(file: "r", bytes: bytes)
            #expect(read.table != nil || !read.problems.isEmpty)
        }
    }
}
