import Domain
import Gating
import Statistics
import Testing

@testable import Doctor

@Suite struct KnownAnswerTests {
    /// So many pairs that disagree, half of them each way, of which four in five pass.
    static func pairs(_ n: Int, disagreeing: Int) -> Scores {
        var before: [Double?] = []
        var after: [Double?] = []
        for number in 0..<n {
            let passes = number % 5 != 0
            let kind = number < disagreeing ? number % 2 : 2
            before.append(kind == 0 ? 1 : kind == 1 ? 0 : passes ? 1 : 0)
            after.append(kind == 0 ? 0 : kind == 1 ? 1 : passes ? 1 : 0)
        }
        var scores = Scores(n)
        scores.add("intent_accuracy", .baseline, before)
        scores.add("intent_accuracy", .candidate, after)
        return scores
    }

    /// FORMULAS, paired pass/fail of which 10 % disagree, 500 examples: at m = .02 an unchanged candidate passes in
    /// 40 % and is unsure in 55 %, at m = .05 it passes in 97 %.
    @Test(arguments: [(0.02, 0.40, 0.55), (0.05, 0.97, 0.03)])
    func theMarginFormDoesWhatIsWritten(size: Double, passes: Double, unsure: Double) async throws {
        let report = try await examined(
            KnownAnswerTests.pairs(500, disagreeing: 50), [rule("intent_accuracy", margin(size))],
            ["intent_accuracy"], trials: 600)
        let found = report.gates[0].unchanged
        #expect(found.all == 600)
        let error = 3 * (passes * (1 - passes) / 600).squareRoot() + 0.01
        #expect(abs(Double(found.passes) / 600 - passes) < error, "\(found)")
        #expect(abs(Double(found.unsure) / 600 - unsure) < error + 0.01, "\(found)")
    }
}
