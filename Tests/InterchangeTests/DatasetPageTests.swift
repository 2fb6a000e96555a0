import Domain
import Foundation
import Interchange
import Notation
import Testing

/// `docs/dataset.md` is held to what is read: its fields, its names and all its examples.
@Suite struct DatasetPageTests {
    private static let page: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let file = root.appendingPathComponent("docs/dataset.md").standardizedFileURL
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    /// The cells of a field's row in the table; a `|` never stands within one.
    private static func cells(_ field: DatasetField) -> [String] {
        let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(field.rawValue)` |") } ?? ""
        return row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The blocks of JSON Lines of a section; nil: of those before the first section.
    private static func blocks(_ wanted: (String) -> Bool) -> [String] {
        var blocks: [String] = []
        var section = ""
        var block: String?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            if line == "```jsonl" {
                block = ""
            } else if line == "```", let text = block {
                if wanted(section) { blocks.append(text) }
                block = nil
            } else {
                block? += line + "\n"
            }
        }
        return blocks
    }

    @Test(arguments: DatasetField.allCases) func everyFieldHasItsRowWithAllItsNames(_ field: DatasetField) {
        let cells = Self.cells(field)
        #expect(cells.count == 5, "\(field.rawValue)")
        guard cells.count == 5 else { return }
        let names = field.aliases.map { "`\($0)`" }.joined(separator: ", ")
        #expect(cells[1] == (names.isEmpty ? "–" : names))
    }

    @Test(arguments: DatasetField.allCases) func everyFieldsExampleLoads(_ field: DatasetField) {
        let cells = Self.cells(field)
        guard cells.count == 5 else { return }
        let member = cells[3].trimmingCharacters(in: ["`"])
        let query = [.query, .messages].contains(field) ? "" : #""query": "q", "#
        let (examples, reader) = DatasetReader.read([("page", Array("{\(query)\(member)}".utf8))])
        if field == .retired {
            #expect(examples.isEmpty && reader.retired.first?.retirement.by == "kim")
            return
        }
        #expect(examples.count == 1, "\(member)")
        #expect(reader.problems == [], "\(member)")
        #expect(reader.columns.last?.field == field)
    }

    @Test func everyBlockOfRowsLoads() {
        let blocks = Self.blocks { $0 != "Recorded outputs" }
        #expect(blocks.count == 5)
        for block in blocks {
            let (examples, reader) = DatasetReader.read([("page", Array(block.utf8))])
            #expect(examples.count == block.split(separator: "\n").count, "\(block)")
            #expect(reader.problems == [], "\(block)")
        }
    }

    @Test func conversationsInEveryFormAreTheSame() {
        let (examples, _) = DatasetReader.read([
            ("page", Array((Self.blocks { $0 == "Conversations" }.first ?? "").utf8))
        ])
        #expect(examples.count == 5)
        let turns = [
            Message(role: .user, content: "How do I pay?"), Message(role: .assistant, content: "By bank."),
        ]
        for example in examples { #expect(example.history == turns) }
        #expect(examples.last?.query == "By cheque?")
    }

    @Test func everyBandIsNamedWithItsBounds() {
        for band in ScoreBand.allCases { #expect(Self.page.contains("| `\(band.rawValue)` |")) }
    }

    @Test func recordedRowsAreReadAsThePageSays() throws {
        let block = try #require(Self.blocks { $0 == "Recorded outputs" }.first)
        let rows = try block.split(separator: "\n").map { try JSONValue.parse(String($0)) }
        let reader = RecordedRow(try AnswerReader(ObserveMap()))
        let read = try rows.map { try reader.read($0).outcome }
        guard read.count == 3, case .answered(let first) = read[0], case .answered(let second) = read[1],
            case .failed(let failure) = read[2]
        else {
            Issue.record("the page has other rows")
            return
        }
        #expect(first.text == "Refunds take 14 days.")
        #expect(first.documents?.map(\.id) == ["d17", "d4"])
        #expect(first.latencyMilliseconds == 412)
        #expect(first.problems == [])
        #expect(second.guardrail?.outcome == .block)
        #expect(second.latencyMilliseconds == 200)
        #expect(second.timeToFirstTokenMilliseconds == 90)
        #expect(failure.status == 504)
    }
}
