import Domain
import Metrics
import Statistics
import Testing

@testable import Gating

/// Confusion metrics, whole and `[each]`, against the baseline.
@Suite struct ClassTests {
    /// Three classes of 40, 30 and 10 examples; the candidate misses `wrong` of class `b`.
    private func scores(wrong: Int, missing: Cell? = nil, missingCount: Int = 0) -> Scores {
        var scores = Scores(80)
        func expected(_ number: Int) -> String { number < 40 ? "a" : number < 70 ? "b" : "c" }
        let before: [Cell] = (0..<80).map { number in
            .labels(expected(number), number % 10 == 9 ? "a" : expected(number))
        }
        let after: [Cell] = (0..<80).map { number in
            if let missing, number >= 40, number < 40 + missingCount { return missing }
            if number >= 40, number < 40 + wrong { return .labels("b", "c") }
            return .labels(expected(number), number % 10 == 9 ? "a" : expected(number))
        }
        scores.add("intent_f1", baseline: before, candidate: after)
        return scores
    }

    @Test func eachClassIsItsOwnClaim() throws {
        let each = rule("intent_f1", .notWorse, each: true)
        let same = try gate(scores(wrong: 0), each, metrics: ["intent_f1"])
        #expect(same.outcome == .passes)
        #expect(same.members.map(\.outcome) == [.passes, .passes, .notJudged])
        #expect(
            same.note.hasPrefix(
                "2 of 3 classes judged; the smallest did not change; would have caught a drop of 0.2"))
        let broken = try gate(scores(wrong: 15), each, metrics: ["intent_f1"])
        #expect(broken.outcome == .fails && broken.note == "worse in b")
        let adjusted = try #require(broken.members.first?.adjustedP)
        #expect(adjusted < 0.05 && broken.members.first?.test.contains("bootstrap") == true)
        #expect(broken.members.contains { $0.name == "c" && $0.adjustedP == nil && $0.test.isEmpty })
        #expect(broken.members.first?.name == "b" && broken.members.first?.n == 30)
        // F1 of b: before 2·27/(30+27), after 13 of 30 right: two of the fifteen were wrong before.
        #expect(abs((broken.members.first?.baseline ?? 0) - 54.0 / 57) < 1e-12)
        #expect(abs((broken.members.first?.candidate ?? 0) - 26.0 / 43) < 1e-12)
    }

    /// Twenty examples of each of two classes; so many of `b` go to a label that nobody expects.
    private func misrouted(_ wrong: Int) -> Scores {
        var scores = Scores(40)
        let before: [Cell] = (0..<40).map { .labels($0 < 20 ? "a" : "b", $0 < 20 ? "a" : "b") }
        let after: [Cell] = (0..<40).map { number in
            .labels(number < 20 ? "a" : "b", number < 20 ? "a" : number < 20 + wrong ? "other" : "b")
        }
        scores.add("intent_f1", baseline: before, candidate: after)
        return scores
    }

    /// The more examples of a class are lost, the surer the claim; never surer than McNemar's exact test, by
    /// which five losses in a row are .03125 and, among two claims, six are the first below .05.
    @Test(arguments: [true, false])
    func claimsGrowWithTheDamage(each: Bool) throws {
        let definition = try definitions(["intent_f1"])[0]
        var last = 1.0
        for wrong in 0...20 {
            let scores = misrouted(wrong)
            let table = GateTable(scores.table, definitions: ["intent_f1": definition])
            let evaluator = GateEvaluator(table: table, kpi: nil, options: GateOptions(seed: 7))
            let form = rule("intent_f1", .notWorse, each: each)
            let p = try #require(try evaluator.draft(form).claims.last?.p)
            #expect(p <= last, "\(wrong): \(p) after \(last)")
            let exact = wrong == 0 ? 1 : 1 / Double(1 << wrong)
            #expect(p >= exact * (1 - 1e-9), "\(wrong): \(p)")
            last = p
            let outcome = try gate(scores, form, metrics: ["intent_f1"]).outcome
            if wrong <= 4 { #expect(outcome == .passes, "\(wrong)") }
            if wrong >= 6 { #expect(outcome == .fails, "\(wrong)") }
        }
        #expect(last < 1e-4)
    }

    @Test func macroF1IsRecomputedInBothArms() throws {
        let whole = rule("intent_f1", .notWorse)
        #expect(try gate(scores(wrong: 0), whole, metrics: ["intent_f1"]).outcome == .passes)
        let broken = try gate(scores(wrong: 20), whole, metrics: ["intent_f1"])
        #expect(broken.outcome == .fails && broken.method.contains("bootstrap"))
    }

    /// Labels that nobody saw are imputed as no answer at all, on the class that the baseline was asked.
    @Test func unseenLabelsKeepAPassOpen() throws {
        let margin = rule("intent_f1", .noWorse(by: .absolute(quantity(0.04))))
        #expect(try gate(scores(wrong: 0), margin, metrics: ["intent_f1"]).outcome == .passes)
        let few = scores(wrong: 0, missing: .failed, missingCount: 4)
        let open = try gate(few, margin, metrics: ["intent_f1"])
        #expect(open.outcome == .unsure && open.n == 76)
        let lost = try gate(
            scores(wrong: 0, missing: .notShown, missingCount: 20), rule("intent_f1", .notWorse),
            metrics: ["intent_f1"])
        #expect(lost.outcome == .fails && lost.n == 80)
    }

    @Test func onThisSetEveryClassCounts() throws {
        let each = rule("intent_f1", .notWorse, each: true)
        let options = GateOptions(seed: 7, estimand: .thisSet)
        let broken = try gate(scores(wrong: 1), each, metrics: ["intent_f1"], options: options)
        #expect(broken.outcome == .fails)
        #expect(try gate(scores(wrong: 0), each, metrics: ["intent_f1"], options: options).outcome == .passes)
    }

    @Test func withNoClassLargeEnoughNothingIsTold() throws {
        var scores = Scores(30)
        let cells = (0..<30).map { Cell.labels("class \($0 % 3)", "class \($0 % 3)") }
        scores.add("intent_f1", baseline: cells, candidate: cells)
        let result = try gate(scores, rule("intent_f1", .notWorse, each: true), metrics: ["intent_f1"])
        #expect(result.outcome == .unsure && result.note == "none of 3 classes has 20 examples")
    }

    /// Codes of labels differ between the arms, and so does which of them occur.
    @Test func armsNeedNotShareTheirCodes() throws {
        var scores = Scores(40)
        let before = (0..<40).map { Cell.labels($0 < 20 ? "x" : "y", $0 < 20 ? "x" : "y") }
        let after = (0..<40).map { Cell.labels($0 < 20 ? "x" : "y", $0 < 20 ? "z" : "y") }
        scores.add("intent_f1", baseline: before, candidate: after)
        let result = try gate(scores, rule("intent_f1", .notWorse, each: true), metrics: ["intent_f1"])
        #expect(result.members.map(\.name) == ["x", "y", "z"])
        #expect(result.note == "worse in x")
        let judged = try judge(scores, [], metrics: ["intent_f1"])
        #expect(judged.confusions.first?.labels == ["x", "y", "z"])
        #expect(judged.confusions.first?.candidate == [[0, 0, 20], [0, 20, 0], [0, 0, 0]])
    }
}
