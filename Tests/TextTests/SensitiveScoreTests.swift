import Foundation
import Notation
import Testing
import Text

/// Precision and recall on texts labelled by hand, by kind: what documentation says of the search.
///
/// Rules were mended on what the first batch showed; the second was written afterwards, and has changed nothing
/// but a card before its expiry date: its score is the one to believe. The floors lie a little under what was measured.
@Suite struct SensitiveScoreTests {
    private struct Text {
        let plain: String
        let labels: [(kind: String, range: Range<Int>)]

        /// `Write to ⟦mail|kim@example.com⟧.`
        init(_ marked: String) {
            var plain = ""
            var labels: [(kind: String, range: Range<Int>)] = []
            var rest = marked[...]
            while let open = rest.firstIndex(of: "⟦"), let bar = rest[open...].firstIndex(of: "|"),
                let close = rest[bar...].firstIndex(of: "⟧")
            {
                plain += rest[..<open]
                let start = plain.utf8.count
                plain += rest[rest.index(after: bar)..<close]
                labels.append((String(rest[rest.index(after: open)..<bar]), start..<plain.utf8.count))
                rest = rest[rest.index(after: close)...]
            }
            self.plain = plain + rest
            self.labels = labels
        }
    }

    private struct Score {
        var labelled = 0
        var covered = 0
        var found = 0
        var right = 0

        var recall: Double { labelled == 0 ? 1 : Double(covered) / Double(labelled) }
        var precision: Double { found == 0 ? 1 : Double(right) / Double(found) }
    }

    /// Listed as a team would list its people; some that occur are not.
    private static let names = [
        "Kim Lee", "Priya Natarajan", "Grace", "Erika Mustermann", "François Dupont", "José Núñez",
        "Иван Петров", "田中太郎", "Siobhan O'Rourke", "Jürgen-Weiß",
    ]

    private static let floors: [Int: [(kind: String, recall: Double, precision: Double)]] = [
        1: [
            ("mail", 0.95, 0.95), ("phone", 0.9, 0.95), ("card", 1, 0.8), ("account", 1, 1),
            ("key", 0.9, 0.75),
            ("name", 0.9, 0.9), ("custom", 1, 1),
        ],
        2: [
            ("mail", 0.8, 1), ("phone", 0.6, 0.7), ("card", 1, 1), ("account", 0.5, 1), ("key", 0.7, 0.8),
            ("name", 0.65, 1),
        ],
    ]

    @Test(arguments: [1, 2]) func theLabelledTextsAreScoredByKind(batch: Int) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/sensitive.jsonl")
        let finder = try SensitiveFinder(names: Self.names, custom: [("custom", #"\bC-\d{6}\b"#)])
        var scores: [String: Score] = [:]
        var texts = 0
        var clean = 0
        for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
            let row = try JSONValue.parse(String(line))
            guard row["batch"]?.intValue == batch else { continue }
            let marked = try #require(row["text"]?.stringValue)
            let text = Text(marked)
            texts += 1
            if text.labels.isEmpty { clean += 1 }
            let bytes = Array(text.plain.utf8)
            let found = try finder.findings(in: text.plain)
            for label in text.labels {
                scores[label.kind, default: Score()].labelled += 1
                let isCovered = found.contains {
                    $0.kind.word == label.kind && $0.range.lowerBound <= label.range.lowerBound
                        && $0.range.upperBound >= label.range.upperBound
                }
                if isCovered { scores[label.kind, default: Score()].covered += 1 }
                if !isCovered {
                    print("missed \(label.kind): \(String(decoding: bytes[label.range], as: UTF8.self))")
                }
            }
            for finding in found {
                scores[finding.kind.word, default: Score()].found += 1
                let isRight = text.labels.contains {
                    $0.kind == finding.kind.word && $0.range.overlaps(finding.range)
                }
                if isRight { scores[finding.kind.word, default: Score()].right += 1 }
                if !isRight {
                    let what = String(decoding: bytes[finding.range], as: UTF8.self)
                    print("wrongly \(finding.kind.word): \(what) in: \(text.plain)")
                }
            }
        }
        #expect(texts >= 60 && clean >= 20, "\(texts) texts, \(clean) without anything")
        for floor in Self.floors[batch] ?? [] {
            let score = try #require(scores[floor.kind])
            print(
                "\(floor.kind): recall \(score.covered)/\(score.labelled), precision \(score.right)/\(score.found)"
            )
            #expect(score.recall >= floor.recall, "\(floor.kind) recall \(score.recall)")
            #expect(score.precision >= floor.precision, "\(floor.kind) precision \(score.precision)")
        }
    }
}
