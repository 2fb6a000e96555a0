import Foundation
import Statistics
import Testing

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// Cohen's κ of real judges and classifiers.
@Suite(.enabled(if: shared != nil)) struct CorpusAgreementTests {
    private func text(_ path: String) throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #require(shared)).appendingPathComponent(path), encoding: .utf8)
    }

    private struct Verdict: Decodable {
        let subset: String
        let judge: String
        let prompting: String
        let winner: String?
        let winnerSwapped: String?

        var cell: [String] { [subset, judge, prompting] }
    }

    private struct Published: Decodable {
        let subset: String
        let judge: String
        let prompting: String
        let kappaAgreement: Double?

        var cell: [String] { [subset, judge, prompting] }
    }

    private func rows<Row: Decodable>(_ path: String) throws -> [Row] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try text(path).split(separator: "\n").map {
            try decoder.decode(Row.self, from: Data($0.utf8))
        }
    }

    /// Agreement of both orders of presentation. Cells with a verdict that did not parse are left out: upstream has
    /// its own way with those. `kappa_False`, `kappa_True` and their average are left out: what chance they reckon
    /// with is not documented, and it is not Cohen's.
    @Test func judgesAgreeWithThemselvesAsUpstreamSays() throws {
        var cells: [[String]: [Verdict]] = [:]
        for verdict: Verdict in try rows("llmbar/judgments.jsonl") {
            cells[verdict.cell, default: []].append(verdict)
        }
        var published: [[String]: Double] = [:]
        for row: Published in try rows("llmbar/judge_statistics.jsonl") {
            published[row.cell] = row.kappaAgreement
        }
        var seen = 0
        var leftOut = 0
        for (cell, verdicts) in cells {
            let first = verdicts.compactMap(\.winner)
            let second = verdicts.compactMap(\.winnerSwapped)
            guard first.count == verdicts.count, second.count == verdicts.count else {
                leftOut += 1
                continue
            }
            let kappa = try cohenKappa(confusionTable(first, second).counts).value
            let expected = try #require(published[cell])
            #expect(abs(kappa - expected) < 1e-9, "\(cell)")
            seen += 1
        }
        #expect(seen == 36 && leftOut == 12)
    }

    @Test func classifiersAgreeWithTheirLabelsAsScikitLearnSays() throws {
        let lines = try text("clinc-oos/predictions.csv").split(separator: "\n")
        let names = lines[0].split(separator: ",").map(String.init)
        let table = lines.dropFirst().map { $0.split(separator: ",").map(String.init) }
        let reference = try JSONDecoder().decode(
            [String: Row].self, from: Data(text("reference-outputs/clinc-oos.json").utf8))
        let gold = try #require(names.firstIndex(of: "gold"))
        for model in ["baseline", "candidate_good", "candidate_bad"] {
            let column = try #require(names.firstIndex(of: model))
            let counts = try confusionTable(table.map { $0[gold] }, table.map { $0[column] }).counts
            let kappa = try cohenKappa(counts)
            #expect(kappa.units == 5_500)
            let row = try #require(reference[model])
            let (value, accuracy) = (try row("cohen_kappa"), try row("accuracy"))
            #expect(abs(kappa.value - value) < 1e-12)
            #expect(abs(kappa.observed - accuracy) < 1e-12)
        }
    }
}
