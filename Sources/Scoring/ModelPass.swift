import Domain
import Metrics

/// Measures the metrics that want something of models, a batch of observations at a time: what all of them want is
/// gathered, each distinct request is made once, and what comes of it is measured.
public struct ModelPass: Sendable {
    /// The metrics that want something, in the order of the sheet's columns.
    public private(set) var definitions: [MetricDefinition]
    public private(set) var sheet: ScoreSheet
    private let provider: any ModelProvider
    /// What each metric's scores depend on, models included; nil where a model is not there.
    private var series: [String?]
    private let reuse: Reuse
    /// What was measured, to be kept beside the run.
    public private(set) var kept: KeptScores
    /// What the provider had been asked before: by another run that shares it.
    private let usedBefore: [ModelUse]
    /// What the run's earlier parts asked of the models that are there now.
    private let usedEarlier: [ModelUse]
    private let reexpected: Set<String>
    /// Whether what is expected of an example has a part in each metric.
    private var expects: [Bool]

    /// Which kept scores are taken.
    public enum Reuse: Sendable {
        /// Those of the same series, except failures: they are tried again.
        case successes
        /// All, of whichever series: a record that is read again.
        case all
    }

    public struct Item: Sendable {
        public let example: Example
        public let observation: Observation
        public let row: Int
        /// What the other arm did with it, for metrics that compare.
        public let other: Observation?
        /// Whether two arms are asked, so that an `other` that is not there is missing.
        public let hasTwoArms: Bool

        public init(
            example: Example, observation: Observation, row: Int, other: Observation? = nil,
            hasTwoArms: Bool = false
        ) {
            self.hasTwoArms = hasTwoArms
            self.example = example
            self.observation = observation
            self.row = row
            self.other = other
        }
    }

    /// - Parameter reexpected: Examples of which other things are expected now than when their scores were kept.
    public init(
        definitions: [MetricDefinition], provider: any ModelProvider, scratch: any Scratch, kept: KeptScores,
        reuse: Reuse, reexpected: Set<String> = []
    ) {
        let wanting = definitions.filter { $0.models != nil }
        self.definitions = wanting
        self.provider = provider
        self.kept = kept
        self.reuse = reuse
        self.reexpected = reexpected
        expects = wanting.map { Self.expects($0) }
        usedBefore = provider.uses
        let there = Set(
            wanting.flatMap { $0.models?.kinds ?? [] }.compactMap { provider.model($0)?.digest })
        usedEarlier = there.isEmpty ? kept.uses : kept.uses.filter { there.contains($0.model.digest) }
        sheet = ScoreSheet(columns: wanting.map { (name: $0.name, width: $0.width) }, scratch: scratch)
        series = wanting.map { definition in
            guard let need = definition.models else { return nil }
            let digests = need.kinds.map { provider.model($0)?.digest }
            guard digests.allSatisfy({ $0 != nil }) else { return nil }
            return ([need.series] + digests.compactMap { $0 }).joined(separator: "|")
        }
    }

    /// The same over some of its metrics alone, on a sheet of its own: what is measured in parts one after another. Its
    /// `kept` holds what the parts before it kept.
    ///
    /// - Parameter numbers: Places in `definitions`.
    public func part(_ numbers: [Int], scratch: any Scratch) -> ModelPass {
        var part = self
        part.definitions = numbers.map { definitions[$0] }
        part.series = numbers.map { series[$0] }
        part.expects = numbers.map { expects[$0] }
        part.sheet = ScoreSheet(
            columns: part.definitions.map { (name: $0.name, width: $0.width) }, scratch: scratch)
        return part
    }

    /// Takes over what a part kept.
    public mutating func take(_ part: ModelPass) { kept = part.kept }

    /// Whether a metric looks at what is expected; one that is not known is taken to.
    private static func expects(_ definition: MetricDefinition) -> Bool {
        guard let family = MetricCatalogue.family(of: definition.name) else { return true }
        return family.wantsExpectation || family.parameter != .none || family.members != .none
    }

