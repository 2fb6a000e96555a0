import Domain
import Foundation
import Metrics
import Statistics
import Testing

@testable import Gating

/// Real models on real data: verdicts, and the numbers that statsmodels and scikit-learn give for the same runs.
@Suite struct RealRunTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    private static func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8).split(separator: "\n")
    }

    struct Pair: Sendable {
        let baseline: Int
        let candidate: Int
        /// McNemar's exact two-sided p, by statsmodels.
        let p: Double
        let verdict: Verdict
        let rates: (Double, Double)
    }

    /// GSM8K: columns are 6b_finetuning, 6b_verification, 175b_finetuning, 175b_verification.
    @Test(arguments: [
        Pair(baseline: 0, candidate: 1, p: 3.928874710490944e-36, verdict: .ship, rates: (286, 515)),
        Pair(baseline: 1, candidate: 2, p: 0.003150656880360579, verdict: .block, rates: (515, 458)),
        Pair(baseline: 3, candidate: 0, p: 1.6569333623969997e-99, verdict: .block, rates: (742, 286)),
        Pair(baseline: 2, candidate: 3, p: 2.8913946350346335e-45, verdict: .ship, rates: (458, 742)),
    ])
    func languageModelsOnArithmetic(_ it: Pair) throws {
        let rows = try Self.lines("gsm8k-correct.txt").map { line in line.utf8.map { $0 == UInt8(ascii: "1") }
        }
        #expect(rows.count == 1319)
        var scores = Scores(rows.count)
        scores.add(
            "intent_accuracy", baseline: rows.map { .pass($0[it.baseline]) },
            candidate: rows.map { .pass($0[it.candidate]) })
        let judged = try judge(scores, [rule("intent_accuracy", .notWorse)], metrics: ["intent_accuracy"])
        #expect(judged.verdict == it.verdict)
        let result = judged.gates[0]
        #expect(result.baseline?.value == it.rates.0 / 1319 && result.candidate?.value == it.rates.1 / 1319)
        // Two-sided p doubles the smaller tail, which is the worse one where the candidate lost.
        let isWorse = it.rates.1 < it.rates.0
        let p = try #require(result.p)
        if isWorse { #expect(abs(p * 2 / it.p - 1) < 1e-9) } else { #expect(p > 0.999) }
    }

    /// CLINC150: 5,500 queries, 151 labels, three classifiers.
    private func classifiers(_ candidate: Int) throws -> Scores {
        let lines = try Self.lines("clinc-predictions.txt")
        let names = lines[0].split(separator: " ").map(String.init)
        let rows = try lines.dropFirst().map { line in
            try line.split(separator: " ").map { try #require(Int($0)) }
        }
        #expect(rows.count == 5500 && names.count == 151)
        var scores = Scores(rows.count)
        for (arm, column) in [(Arm.baseline, 1), (.candidate, candidate)] {
            scores.add("intent_accuracy", arm, rows.map { .pass($0[0] == $0[column]) })
            scores.add("intent_f1", arm, rows.map { .labels(names[$0[0]], names[$0[column]]) })
        }
        return scores
    }

    @Test func theBetterClassifierShips() throws {
        let judged = try judge(
            classifiers(2), [rule("intent_accuracy", .notWorse)], metrics: ["intent_accuracy", "intent_f1"])
        #expect(judged.verdict == .ship && judged.whereItBroke == nil)
        let accuracy = try #require(judged.metrics.first)
        #expect(accuracy.baseline?.value == 3537.0 / 5500 && accuracy.candidate?.value == 3656.0 / 5500)
        let macro = try #require(judged.metrics.last)
        #expect(abs((macro.baseline?.value ?? 0) - 0.7114279071415587) < 1e-12)
        #expect(abs((macro.candidate?.value ?? 0) - 0.732992357887635) < 1e-12)
        #expect((macro.difference?.interval?.lower ?? 0) > 0)
        #expect(judged.movement.newlyFailingCount == 210 && judged.movement.newlyPassingCount == 329)
    }

    @Test func theWorseClassifierIsBlockedWithItsClasses() throws {
        let judged = try judge(
            classifiers(3), [rule("intent_accuracy", .notWorse), rule("intent_f1", .notWorse, each: true)],
            metrics: ["intent_accuracy", "intent_f1"])
        #expect(judged.verdict == .block && judged.whereItBroke == "routing")
        let accuracy = judged.gates[0]
        // 864 regressed, 195 fixed: 6.04e-101 two-sided.
        #expect(abs((accuracy.p ?? 1) * 2 / 6.04040228303716e-101 - 1) < 1e-9)
        let each = judged.gates[1]
        #expect(each.outcome == .fails && each.members.count == 151)
        let worst = try #require(each.members.first { $0.name == "confirm_reservation" })
        #expect(worst.outcome == .fails && worst.n == 30)
        #expect(abs((worst.baseline ?? 0) - 0.777778) < 1e-6 && abs((worst.candidate ?? 0) - 0.105263) < 1e-6)
        #expect(each.members.first?.name == "confirm_reservation")
        // Thirty examples a class and 152 claims: the plain losses are proven, the small ones are not.
        let failing = each.members.count { $0.outcome == .fails }
        #expect(failing > 3 && failing < 60)
        #expect(judged.movement.newlyFailingCount == 864 && judged.movement.newlyPassingCount == 195)
        #expect(
            judged.headline
                == "intent_accuracy fell from 0.643 to 0.521 where any proven drop blocks; 1 more gate fails")
    }
}
