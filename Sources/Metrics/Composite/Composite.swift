import Domain

/// A metric made of others, example by example: `composite[NAME]`, declared under `composite` in the policy.
///
/// - `weighted`: the weighted mean of the parts, each brought into `[0, 1]` by its own range, 1 being its good end. Not
///   applicable where a part is not, failed where a part failed: what is missing is never made up by the rest.
/// - `all_of`, `any_of`, `not`: 1 or 0. A part that passes or fails holds where it passes, any other where it reaches its
///   bound. What decides, decides: one part that fails settles `all_of` whatever cannot be told of the others. Else a part
///   that failed makes the whole failed; one that does not apply is left out.
///
/// For an app that failed the parts are worth what they are worth then.
enum Composite {
    static let family = MetricFamily(
        name: "composite", members: .names, needs: [],
        summary: "A metric of the policy's own, made of others: weighted, all of, any of, not.",
        source: "Arithmetic of the parts; the policy declares them.",
        example: #"composite[helpful]: {"reference_response": "the cat", "text": "the cat"} → 1"#,
        make: define)

    private struct Part: Sendable {
        let definition: MetricDefinition
        let rule: CompositeMetric.Part

        /// Whether it holds; nil for what is no plain number.
        func holds(_ value: Double) -> Bool {
            if rule.atLeast == nil, rule.atMost == nil { return value == 1 }
            return value >= rule.atLeast ?? -.infinity && value <= rule.atMost ?? .infinity
        }

        /// The value in `[0, 1]`, 1 being the good end.
        func share(_ value: Double) -> Double {
            let lowest = definition.lowest ?? 0
            let share = (value - lowest) / ((definition.highest ?? 1) - lowest)
            return min(1, max(0, definition.direction == .lower ? 1 - share : share))
        }
    }

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let name = try MetricName(request.name).member ?? ""
        guard let composite = resources.composites.first(where: { $0.name == name }) else {
            let known = resources.composites.map(\.name)
            throw MetricProblem(
                "'composite' declares no metric '\(name)'"
                    + (known.isEmpty ? "" : "; declared are " + known.joined(separator: ", ")))
        }
        var inner = resources
        // A composite of composites would have to end somewhere: it ends at the first.
        inner.composites = []
        var parts: [Part] = []
        for rule in composite.parts { parts.append(try part(rule, composite, inner)) }
        let form = composite.form
        let nature: Nature = form == .weighted ? .share(nil) : .passFail(nil)
        let made = parts
        let measure: @Sendable (inout MeasureInput) -> Measurement = { input in
            form == .weighted ? weighted(made, &input) : decided(form, made, &input)
        }
        return MetricDefinition(
            name: request.name, summary: words(composite), source: family.source, nature: nature,
            whenAppFailed: .worst(measure), models: models(made, composite), measure: measure)
    }

    private static func part(
        _ rule: CompositeMetric.Part, _ composite: CompositeMetric, _ resources: MetricResources
    ) throws(MetricProblem) -> Part {
        let definition = try MetricCatalogue.define(rule.request, resources: resources)
        let place = "'\(rule.request.name)' in the composite '\(composite.name)'"
        guard case .mean = definition.aggregate, definition.width == 1 else {
            throw MetricProblem("\(place) is a function of a whole set: it says nothing of one example")
        }
        if composite.form == .weighted {
            guard definition.span != nil, definition.direction != .neither else {
                throw MetricProblem("\(place) has no range or no good end, so that it cannot be weighed")
            }
        } else if rule.atLeast == nil, rule.atMost == nil, !definition.isPassFail {
            throw MetricProblem(
                "\(place) does not pass or fail: say when it holds", suggestion: "\(rule.request.name) >= 0.5"
            )
        }
        return Part(definition: definition, rule: rule)
    }

    private static func weighted(_ parts: [Part], _ input: inout MeasureInput) -> Measurement {
        var sum = 0.0
        var gap: Measurement?
        for part in parts {
            let measurement = part.definition.measured(&input)
            if case .value(let value) = measurement {
                sum += part.rule.weight * part.share(value)
            } else {
                gap = worse(gap, named(measurement, part))
            }
        }
        return gap ?? .value(sum)
    }

    private static func decided(
        _ form: CompositeMetric.Form, _ parts: [Part], _ input: inout MeasureInput
    ) -> Measurement {
        var gap: Measurement?
        var isTold = false
        for part in parts {
            let measurement = part.definition.measured(&input)
            guard case .value(let value) = measurement else {
                gap = worse(gap, named(measurement, part))
                continue
            }
            isTold = true
            let holds = part.holds(value)
            switch form {
            case .allOf: if !holds { return .value(0) }
            case .anyOf: if holds { return .value(1) }
            case .not, .weighted: return .share(!holds)
            }
        }
        if let gap, !isTold || !isInapplicable(gap) { return gap }
        return .share(form == .allOf)
    }

    private static func isInapplicable(_ measurement: Measurement) -> Bool {
        if case .notApplicable = measurement { return true }
        return false
    }

    /// A failure says more than what does not apply.
    private static func worse(_ first: Measurement?, _ second: Measurement) -> Measurement {
        guard let first, !isInapplicable(first) || isInapplicable(second) else { return second }
        return first
    }

    private static func named(_ measurement: Measurement, _ part: Part) -> Measurement {
        let name = part.definition.name
        switch measurement {
        case .notApplicable(let why): return .notApplicable("\(name): \(why)")
        case .failed(let why): return .failed("\(name): \(why)")
        case .unmeasured(let why): return .unmeasured("\(name): \(why)")
        case .value, .values, .labels: return .failed("\(name) gave no plain number")
        }
    }

    /// What the parts want of models, all together.
    private static func models(
        _ parts: [Part], _ composite: CompositeMetric
    ) -> MetricDefinition.ModelNeed? {
        let needs = parts.compactMap(\.definition.models)
        guard !needs.isEmpty else { return nil }
        var kinds: [ModelKind] = []
        for kind in needs.flatMap(\.kinds) where !kinds.contains(kind) { kinds.append(kind) }
        let series = ["composite/1", words(composite)] + needs.map(\.series)
        return MetricDefinition.ModelNeed(
            kinds, series: series.joined(separator: "+"),
            comparesArms: needs.contains(where: \.comparesArms), judged: needs.flatMap(\.judged)
        ) { input in
            var requests: [ModelRequest] = []
            for need in needs { requests += need.requests(&input) }
            return requests
        }
    }

    /// The composite in one line.
    private static func words(_ composite: CompositeMetric) -> String {
        let parts = composite.parts.map { part -> String in
            var words = part.request.name
            if let bound = part.atLeast { words += " >= \(bound)" }
            if let bound = part.atMost { words += " <= \(bound)" }
            return composite.form == .weighted ? "\(part.weight) \(words)" : words
        }
        return "\(composite.form.rawValue): \(parts.joined(separator: ", "))."
    }
}