    /// What these still want of the judge, told to the provider as far as it can be without asking; the most that it may
    /// come to, and the scores that stand already.
    public func foresee(_ items: [Item]) async -> (most: Int, scores: Int) {
        let judged = definitions.indices.filter { definitions[$0].models?.kinds == [.judge] }
        guard !judged.isEmpty else { return (0, 0) }
        var (most, scores) = (0, 0)
        var inputs: [MeasureInput] = []
        var open: [[Bool]] = []
        for item in items where item.observation.answer != nil {
            let wanted = judged.map { known($0, item) == nil }
            scores += wanted.count { !$0 }
            guard wanted.contains(true) else { continue }
            inputs.append(input(item))
            open.append(wanted)
            for (number, isOpen) in zip(judged, wanted) where isOpen {
                most += (definitions[number].models?.judged ?? []).reduce(0) { $0 + $1.questions }
            }
        }
        let wanted = open
        _ = await ModelRequests.answer(&inputs, judged.map { definitions[$0] }, Foreseeing(provider)) {
            wanted[$0][$1]
        }
        return (most, scores)
    }

    private func input(_ item: Item) -> MeasureInput {
        var input = MeasureInput(example: item.example, observation: item.observation)
        input.otherArm = item.other
        input.hasTwoArms = item.hasTwoArms
        return input
    }

    /// Measures a batch and writes its rows; the scores in the order of the items and of `definitions`.
    public mutating func measure(_ items: [Item]) async -> [[Measurement]] {
        var scores = items.map { item in definitions.indices.map { known($0, item) } }
        var inputs = items.map(input)
        let measured = scores
        let endless = await ModelRequests.answer(&inputs, definitions, provider) { place, number in
            measured[place][number] == nil
        }
        for (place, item) in items.enumerated() {
            for (number, definition) in definitions.enumerated() where scores[place][number] == nil {
                let why = endless.first { $0.place == place && $0.number == number }?.why
                let measurement =
                    why.map { .failed($0) } ?? definition.measured(&inputs[place]).finite(of: definition)
                scores[place][number] = measurement
                // Without an answer there is nothing that a model had a part in.
                if item.observation.answer != nil, let series = series[number] {
                    kept.keep(
                        measurement, definition.name, item.observation.arm,
                        KeptScores.Unit(item.observation), series: series)
                }
            }
        }
        let rows = scores.map { $0.map { $0 ?? .unmeasured("not measured") } }
        for (item, row) in zip(items, rows) {
            sheet.write(
                row: item.row, arm: item.observation.arm, answered: item.observation.answer != nil, row)
        }
        return rows
    }

    /// The kept score of an observation, where it may be taken.
    private func known(_ number: Int, _ item: Item) -> Measurement? {
        guard item.observation.answer != nil else { return nil }
        let name = definitions[number].name
        let arm = item.observation.arm
        let unit = KeptScores.Unit(item.observation)
        if case .all = reuse {
            guard kept.series(name, arm) != nil else { return nil }
            if reexpected.contains(unit.example), expects[number] {
                return .unmeasured("other things are expected of it now, and models are not asked again")
            }
            return kept.score(name, arm, unit, series: nil)
                ?? .unmeasured("the run kept no score of it, and models are not asked again")
        }
        guard let series = series[number],
            let score = kept.score(name, arm, unit, series: series)
        else { return nil }
        switch score {
        case .failed, .unmeasured: return nil
        case .value, .values, .labels, .notApplicable: return score
        }
    }

    /// What the run asked of models, its earlier parts included.
    public var uses: [ModelUse] {
        if case .all = reuse { return kept.uses }
        return ModelUse.merged(usedEarlier, ModelUse.since(usedBefore, provider.uses))
    }
}

/// Answers from memory alone.
private struct Foreseeing: ModelProvider {
    let provider: any ModelProvider

    init(_ provider: any ModelProvider) { self.provider = provider }

    var uses: [ModelUse] { [] }
    func model(_ kind: ModelKind) -> ModelFacts? { provider.model(kind) }
    func answers(to requests: [ModelRequest]) async -> [ModelAnswer] { provider.foresee(requests) }
}
