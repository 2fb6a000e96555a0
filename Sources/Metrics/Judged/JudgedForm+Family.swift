import Domain

extension JudgedForm {
    /// The form as a metric of the catalogue.
    var family: MetricFamily {
        let form = self
        return MetricFamily(
            name: name, members: members, needs: needs + [.model(.judge)], summary: summary, source: source,
            example: example
        ) { request, resources throws(MetricProblem) in
            try form.definition(request, resources.judging)
        }
    }

    private func definition(
        _ request: MetricRequest, _ settings: JudgeSettings
    ) throws(MetricProblem) -> MetricDefinition {
        if name == RubricScore.form.name { try Self.check(request, settings) }
        var nature = Nature.share(stage, direction)
        // The mean of several votes is a share of them.
        nature.isPassFail = isVerdict && (settings.votes == 1 || settings.rule != .mean)
        let form = self
        let metric = request.name
        @Sendable func step(_ input: inout MeasureInput) -> JudgeStep {
            let models = input.models
            return form.next(&input, settings: settings, name: metric) { models.verdict(on: $0) }
        }
        return MetricDefinition(
            name: metric, summary: summary, source: source, nature: nature,
            whenAppFailed: whenAppFailed(settings, metric),
            models: MetricDefinition.ModelNeed(
                [.judge], series: ([metric] + identity(settings, of: metric)).joined(separator: "/"),
                comparesArms: comparesArms,
                judged: [
                    .init(name: metric, questions: questions(of: settings), comparesArms: comparesArms)
                ]
            ) { input in
                if case .ask(let questions) = step(&input) { return questions.map { .judgement($0) } }
                return []
            }
        ) { input in
            switch step(&input) {
            case .done(let measurement): measurement
            case .ask: .unmeasured("the judge was not asked")
            }
        }
    }

    /// No answer helps nobody; nor does it insult or refuse.
    private func whenAppFailed(
        _ settings: JudgeSettings, _ metric: String
    ) -> MetricDefinition.FailureValue {
        guard direction == .higher else { return .nothing }
        let (applies, failed) = (applies, failed)
        return .worst { input in
            applies(input, settings, metric).map { .notApplicable($0) } ?? failed(input)
        }
    }

    private static func check(
        _ request: MetricRequest, _ settings: JudgeSettings
    ) throws(MetricProblem) {
        guard let name = try MetricName(request.name).member, name != "example",
            !settings.rubrics.contains(where: { $0.name == name })
        else { return }
        let known = settings.rubrics.map { "rubric[\($0.name)]" } + ["rubric[example]"]
        throw MetricProblem(
            "the policy's judge has no rubric '\(name)'; there are \(known.joined(separator: ", "))",
            suggestion: known.count > 1 ? known[0] : nil)
    }
}
