import Domain
import Policy
import Testing

/// The grammar of `growth`.
@Suite struct GrowthTests {
    private func read(
        _ when: String, _ ask: String = "20 examples", slices: String = "[locale]"
    ) -> (
        [GrowthRule]?, [Diagnostic]
    ) {
        let text = """
            version: 1
            project: test
            app: { candidate: "http://127.0.0.1:1/" }
            dataset: golden/
            gates: [error_rate <= 1%]
            slices: \(slices)
            growth:
              - { when: "\(when)", ask: "\(ask)" }
            """
        let (policy, diagnostics) = PolicyReader.read(Array(text.utf8), path: "p.yaml")
        return (policy?.growth, diagnostics)
    }

    static let forms: [(String, GrowthRule.Trigger)] = [
        ("new segment", .newSegment(column: nil)), ("New segment of intent", .newSegment(column: "intent")),
        ("segment < 20", .thinSegment(fewerThan: 20, column: nil)),
        ("segment<20 of locale", .thinSegment(fewerThan: 20, column: "locale")),
        ("reported miss", .waiting(.reportedMiss, atLeast: 1)),
        ("reported misses >= 3", .waiting(.reportedMiss, atLeast: 3)),
        ("thumbs down > 4", .waiting(.thumbsDown, atLeast: 5)),
        ("correction", .waiting(.correction, atLeast: 1)),
        ("drop > 2%", .drop(moreThan: 0.02, metric: nil, column: nil)),
        ("drop>2 % of recall@3", .drop(moreThan: 0.02, metric: "recall@3", column: nil)),
        ("drop > 5% of mrr in locale", .drop(moreThan: 0.05, metric: "mrr", column: "locale")),
        ("newly failing", .newlyFailing(atLeast: 1)), ("newly failing >= 10", .newlyFailing(atLeast: 10)),
        ("monthly", .every(days: 31)), ("every 30d", .every(days: 30)), ("every 14 days", .every(days: 14)),
    ]

    @Test(arguments: forms) func eachFormIsRead(_ text: String, _ trigger: GrowthRule.Trigger) throws {
        let (rules, diagnostics) = read(text)
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(try #require(rules).map(\.trigger) == [trigger])
        #expect(try #require(rules?.first).place.line == 8)
    }

    @Test(arguments: [
        ("1 example", GrowthRule.Ask.examples(1)), ("a review", .review), ("An example", .examples(1)),
    ])
    func whatIsAskedForIsRead(_ text: String, _ ask: GrowthRule.Ask) throws {
        #expect(try #require(read("monthly", text).0).map(\.ask) == [ask])
    }

    @Test(arguments: [
        ("montly", "did you mean 'monthly'?"), ("every 30", "every 30d"), ("drop > 200%", "below 100 %"),
        ("drop of 2%", "drop > 2%"), ("drop > 2% of recal@3", "did you mean 'recall'?"),
        ("drop > 2% in region", "slices"), ("segment < 0", "segment < 20"),
        ("new segment locale", "of locale"),
        ("reported miss lots", ">= 5"), ("full moon", "there are new segment"),
    ])
    func whatIsNoneSaysWhatWouldBe(_ text: String, _ words: String) throws {
        let (rules, diagnostics) = read(text)
        #expect(rules == nil)
        let one = try #require(diagnostics.first)
        #expect(diagnostics.count == 1 && one.kind == .badValue && one.place.line == 8, "\(diagnostics)")
        let said = one.message + "; " + (one.suggestion ?? "")
        #expect(said.contains(words), "\(said)")
    }

    @Test func segmentsNeedAColumnAndAskANumber() {
        #expect(read("new segment", slices: "[]").1.count == 1)
        #expect(read("new segment of locale", slices: "[]").1.isEmpty)
        for ask in ["some", "20", "twenty examples", "0 examples", "20 cats"] {
            #expect(read("monthly", ask).1.map(\.kind) == [.badValue], "\(ask)")
        }
    }
}
