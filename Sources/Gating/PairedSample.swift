import Domain
import Metrics

/// One metric in both arms, example by example, with the unmeasured imputed against the candidate where a rule
/// wants proof, and left out where it wants a claim of regression.
struct PairedSample: Sendable {
    let baseline: ArmSample
    let candidate: ArmSample
    /// Examples whose pair carries a claim of regression: measured in both arms, or lost by the candidate.
    let complete: [Int]
    /// Examples that the proof of *no worse* must also reckon with: one arm could not be measured.
    let imputed: [Int]
    /// Examples that the baseline has and the candidate no longer shows: scored worst.
    let lost: [Int]
    /// Examples that only the candidate shows: no pair.
    let gained: [Int]

    init(baseline: ArmSample, candidate: ArmSample, examples: [Int]) {
        var complete: [Int] = []
        var imputed: [Int] = []
        var lost: [Int] = []
        var gained: [Int] = []
        for example in examples {
            switch (baseline.states[example], candidate.states[example]) {
            case (.value, .value): complete.append(example)
            case (.value, .notApplicable):
                if candidate.definition.direction != .neither {
                    lost.append(example)
                    complete.append(example)
                }
            case (.notApplicable, .value): gained.append(example)
            case (.value, .failed), (.failed, .value), (.failed, .failed): imputed.append(example)
            case (.notApplicable, _), (.failed, .notApplicable): break
            }
        }
        var filled = candidate
        let worst = PairedSample.worstValue(of: candidate.definition, seenIn: [baseline, candidate])
        for example in lost {
            for part in 0..<filled.width { filled.values[example * filled.width + part] = worst }
        }
        self.baseline = baseline
        self.candidate = filled
        self.complete = complete
        self.imputed = imputed
        self.lost = lost
        self.gained = gained
    }

    /// The worst value a score can have: the end of its range, else the worst that was seen.
    static func worstValue(of definition: MetricDefinition, seenIn samples: [ArmSample]) -> Double {
        extreme(of: definition, seenIn: samples, worst: true)
    }

    static func bestValue(of definition: MetricDefinition, seenIn samples: [ArmSample]) -> Double {
        extreme(of: definition, seenIn: samples, worst: false)
    }

    private static func extreme(of definition: MetricDefinition, seenIn samples: [ArmSample], worst: Bool) -> Double {
        let wantsLow = (definition.direction == .lower) != worst
        if let end = wantsLow ? definition.lowest : definition.highest { return end }
        var found: Double?
        for sample in samples {
            for example in sample.states.indices where sample.states[example] == .value {
                let value = sample.value(example)
                found = found.map { wantsLow ? min($0, value) : max($0, value) } ?? value
            }
        }
        return found ?? 0
    }

    /// Both arms' first numbers over the complete pairs.
    func values() -> (baseline: [Double], candidate: [Double]) {
        (complete.map(baseline.value), complete.map(candidate.value))
    }

    /// Both arms' numbers with every unmeasured one imputed against the candidate.
    func imputedValues() -> (baseline: [Double], candidate: [Double]) {
        var both = values()
        let samples = [baseline, candidate]
        let worst = PairedSample.worstValue(of: candidate.definition, seenIn: samples)
        let best = PairedSample.bestValue(of: candidate.definition, seenIn: samples)
        for example in imputed {
            both.baseline.append(baseline.states[example] == .value ? baseline.value(example) : best)
            both.candidate.append(candidate.states[example] == .value ? candidate.value(example) : worst)
        }
        return both
    }
}
