import Curation
import Domain
import Foundation
import Interchange
import Notation
import Testing

/// The demo app's golden set: real questions, nothing planted.
@Suite struct HelpdeskLintTests {
    private static func rows() throws -> [Row] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("examples/helpdesk/golden")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".jsonl")
        }
        var rows: [Row] = []
        for name in names.sorted() {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            for line in text.split(separator: "\n") {
                if case .object(let row) = try JSONValue.parse(Array(line.utf8)) { rows.append(row) }
            }
        }
        return rows
    }

    /// What it truly lacks, and nothing else, is told.
    @Test func itLacksMarksOfCareAndTwoLargeEnoughCategories() throws {
        let report = try lint(Self.rows())
        #expect(report.examples == 566)
        #expect(report.count(.error) == 0)
        #expect(
            report.told
                == [Told(.unlabelled), Told(.smallSlice), Told(.overdueReview)].sorted())
    }

    @Test func mendedItIsSilent() throws {
        let rows = try Self.rows().map { row in
            row.provenance("owner", "desk").provenance("approver", "desk").provenance("date", "2026-11-01")
                .provenance("guideline", "1")
        }
        var options = LintOptions(today: today)
        options.slices = ["domain", "adversarial"]
        #expect(try lint(rows, options).told == [])
    }
}
