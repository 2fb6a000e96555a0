import Digest
import Domain
import Metrics

/// Turns observations into rows of scores: every metric of the run, and the signals of the app's stages.
public struct Scorer: Sendable {
    public let definitions: [MetricDefinition]
    public let sheet: ScoreSheet

    public init(definitions: [MetricDefinition], scratch: any Scratch) {
        self.definitions = definitions
        var columns = definitions.map { (name: $0.name, width: $0.width) }
        for stage in StageSignal.stages { columns.append((name: stage.signalName, width: 1)) }
        sheet = ScoreSheet(columns: columns, scratch: scratch)
    }

    /// Scores one observation. `features` carries what depends on the example alone from one to the next.
    public func score(
        _ example: Example, _ observation: Observation, row: Int, features: inout ExampleFeatures?
    ) -> [Measurement] {
        var input = MeasureInput(example: example, observation: observation, features: features)
        var measurements: [Measurement] = []
        measurements.reserveCapacity(definitions.count + StageSignal.stages.count)
        for definition in definitions {
            measurements.append(definition.measured(&input).finite(of: definition))
        }
        features = input.features
        let scores = measurements
        for stage in StageSignal.stages { measurements.append(StageSignal.signal(of: stage, observation)) }
        sheet.write(row: row, arm: observation.arm, answered: observation.answer != nil, measurements)
        return scores
    }
}

extension Measurement {
    /// A number that is none is a failure of the measuring, never a score.
    func finite(of definition: MetricDefinition) -> Measurement {
        switch self {
        case .value(let value) where !value.isFinite: .failed("\(definition.name) gave no finite number")
        case .values(let values) where !values.allSatisfy(\.isFinite):
            .failed("\(definition.name) gave no finite number")
        default: self
        }
    }
}

/// A digest of what each stage of the app put out: equal in both arms where the stage did the same.
public enum StageSignal {
    public static let stages: [Stage] = [.routing, .retrieval, .generation, .guardrail]

    static func signal(of stage: Stage, _ observation: Observation) -> Measurement {
        guard let answer = observation.answer else { return .notApplicable("no answer") }
        var text: String?
        switch stage {
        case .routing: text = answer.intent
        case .retrieval: text = answer.documents.map { $0.map(\.id).joined(separator: "\u{1F}") }
        case .generation: text = answer.text
        case .guardrail: text = answer.guardrail?.outcome.rawValue
        case .format, .operation: break
        }
        guard let text else { return .notApplicable("the app does not show it") }
        // 52 bits are a whole number that a double holds exactly.
        return .value(Double(XXHash.xxh3(text) >> 12))
    }
}
