import Foundation
import Statistics
import Testing

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// Drift of a month of loans, column by column, as SciPy counted it.
@Suite(.enabled(if: shared != nil)) struct CorpusSignificanceTests {
    private func text(_ path: String) throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #require(shared)).appendingPathComponent(path), encoding: .utf8)
    }

    private func table(_ name: String) throws -> [String: [String]] {
        let lines = try text("nannyml-drift/" + name).split(whereSeparator: \.isNewline)
        let header = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false)
        var columns: [String: [String]] = [:]
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            for (name, cell) in zip(header, cells) { columns[String(name), default: []].append(String(cell)) }
        }
        return columns
    }

    @Test func everyDistanceAndEveryChiSquareOfTheLoanData() throws {
        let reference = try table("synthetic_car_loan_reference.csv")
        let analysis = try table("synthetic_car_loan_analysis.csv")
        let expected = try #require(
            try JSONSerialization.jsonObject(with: Data(text("reference-outputs/nannyml-drift.json").utf8))
                as? [String: [String: Any]])
        var seen = 0
        for chunk in 0..<5 {
            let row = try #require(expected["analysis_chunk_\(chunk + 1)_of_5"])
            let rows = (chunk * 1250)..<((chunk + 1) * 1250)
            for (name, distance) in try #require(row["ks_vs_reference"] as? [String: Double]) {
                // An empty cell is missing, in either period.
                let before = try #require(reference[name]).compactMap(numeric)
                let after = try #require(analysis[name])[rows].compactMap(numeric)
                let test = try kolmogorovSmirnovTest(baseline: before, candidate: after)
                #expect(close(try #require(test.statistic), distance, 1e-12), "\(name) \(chunk)")
                seen += 1
            }
            for (name, statistic) in try #require(row["chi2_categorical"] as? [String: Double]) {
                let before = try #require(reference[name])
                let after = Array(try #require(analysis[name])[rows])
                let categories = Set(before + after).sorted()
                let counts = [before, after].map { cells in
                    categories.map { category in cells.count { $0 == category } }
                }
                let test = try chiSquaredIndependenceTest(counts)
                #expect(close(try #require(test.test.statistic), statistic, 1e-10), "\(name) \(chunk)")
                seen += 1
            }
        }
        #expect(seen == 40)
    }

    /// A number, or a truth value as 0 or 1.
    private func numeric(_ cell: String) -> Double? {
        switch cell {
        case "True": 1
        case "False": 0
        default: Double(cell)
        }
    }
}
