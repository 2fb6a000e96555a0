import Domain
import Metrics

/// Measures the metrics that want something of models, a batch of observations at a time: what all of them want is
/// gathered, each distinct request is made once, and what comes of it is measured.
public struct ModelPass: Sendable {
    /// The metrics that want something, in the order of the sheet's columns.
    public let definitions: [MetricDefinition]
    public let sheet: ScoreSheet
    private let provider: any ModelProvider
    /// What each metric's scores depend on, models included; nil where a model is not there.
    private let series: [String?]
    private let reuse: Reuse
    /// What was measured, to be kept beside the run.
    public private(set) var kept: KeptScores

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

    public init(
        definitions: [MetricDefinition], provider: any ModelProvider, scratch: any Scratch, kept: KeptScores,
        reuse: Reuse
    ) {
        let wanting = definitions.filter { $0.models != nil }
        self.definitions = wanting
        self.provider = provider
        self.kept = kept
        self.reuse = reuse
        sheet = ScoreSheet(columns: wanting.map { (name: $0.name, width: $0.width) }, scratch: scratch)
        series = wanting.map { definition in
            guard let need = definition.models else { return nil }
            let digests = need.kinds.map { provider.model($0)?.digest }
            guard digests.allSatisfy({ $0 != nil }) else { return nil }
            return ([need.series] + digests.compactMap { $0 }).joined(separator: "|")
        }
    }

    /// Rounds of requests for one batch: a metric that still wants more is failed then.
    private static let mostRounds = 16

    /// Measures a batch and writes its rows; the scores in the order of the items and of `definitions`.
    public mutating func measure(_ items: [Item]) async -> [[Measurement]] {
        var scores = items.map { item in definitions.indices.map { known($0, item) } }
        var inputs = items.map { item in
            var input = MeasureInput(example: item.example, observation: item.observation)
            input.otherArm = item.other
            input.hasTwoArms = item.hasTwoArms
            return input
        }
        await ask(&inputs, &scores)
        for (place, item) in items.enumerated() {
            for (number, definition) in definitions.enumerated() where scores[place][number] == nil {
                let measurement = definition.measured(&inputs[place]).finite(of: definition)
                scores[place][number] = measurement
                // Without an answer there is nothing that a model had a part in.
                if item.observation.answer != nil, let series = series[number] {
                    kept.keep(
                        measurement, definition.name, item.observation.arm, row: item.row, series: series)
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
        if case .all = reuse { return kept.score(name, arm, row: item.row, series: nil) }
        guard let series = series[number],
            let score = kept.score(name, arm, row: item.row, series: series)
        else { return nil }
        switch score {
        case .failed, .unmeasured: return nil
        case .value, .values, .labels, .notApplicable: return score
        }
    }

    /// Asks until nobody wants more; those that still do after the last round are failed.
    private func ask(_ inputs: inout [MeasureInput], _ scores: inout [[Measurement?]]) async {
        for round in 0...Self.mostRounds {
            var wanted: [ModelRequest] = []
            var wanting: [ModelRequest: [Int]] = [:]
            for place in inputs.indices where inputs[place].answer != nil {
                for (number, definition) in definitions.enumerated() where scores[place][number] == nil {
                    for request in definition.models?.requests(&inputs[place]) ?? []
                    where inputs[place].models[request] == nil {
                        if round == Self.mostRounds {
                            scores[place][number] = .failed(
                                "\(definition.name) still wanted more of its model after \(round) rounds")
                            break
                        }
                        if wanting[request] == nil { wanted.append(request) }
                        if wanting[request]?.last != place { wanting[request, default: []].append(place) }
                    }
                }
            }
            if wanted.isEmpty { return }
            let answers = await provider.answers(to: wanted)
            for (number, request) in wanted.enumerated() {
                let answer =
                    number < answers.count ? answers[number] : .failed("the model gave no answer to it")
                for place in wanting[request] ?? [] { inputs[place].models[request] = answer }
            }
        }
    }

    /// What the run asked of models, its earlier parts included.
    public var uses: [ModelUse] {
        if case .all = reuse { return kept.uses }
        let now = provider.uses
        return now.isEmpty ? kept.uses : now
    }
}
