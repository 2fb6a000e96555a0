import Foundation
import Statistics
import Testing

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// The whole of the data sets of which `Fixtures` holds extracts.
@Suite(.enabled(if: shared != nil)) struct CorpusStatisticsTests {
    private func text(_ path: String) throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #require(shared)).appendingPathComponent(path), encoding: .utf8)
    }

    @Test(arguments: SpecialFunctionTable.all)
    func everyRowOfEachSpecialFunctionTable(table: SpecialFunctionTable) throws {
        let rows = try Oracles.table(text("special-functions/" + table.file))
        #expect(rows.count == table.whole)
        for row in rows {
            let problem = try table.problem(row)
            #expect(problem == nil, "\(row)")
        }
        print("special-functions/\(table.file): \(rows.count) rows")
    }

    @Test func everyUnivariateSetOfNIST() throws {
        let digits = try moments(Oracles.nistValues(text("nist-strd/univariate/PiDigits.txt")))
        #expect(digits.n == 5_000)
        #expect(close(digits.mean, 4.5348, 1e-14))
        #expect(close(digits.standardDeviation, 2.86733906028871, 1e-13))
    }

    @Test func everyAnalysisOfVarianceOfNIST() throws {
        let rows = try Oracles.description("one_way")
        for row in rows { try VarianceTests.check(row, text("nist-strd/nist_anova/" + row.word("file"))) }
        #expect(rows.count == 8)
        print("nist-strd/nist_anova: \(rows.count) sets")
    }

    @Test func theWholeOfGSM8KPairsAsCounted() throws {
        var flags: [String: [Bool]] = [:]
        let models = ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"]
        for line in try text("gsm8k-model-runs/correctness_only.jsonl").split(separator: "\n") {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for model in models { flags[model, default: []].append(try #require(row[model] as? Bool)) }
        }
        let reference = try JSONDecoder().decode(
            [String: Row].self, from: Data(text("reference-outputs/gsm8k-model-runs.json").utf8))
        var seen = 0
        for (name, row) in reference {
            guard case .tables(let table)? = row.fields["table"] else { continue }
            let pair = name.components(separatedBy: "->")
            let counts = try PairedCounts(
                baseline: #require(flags[pair[0]]), candidate: #require(flags[pair[1]]))
            #expect(counts.both == Int(table[0][0]) && counts.onlyBaseline == Int(table[0][1]))
            #expect(counts.onlyCandidate == Int(table[1][0]) && counts.neither == Int(table[1][1]))
            // Score interval and bootstrap of the same differences meet at n = 1319.
            let baseline = try #require(flags[pair[0]]).map { $0 ? 1.0 : 0 }
            let candidate = try #require(flags[pair[1]]).map { $0 ? 1.0 : 0 }
            let drawn = try meanDifferenceInterval(
                baseline: baseline, candidate: candidate, range: 0...1, seed: 1)
            let score = try tangoInterval(counts)
            #expect(abs(drawn.lower - score.lower) < 0.002 && abs(drawn.upper - score.upper) < 0.002)
            seen += 1
        }
        #expect(seen == 6)
    }
}
