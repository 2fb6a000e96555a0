import Domain
import Metrics
import Testing

@testable import Scoring

@Suite struct ScoreSheetTests {
    private func rows(_ count: Int, repeats: Int = 1) -> ScoreRows {
        ScoreRows(
            ids: (0..<count).map { "e\($0)" }, slices: [], starts: (0...count).map { Int32($0 * repeats) })
    }

    private func sheet(
        _ columns: [(name: String, width: Int)] = [("one", 1)], _ scratch: MemoryScratch = MemoryScratch()
    ) -> ScoreSheet {
        ScoreSheet(columns: columns, scratch: scratch)
    }

    /// A score is missing as a NaN that says why; a value stays a value to the last bit.
    @Test(arguments: [1, 2, 511, 65_536, Int32.max, -1, -2, -511, -65_536, -Int32.max])
    func statesSurviveInsideNaN(state: Int32) {
        let cell = ScoreSheet.missing(state)
        #expect(cell.isNaN && !cell.isSignalingNaN)
        #expect(ScoreSheet.state(of: cell) == state)
    }

    @Test(arguments: [0, -0.0, 1, .leastNonzeroMagnitude, -1e308, .pi])
    func valuesHaveNoState(value: Double) throws {
        #expect(ScoreSheet.state(of: value) == 0)
        let sheet = sheet()
        sheet.write(row: 0, arm: .candidate, [.value(value)])
        let column = try #require(
            try sheet.table(rows: rows(1), arms: [.candidate]).column("one", .candidate))
        #expect(column.values[0].bitPattern == value.bitPattern)
    }

    /// A NaN that a metric gave would be read as no score at all, or as a score with a reason of nobody's.
    @Test(arguments: [Double.nan, -.nan, .infinity, ScoreSheet.missing(3)])
    func noFiniteNumberIsAFailure(value: Double) throws {
        let sheet = sheet([("one", 1), ("two", 2)])
        sheet.write(row: 0, arm: .candidate, [.value(value), .values([1, value])])
        let table = try sheet.table(rows: rows(1), arms: [.candidate])
        for name in ["one", "two"] {
            let column = try #require(try table.column(name, .candidate))
            #expect(column.states[0] < 0)
            #expect(column.reasons[Int(-column.states[0]) - 1] == "the metric gave no finite number")
        }
    }

    /// Blocks hold 512 rows: 1,300 of them, written back to front, from both arms in turn.
    @Test func rowsComeInAnyOrder() throws {
        let sheet = sheet([("one", 1), ("pair", 2), ("text", 1)])
        for row in (0..<1300).reversed() {
            for arm in Arm.allCases {
                let sign = arm == .baseline ? 1.0 : -1.0
                sheet.write(
                    row: row, arm: arm,
                    [
                        row % 7 == 0 ? .notApplicable("every seventh") : .value(sign * Double(row)),
                        .values([Double(row), sign]), .labels(["label \(row % 3)"]),
                    ])
            }
        }
        let table = try sheet.table(rows: rows(1300), arms: Arm.allCases)
        for arm in Arm.allCases {
            let sign = arm == .baseline ? 1.0 : -1.0
            let one = try #require(try table.column("one", arm))
            let pair = try #require(try table.column("pair", arm))
            let text = try #require(try table.column("text", arm))
            for row in 0..<1300 {
                if row % 7 == 0 {
                    #expect(one.reasons[Int(one.states[row]) - 1] == "every seventh")
                } else {
                    #expect(one.states[row] == 0 && one.values[row] == sign * Double(row))
                }
                #expect(pair.values[2 * row] == Double(row) && pair.values[2 * row + 1] == sign)
                #expect(text.labels[Int(text.values[row])] == "label \(row % 3)")
            }
        }
        #expect(try table.column("nothing", .baseline) == nil)
    }

    /// A resumed run writes a row again; the last one counts, in the same block or another.
    @Test(arguments: [3, 700]) func aRowWrittenAgainIsReplaced(between: Int) throws {
        let sheet = sheet()
        sheet.write(row: 1, arm: .candidate, [.failed("first")])
        for row in 0..<between { sheet.write(row: row + 2, arm: .candidate, [.value(0.5)]) }
        sheet.write(row: 1, arm: .candidate, [.value(0.25)])
        let column = try #require(
            try sheet.table(rows: rows(between + 2), arms: [.candidate]).column("one", .candidate))
        #expect(column.states[1] == 0 && column.values[1] == 0.25)
    }

    @Test func anUnwrittenRowIsUnmeasuredNotZero() throws {
        let sheet = sheet([("one", 1), ("two", 3)])
        sheet.write(row: 1, arm: .candidate, [.value(1), .values([1, 2, 3])])
        let table = try sheet.table(rows: rows(3), arms: [.candidate])
        for name in ["one", "two"] {
            let column = try #require(try table.column(name, .candidate))
            #expect(column.states[0] < 0 && column.states[1] == 0 && column.states[2] < 0)
            #expect(column.reasons[Int(-column.states[0]) - 1] == "no observation")
            #expect(column.answered[Int(-column.states[0]) - 1] == false)
        }
        #expect(try table.column("one", .baseline) == nil)
    }

    /// The same words with an answer and without are two reasons.
    @Test func reasonsKnowWhetherTheAppAnswered() throws {
        let sheet = sheet()
        sheet.write(row: 0, arm: .candidate, answered: true, [.failed("no documents")])
        sheet.write(row: 1, arm: .candidate, answered: false, [.failed("no documents")])
        sheet.write(row: 2, arm: .candidate, answered: false, [.notApplicable("the app gave no answer")])
        sheet.write(row: 3, arm: .candidate, answered: true, [.failed("no documents")])
        let column = try #require(
            try sheet.table(rows: rows(4), arms: [.candidate]).column("one", .candidate))
        let reasons = column.states.map { Int($0.magnitude) - 1 }
        #expect(
            reasons.map { column.reasons[$0] } == [
                "no documents", "no documents", "the app gave no answer", "no documents",
            ])
        #expect(reasons.map { column.answered[$0] } == [true, false, false, true])
        #expect(column.states[0] == column.states[3] && column.states[0] != column.states[1])
        #expect(column.states.map { $0 < 0 } == [true, true, false, true])
    }

    @Test func anExpectedLabelWithoutAPredictedOneIsKept() throws {
        let sheet = sheet([("pair", 2)])
        sheet.write(row: 0, arm: .candidate, [.labels(["refund"])])
        sheet.write(row: 1, arm: .candidate, [.labels(["refund", "order"])])
        let column = try #require(
            try sheet.table(rows: rows(2), arms: [.candidate]).column("pair", .candidate))
        #expect(column.values == [0, -1, 0, 1] && column.labels == ["refund", "order"])
    }

    /// What could not be written is said once the table is asked for, and the first of several says it.
    @Test func aScratchThatFailsIsNotReadAsScores() throws {
        let sheet = sheet([("one", 1)], MemoryScratch(failingFrom: 2))
        for row in 0..<2000 { sheet.write(row: row, arm: .candidate, [.value(1)]) }
        #expect(throws: StoreError(.full, "no room for append 2")) {
            try sheet.table(rows: rows(2000), arms: [.candidate])
        }
    }

    @Test func aScratchThatCannotBeReadIsSaid() throws {
        let scratch = MemoryScratch()
        let sheet = sheet([("one", 1)], scratch)
        sheet.write(row: 0, arm: .candidate, [.value(1)])
        let table = try sheet.table(rows: rows(1), arms: [.candidate])
        scratch.failReads()
        #expect(throws: StoreError.self) { try table.column("one", .candidate) }
    }

    /// Memory holds one block an arm, however many rows there are; the rest is on disk.
    @Test func rowsGoToTheScratchInBlocks() throws {
        let scratch = MemoryScratch()
        let sheet = sheet([("one", 1), ("two", 2)], scratch)
        for row in 0..<511 { sheet.write(row: row, arm: .baseline, [.value(1), .values([1, 2])]) }
        #expect(scratch.appendCount == 0)
        sheet.write(row: 511, arm: .baseline, [.value(1), .values([1, 2])])
        #expect(scratch.appendCount == 1 && scratch.byteCount == 512 * 3 * 8)
    }

    @Test func manyTasksWriteAtOnce() async throws {
        let sheet = sheet([("one", 1), ("text", 1)])
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for row in stride(from: worker, to: 4000, by: 8) {
                        sheet.write(
                            row: row, arm: .candidate, [.value(Double(row)), .labels(["t\(row % 5)"])])
                        sheet.write(
                            row: row, arm: .baseline, answered: false,
                            [.failed("f\(row % 3)"), .labels(["b"])])
                    }
                }
            }
        }
        let table = try sheet.table(rows: rows(4000), arms: Arm.allCases)
        let one = try #require(try table.column("one", .candidate))
        let text = try #require(try table.column("text", .candidate))
        let failed = try #require(try table.column("one", .baseline))
        #expect((0..<4000).allSatisfy { one.values[$0] == Double($0) })
        #expect((0..<4000).allSatisfy { text.labels[Int(text.values[$0])] == "t\($0 % 5)" })
        #expect((0..<4000).allSatisfy { failed.reasons[Int(-failed.states[$0]) - 1] == "f\($0 % 3)" })
    }
}
