import Curation
import Domain
import Interchange
import Notation
import Testing

/// Which rules of growth fire on which facts, and what they ask for.
@Suite struct GrowthTests {
    private let place = SourcePlace(file: "sluice.yaml", line: 9, column: 5)

    private func rule(_ trigger: GrowthRule.Trigger, _ ask: GrowthRule.Ask = .examples(20)) -> GrowthRule {
        GrowthRule(trigger: trigger, ask: ask, when: "when", asks: "ask", place: place)
    }

    private func example(
        _ number: Int, locale: String, date: String, from source: String = "tickets"
    ) -> Example {
        var example = Example(id: "E-\(number)", query: "question \(number)")
        example.columns = [Example.Column(name: "locale", value: locale)]
        example.provenance = Provenance(source: source, date: date)
        return example
    }

    private func facts(_ rules: [GrowthRule], _ examples: [Example]) -> GrowthFacts {
        var facts = GrowthFacts(today: today, slices: ["locale"], rules: rules)
        for example in examples { facts.note(example) }
        return facts
    }

    private func candidate(_ query: String, locale: String, _ kind: CandidateSignal) -> Candidate {
        var candidate = Candidate(query: query)
        candidate.columns = [Example.Column(name: "locale", value: locale)]
        candidate.signals = [Candidate.Signal(kind, source: "f", reference: query)]
        var book = CandidateBook()
        _ = book.add(candidate)
        return book.candidates[0]
    }

    @Test func aNewSegmentAsksUntilItHasEnough() {
        let rules = [rule(.newSegment(column: nil))]
        var facts = facts(
            rules,
            [example(1, locale: "en", date: "2026-11-01")]
                + (2..<5).map {
                    example($0, locale: "fr", date: "2026-11-10", from: "candidate c-\($0): x, y")
                })
        #expect(Growth.demands(rules, facts).isEmpty)
        facts.candidates = [
            candidate("a", locale: "fr", .exchange), candidate("b", locale: "fr", .thumbsDown),
            candidate("c", locale: "en", .thumbsDown),
        ]
        let demands = Growth.demands(rules, facts)
        #expect(demands.map(\.segment) == ["locale = fr"])
        #expect(demands.first?.wants == "20 examples of locale = fr: have 3")
        #expect(demands.first?.n == 2)
        // Once there are as many as it asks for, it is silent; so is a segment that was there before.
        #expect(Growth.demands([rule(.newSegment(column: "locale"), .examples(3))], facts).isEmpty)
        facts.candidates = [candidate("c", locale: "en", .thumbsDown)]
        #expect(Growth.demands(rules, facts).isEmpty)
    }

    @Test func thinSegmentsAreNamedTheThinnestFirst() {
        let rules = [rule(.thinSegment(fewerThan: 3, column: nil), .examples(10))]
        let facts = facts(
            rules,
            [("en", 3), ("fr", 2), ("de", 1)].flatMap { locale, count in
                (0..<count).map { example(100 * count + $0, locale: locale, date: "2026-11-01") }
            })
        #expect(
            Growth.demands(rules, facts).map(\.wants)
                == ["10 examples of locale = de: have 1", "10 examples of locale = fr: have 2"])
    }

    @Test func reportedMissesAskWhileTheyWait() {
        let rules = [rule(.waiting(.reportedMiss, atLeast: 2), .examples(1))]
        var facts = facts(rules, [])
        facts.candidates = [candidate("a", locale: "en", .reportedMiss)]
        #expect(Growth.demands(rules, facts).isEmpty)
        facts.candidates.append(candidate("b", locale: "en", .reportedMiss))
        #expect(
            Growth.demands(rules, facts).first?.why.contains("2 candidates with a reported-miss wait") == true
        )
        facts.candidates[0].state = .accepted
        #expect(Growth.demands(rules, facts).isEmpty)
    }

    @Test func theCalendarCountsWhatWasWrittenWithinIt() {
        let rules = [rule(.every(days: 31), .examples(2)), rule(.every(days: 92), .review)]
        let old = facts(rules, [example(1, locale: "en", date: "2026-10-20")])
        #expect(Growth.demands(rules, old).count == 2)
        #expect(Growth.demands(rules, old)[0].wants == "2 examples since 2026-10-21: have 0")
        // The 31st day back counts, the 32nd does not.
        var fresh = facts(
            rules,
            [example(1, locale: "en", date: "2026-10-21"), example(2, locale: "en", date: "2026-11-20")])
        #expect(Growth.demands(rules, fresh).map(\.rule.ask) == [.review])
        var reviewed = example(3, locale: "en", date: "2026-01-01")
        reviewed.provenance?.other["reviewed"] = "2026-09-01"
        fresh.note(reviewed)
        #expect(Growth.demands(rules, fresh).isEmpty)
    }

    private func report(recall: Double, french: Double, latency: Double) throws -> JSONValue {
        try JSONValue.parse(
            """
            {"format": "sluice.run/1", "manifest": {"run": "r-1", "started_at": "2026-11-10T08:00:00Z", "dataset": {"count": 512}},
             "movement": {"newly_failing_count": 7},
             "metrics": [
               {"name": "recall@3", "unit": "ratio", "direction": "higher", "baseline": {"value": 0.9}, "candidate": {"value": \(recall)}, "difference": {"n": 480}},
               {"name": "latency", "unit": "milliseconds", "direction": "lower", "baseline": {"value": 100.0}, "candidate": {"value": \(latency)}, "difference": {"n": 480}},
               {"name": "length", "unit": "characters", "direction": "neither", "baseline": {"value": 1}, "candidate": {"value": 9}}],
             "slices": [{"metric": "recall@3", "slice": "locale", "value": "fr", "baseline": 0.9, "candidate": \(french), "n": 41}]}
            """)
    }

    @Test func aDropIsToldWithItsFigures() throws {
        let any = rule(.drop(moreThan: 0.02, metric: nil, column: nil))
        let french = rule(.drop(moreThan: 0.1, metric: "recall@3", column: "locale"))
        let failing = rule(.newlyFailing(atLeast: 7), .examples(1))
        let rules = [any, french, failing]
        var facts = facts(
            rules,
            [
                example(1, locale: "fr", date: "2026-11-11"), example(2, locale: "en", date: "2026-11-09"),
            ])
        #expect(Growth.demands(rules, facts).isEmpty)
        facts.run = RunFigures(report: try report(recall: 0.88, french: 0.75, latency: 103))
        let demands = Growth.demands(rules, facts)
        // Two points are not more than two; three of a hundred milliseconds are.
        #expect(demands.map(\.rule) == [any, french])
        #expect(
            demands[0].why == "latency was worse by 3.0 % (100 to 103, n 480) in run r-1", "\(demands[0].why)"
        )
        #expect(
            demands[1].why.hasPrefix("recall@3 where locale = fr was worse by 15.0 percentage points"),
            "\(demands[1].why)")
        #expect(demands[1].wants == "20 examples of locale = fr since 2026-11-10: have 1")
        #expect(demands[1].n == 41)
        facts.run = RunFigures(report: try report(recall: 0.95, french: 0.95, latency: 50))
        #expect(Growth.demands([any, french], facts).isEmpty)
        #expect(RunFigures(report: ["format": "sluice.run/2"]) == nil)
    }
}
