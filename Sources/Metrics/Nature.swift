import Domain

/// What kind of number a metric is; the part of its definition that many share.
struct Nature: Sendable {
    var unit: MetricUnit
    var lowest: Double? = 0
    var highest: Double?
    var direction: Direction
    var tier: Tier
    var stage: Stage?
    var width = 1
    var aggregate = Aggregate.mean
    var isPassFail = false

    /// A share or score in `[0, 1]`.
    static func share(_ stage: Stage?, _ direction: Direction = .higher, tier: Tier = .quality) -> Nature {
        Nature(unit: .ratio, highest: 1, direction: direction, tier: tier, stage: stage)
    }

    /// 1 or 0 for each example.
    static func passFail(_ stage: Stage?, _ direction: Direction = .higher, tier: Tier = .quality) -> Nature {
        var nature = share(stage, direction, tier: tier)
        nature.isPassFail = true
        return nature
    }

    /// Milliseconds, tokens, money: from 0 with no upper end, the fewer the better.
    static func spent(_ unit: MetricUnit, tier: Tier = .efficiency) -> Nature {
        Nature(unit: unit, direction: .lower, tier: tier, stage: .operation)
    }

    /// A function of expected and predicted labels.
    static func table(
        _ value: @escaping @Sendable (ConfusionMatrix) -> Double?,
        perClass: (@Sendable (ConfusionMatrix, Int) -> Double?)? = nil
    ) -> Nature {
        var nature = Nature.share(.routing)
        nature.width = 2
        nature.aggregate = .confusion(value: value, perClass: perClass)
        return nature
    }

    /// A function of sums of `width` numbers an example.
    static func sums(
        _ width: Int, _ base: Nature, _ value: @escaping @Sendable ([Double]) -> Double?
    ) -> Nature {
        var nature = base
        nature.width = width
        nature.aggregate = .sums(value)
        return nature
    }
}

extension MetricFamily {
    /// A family without parameters: one definition that goes by the family's name.
    init(
        name: String, members: Members = .none, needs: [Need], summary: String, source: String,
        example: String,
        nature: Nature, whenAppFailed: MetricDefinition.FailureValue = .nothing,
        models: MetricDefinition.ModelNeed? = nil,
        measure: @escaping @Sendable (inout MeasureInput) -> Measurement
    ) {
        self.init(
            name: name, members: members, needs: needs, summary: summary, source: source, example: example
        ) { request, _ in
            MetricDefinition(
                name: request.name, summary: summary, source: source, nature: nature,
                whenAppFailed: whenAppFailed, models: models, measure: measure)
        }
    }
}

extension MetricDefinition {
    init(
        name: String, summary: String, source: String, nature: Nature, whenAppFailed: FailureValue = .nothing,
        models: ModelNeed? = nil, measure: @escaping @Sendable (inout MeasureInput) -> Measurement
    ) {
        self.init(
            name: name, summary: summary, unit: nature.unit, lowest: nature.lowest, highest: nature.highest,
            direction: nature.direction, tier: nature.tier, stage: nature.stage, source: source,
            width: nature.width, aggregate: nature.aggregate, isPassFail: nature.isPassFail,
            whenAppFailed: whenAppFailed, models: models, measure: measure)
    }

    /// A definition of this family with the request's name.
    init(
        _ request: MetricRequest, of family: MetricFamily, _ nature: Nature,
        whenAppFailed: FailureValue = .nothing, models: ModelNeed? = nil,
        measure: @escaping @Sendable (inout MeasureInput) -> Measurement
    ) {
        self.init(
            name: request.name, summary: family.summary, source: family.source, nature: nature,
            whenAppFailed: whenAppFailed, models: models, measure: measure)
    }
}

extension MetricDefinition.FailureValue {
    /// `value` for examples that hold the expectation; not applicable to the others.
    static func worst(
        _ value: Double, where expectation: String, _ holds: @escaping @Sendable (Example) -> Bool
    ) -> MetricDefinition.FailureValue {
        .worst { input in holds(input.example) ? .value(value) : .notExpected(expectation) }
    }
}
