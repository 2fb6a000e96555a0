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

    @Test func everyProportionIntervalIsCheckedOrLeftOutForAReason() throws {
        var checked = 0
        var left: [String: Int] = [:]
        for line in try text("experiment-statistics/cases.jsonl").split(separator: "\n") {
            guard line.contains("\"stat\": \"proportion_ci\"") else { continue }
            let all = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let method = try #require(all["method"] as? String)
            guard method == "wilson" || method == "exact" else {
                left[method, default: 0] += 1
                continue
            }
            // Rows of other methods hold words among the numbers.
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            let (successes, trials, level) = (try row.int("successes"), try row.int("n"), try row("level"))
            let found =
                method == "wilson"
                ? try wilsonInterval(successes: successes, trials: trials, confidence: level)
                : try clopperPearsonInterval(successes: successes, trials: trials, confidence: level)
            let expected = try row.list("expected")
            #expect(abs(found.lower - expected[0]) < 5e-8 && abs(found.upper - expected[1]) < 5e-8, "\(line)")
            checked += 1
        }
        #expect(checked == 16)
        #expect(left.keys.sorted() == ProportionIntervalTests.leftOut.map(\.method).sorted())
        print(
            "experiment-statistics, proportion_ci: \(checked) checked, \(left.values.reduce(0, +)) left out")
    }

    @Test func everyWilsonIntervalOfGSM8K() throws {
        let reference = try JSONDecoder().decode(
            [String: Row].self, from: Data(text("reference-outputs/gsm8k-model-runs.json").utf8))
        var seen = 0
        for row in reference.values {
            guard let expected = try? row.list("wilson95") else { continue }
            let found = try wilsonInterval(
                successes: row.int("correct"), trials: row.int("n"), confidence: 0.95)
            #expect(close(found.lower, expected[0], 1e-12) && close(found.upper, expected[1], 1e-12))
            seen += 1
        }
        #expect(seen == 4)
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
