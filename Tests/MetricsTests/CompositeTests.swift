import Domain
import Metrics
import Notation
import Testing

@Suite struct CompositeTests {
    private func composite(
        _ form: CompositeMetric.Form, _ parts: [CompositeMetric.Part]
    ) -> MetricResources {
        var resources = MetricResources()
        resources.composites = [CompositeMetric(name: "own", form: form, parts: parts)]
        return resources
    }

    private func part(
        _ name: String, least: Double? = nil, most: Double? = nil, weight: Double = 1
    ) -> CompositeMetric.Part {
        CompositeMetric.Part(
            request: MetricRequest(name: name), atLeast: least, atMost: most, weight: weight)
    }

    private func score(
        _ resources: MetricResources, _ text: String?, reference: String? = "the cat"
    ) throws -> Measurement {
        try measure(
            "composite[own]", resources: resources, example: { $0.references = reference.map { [$0] } ?? [] },
            answer: { $0.text = text })
    }

    @Test func weightsAreOfPlacesInTheRangeTowardsTheGoodEnd() throws {
        let own = composite(.weighted, [part("token_f1", weight: 0.75), part("is_refusal", weight: 0.25)])
        // token F1 0.5, and no refusal (lower is better): .75 · .5 + .25 · 1.
        #expect(try score(own, "cat dog cow").number == 0.75 * 0.5 + 0.25)
        #expect(try score(own, "cat", reference: nil).isNotApplicable)
        #expect(try score(own, nil).isFailed)
    }

    @Test(
        arguments: [
            ("the cat", 1.0), ("a cat sat on the mat for a very long time indeed", 0), ("the dog", 0),
        ] as [(String, Double)])
    func allPartsMustHold(_ text: String, _ expected: Double) throws {
        let own = composite(.allOf, [part("token_f1", least: 0.5), part("length", most: 20)])
        #expect(try score(own, text).number == expected)
    }

    @Test func whatDecidesDecidesWhateverCannotBeTold() throws {
        let any = composite(.anyOf, [part("token_f1", least: 0.5), part("is_json")])
        #expect(try score(any, "{}", reference: nil).number == 1)
        #expect(try score(any, "x", reference: nil).number == 0)
        #expect(try score(any, nil).isFailed)
        let all = composite(.allOf, [part("recall@3", least: 0.5), part("is_json")])
        #expect(try score(all, "x").number == 0)
        #expect(try score(all, "{}").number == 1)
        #expect(try score(composite(.allOf, [part("recall@3", least: 0.5)]), "{}").isNotApplicable)
        #expect(try score(composite(.not, [part("is_json")]), "{}").number == 0)
    }

    @Test func anAppThatFailedIsWorthWhatThePartsAreWorth() throws {
        let own = composite(.weighted, [part("token_f1", weight: 1)])
        var example = Example(id: "e", query: "q")
        example.references = ["x"]
        let failure = Failure(cause: .timeout, detail: "late")
        var input = MeasureInput(
            example: example,
            observation: Observation(example: "e", arm: .candidate, repetition: 0, outcome: .failed(failure)))
        #expect(try metric("composite[own]", resources: own).measured(&input).number == 0)
    }

    @Test(arguments: ["bleu", "intent_f1", "latency", "nosuch", "composite[own]"])
    func partsThatCannotBeAreRefused(_ name: String) {
        #expect(throws: MetricProblem.self) {
            try metric("composite[own]", resources: composite(.weighted, [part(name)]))
        }
        #expect(throws: MetricProblem.self) {
            try metric("composite[own]", resources: composite(.allOf, [part(name)]))
        }
    }

    @Test func aMetricOfTheUsersOwnIsAskedForItsScore() throws {
        var resources = MetricResources()
        resources.customs = [
            CustomMetric(
                name: "tone", source: .command(["tone"]), unit: "ratio", lowest: 0, highest: 1,
                better: "higher", isPassFail: false, timeoutSeconds: 1)
        ]
        let definition = try metric("custom[tone]", resources: resources)
        var answer = Answer(latencyMilliseconds: 1)
        answer.text = "Gladly!"
        var input = MeasureInput(
            example: Example(id: "e", query: "q"),
            observation: Observation(
                example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer)))
        let wanted = try #require(definition.models?.requests(&input))
        #expect(wanted.count == 1)
        for (said, expected) in [
            (ModelAnswer.score(0.8), 0.8), (.score(1.2), nil), (.score(.nan), nil), (.failed("late"), nil),
            (.inapplicable("no tone"), nil),
        ] as [(ModelAnswer, Double?)] {
            input.models[wanted[0]] = said
            #expect(definition.measured(&input).number == expected)
        }
        #expect(definition.measured(&input).isNotApplicable)
    }
}
