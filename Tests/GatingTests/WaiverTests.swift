import Domain
import Metrics
import Testing

@testable import Gating

/// Gates that are let pass for a while.
@Suite struct WaiverTests {
    private func waiver(_ gate: String) -> Waiver {
        Waiver(gate: gate, owner: "search team", why: "rebuild", until: Day(number: 20_000))
    }

    private func judged(
        _ waived: [String], isMeasured: Bool = true, gates: [GateRule]? = nil, slice: Bool = false
    ) throws -> Judgement {
        var scores = Scores(500)
        let (before, after) = paired(400, 40, 10, 50)
        scores.add("intent_accuracy", baseline: before, candidate: after)
        let cells = isMeasured ? after : [Cell](repeating: .failed, count: 500)
        scores.add("token_f1", .candidate, cells)
        scores.add("token_f1", .baseline, cells)
        if slice { scores.slice("all", [String?](repeating: "yes", count: 500)) }
        let rules =
            gates ?? [
                rule("intent_accuracy", .notWorse),
                rule("token_f1", .compare(.atLeast, quantity(0.1), confidently: false)),
            ]
        let texts = rules.map(\.text)
        return try judge(
            scores, rules, metrics: ["intent_accuracy", "token_f1"],
            options: GateOptions(
                seed: 7, waivers: waived.map { name in waiver(texts.first { $0.hasPrefix(name) } ?? name) }))
    }

    @Test func aWaivedGateFailsAndDoesNotBlock() throws {
        #expect(try judged([]).verdict == .block)
        let waived = try judged(["intent_accuracy"])
        #expect(waived.verdict == .ship)
        #expect(waived.gates[0].outcome == .fails && waived.gates[0].waiver?.owner == "search team")
        #expect(waived.headline.contains("waived: intent_accuracy"), "\(waived.headline)")
        #expect(
            waived.headline.contains("the gate passes"), "the waived one is not counted: \(waived.headline)")
        #expect(waived.warnings.contains { $0.hasPrefix("waived until") && $0.contains("rebuild") })
    }

    @Test func aWaiverOfAGateThatHoldsIsOnlyMentioned() throws {
        let judged = try judged(["token_f1"])
        #expect(judged.verdict == .block && judged.gates[1].waiver == nil)
        #expect(judged.warnings.contains { $0.contains("its waiver (search team") && $0.contains("can go") })
    }

    @Test func theSlicesOfAWaivedGateGoWithIt() throws {
        let waived = try judged(["intent_accuracy"], slice: true)
        #expect(waived.slices.contains { $0.outcome == .fails && $0.isWaived })
        #expect(waived.verdict == .ship)
        #expect(try judged([], slice: true).verdict == .block)
    }

    @Test func whereEverythingIsWaivedNothingDecides() throws {
        let only = try judged(["intent_accuracy"], gates: [rule("intent_accuracy", .notWorse)])
        #expect(only.verdict == .cannotTell)
        #expect(only.headline == "every gate that could decide is waived, so that nothing decides")
    }

    @Test func thatNothingWasMeasuredIsNotCovered() throws {
        let judged = try judged(
            ["token_f1"], isMeasured: false,
            gates: [
                rule("token_f1", .compare(.atLeast, quantity(0.1), confidently: false))
            ])
        #expect(judged.verdict == .cannotTell)
        #expect(judged.gates[0].waiver == nil)
        #expect(judged.warnings.contains { $0.contains("does not cover") }, "\(judged.warnings)")
    }
}
