import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

@Suite struct DeterminismTests {
    /// One data set in two orders of its rows.
    private func scores(_ order: [Int]) -> Scores {
        var scores = Scores(300)
        let ids = scores.ids
        scores.ids = order.map { ids[$0] }
        var stream = RandomStream(seed: 5, stream: 0)
        let draws = (0..<300).map { _ in
            (stream.unit(), stream.unit(), stream.index(below: 4), stream.index(below: 4))
        }
        func cells(_ make: ((Double, Double, Int, Int), Int) -> Cell) -> [Cell] {
            order.map { make(draws[$0], $0) }
        }
        for (arm, shift) in [(Arm.baseline, 0.0), (.candidate, 0.04)] {
            scores.add(
                "token_f1", arm, cells { draw, _ in .value(max(0, draw.0 - (draw.1 < 0.4 ? shift : 0))) })
            scores.add("latency", arm, cells { draw, _ in .value(10 + draw.1 + shift * draw.0) })
            let isAfter = arm == .candidate
            scores.add(
                "intent_f1", arm,
                cells { draw, number in
                    if number == 17 { return isAfter ? .failed : .labels("c1", "c1") }
                    let label = "c\(draw.2)"
                    return .labels(label, draw.0 < (isAfter ? 0.2 : 0.1) ? "c\(draw.3)" : label)
                })
            scores.add(
                "signal.generation", arm, cells { draw, _ in .value(draw.1 < 0.4 ? draw.0 + shift : draw.0) })
        }
        scores.slice("domain", order.map { "d\(draws[$0].3)" })
        return scores
    }

    private let rules = [
        rule("token_f1", .notWorse), rule("token_f1", .noWorse(by: .absolute(quantity(0.02)))),
        rule("latency", .within(share: 0.1)), rule("latency", .notWorse, statistic: "p90"),
        rule("intent_f1", .notWorse, each: true), rule("intent_f1", .noWorse(by: .absolute(quantity(0.05)))),
    ]

    /// Everything a judgement says, numbers to the last bit.
    private func words(_ judged: Judgement) -> String {
        "\(judged.verdict) \(judged.headline) \(judged.whereItBroke ?? "") \(judged.gates) \(judged.metrics) "
            + "\(judged.slices) \(judged.confusions) \(judged.distributions) \(judged.movement) \(judged.stages)"
    }

    @Test func theOrderOfRowsChangesNothing() throws {
        let metrics = ["token_f1", "latency", "intent_f1"]
        let straight = try judge(scores(Array(0..<300)), rules, metrics: metrics)
        var shuffled = Array(0..<300)
        var stream = RandomStream(seed: 9, stream: 0)
        for index in stride(from: 299, to: 0, by: -1) {
            shuffled.swapAt(index, stream.index(below: index + 1))
        }
        let other = try judge(scores(shuffled), rules, metrics: metrics)
        #expect(words(straight) == words(other))
        #expect(straight.movement.newlyFailing.count + straight.movement.newlyPassing.count > 0)
    }

    @Test func anotherSeedIsAnotherDraw() throws {
        let metrics = ["token_f1", "latency", "intent_f1"]
        let one = try judge(scores(Array(0..<300)), rules, metrics: metrics)
        let other = try judge(scores(Array(0..<300)), rules, metrics: metrics, options: GateOptions(seed: 8))
        #expect(one.gates[3].difference?.interval != other.gates[3].difference?.interval)
        #expect(one.gates[3].difference?.value == other.gates[3].difference?.value)
    }

    @Test func slicesOnlyBlockFromTwentyExamplesOn() throws {
        var scores = Scores(100)
        let (before, after) = paired(70, 30, 0, 0)
        scores.add("intent_accuracy", baseline: before, candidate: after)
        // All losses lie in `small` and `large`.
        scores.slice("size", (0..<100).map { $0 < 70 ? "rest" : $0 < 80 ? "small" : "large" })
        let margin = rule("intent_accuracy", .noWorse(by: .absolute(quantity(0.5))))
        let judged = try judge(scores, [margin], metrics: ["intent_accuracy"])
        #expect(judged.gates[0].outcome == .passes && judged.verdict == .block)
        #expect(judged.slices.map(\.value) == ["large", "rest", "small"])
        #expect(judged.slices.map(\.outcome) == [.fails, .passes, .notJudged])
        #expect(
            judged.headline == "intent_accuracy in size = large fell from 1 to 0 where any proven drop blocks"
        )
    }
}
