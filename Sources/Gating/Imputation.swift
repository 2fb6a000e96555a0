import Domain
import Metrics

/// What stands for numbers that are missing, against the candidate: its worst, and the baseline's best.
///
/// The end of the metric's range; where it has none, the worst that either arm was seen to do.
struct Imputation {
    let baseline: ArmSample
    let candidate: ArmSample
    /// Nil where nothing has to be filled in.
    private let worst: Extreme?
    private let best: Extreme?

    /// - Parameters:
    ///   - candidateLow: Which end the candidate gets; nil: by the metric's direction.
    ///   - isNeeded: Whether anything is missing at all; without it no extremes are looked for.
    ///   - seenOnly: Whether the ends are what was seen, for a metric that can be anything.
    init(
        baseline: ArmSample, candidate: ArmSample, candidateLow: Bool? = nil, seenOnly: Bool = false,
        isNeeded: Bool = true
    ) {
        var baseline = baseline
        if case .labels(let before) = baseline.numbers, case .labels(let after) = candidate.numbers {
            let names = Imputation.union(before.names, after.names)
            baseline = baseline.recoded(names)
            self.candidate = candidate.recoded(names)
        } else {
            self.candidate = candidate
        }
        self.baseline = baseline
        let samples = [baseline, candidate]
        // Where no arm ever showed a label, there is none to fill in with.
        var isKnown = true
        if case .labels(let rows) = baseline.numbers { isKnown = !rows.names.isEmpty }
        guard isNeeded, isKnown else {
            worst = nil
            best = nil
            return
        }
        let definition = candidate.definition
        worst = Extreme(definition, samples, isWorst: true, wantsLow: candidateLow, seenOnly: seenOnly)
        best = Extreme(
            definition, samples, isWorst: false, wantsLow: candidateLow.map { !$0 }, seenOnly: seenOnly)
    }

    private static func union(_ first: [String], _ second: [String]) -> [String] {
        if first == second { return first }
        let known = Set(first)
        return first + second.filter { !known.contains($0) }
    }

    func arms(_ examples: [Int]) -> PairedSample.Arms {
        PairedSample.Arms(
            baseline: baseline.numbers.picked(examples, baseline.states) { filler($0, best) },
            candidate: candidate.numbers.picked(examples, candidate.states) { filler($0, worst) })
    }

    private func filler(_ example: Int, _ extreme: Extreme?) -> ArmNumbers.Filler? {
        guard let extreme else { return nil }
        switch candidate.numbers {
        case .scores, .repeats: return .score(extreme.score)
        case .sums: return .sums(extreme.sums)
        case .labels:
            let expected = expectedLabel(example)
            return .labels(expected: expected, predicted: extreme.isWorst ? -1 : expected)
        case .texts: return nil
        }
    }

    /// What the example expects, as the other arm shows; where neither does, the rarest label, which a mean over
    /// classes takes hardest.
    private func expectedLabel(_ example: Int) -> Int32 {
        for sample in [baseline, candidate] where sample.states[example] == .value {
            if case .labels(let rows) = sample.numbers {
                return rows.expected[rows.cells(of: example).lowerBound]
            }
        }
        return worst?.rarestLabel ?? 0
    }
}

extension ArmSample {
    fileprivate func recoded(_ names: [String]) -> ArmSample {
        guard case .labels(let rows) = numbers else { return self }
        return ArmSample(self, .labels(rows.recoded(names)))
    }
}

/// One end of what a metric can be.
struct Extreme {
    let isWorst: Bool
    /// For means.
    var score = 0.0
    /// For functions of sums: of the rows that were seen, the one that moves the metric furthest.
    var sums: [Double] = []
    var rarestLabel: Int32 = 0

    /// - Parameter wantsLow: Which end; nil: by the metric's direction.
    init(
        _ definition: MetricDefinition, _ samples: [ArmSample], isWorst: Bool, wantsLow: Bool? = nil,
        seenOnly: Bool = false
    ) {
        self.isWorst = isWorst
        let low = wantsLow ?? ((definition.direction == .lower) != isWorst)
        switch definition.aggregate {
        case .mean:
            let end = low ? definition.lowest : definition.highest
            score = seenOnly ? Extreme.seen(samples, low) : end ?? Extreme.seen(samples, low)
        case .sums(let combine): sums = Extreme.sums(samples, low, combine)
        case .confusion: rarestLabel = Extreme.rarestLabel(samples)
        case .text: break
        }
    }

    private static func seen(_ samples: [ArmSample], _ low: Bool) -> Double {
        var found: Double?
        for sample in samples {
            let values: [Double]
            switch sample.numbers {
            case .scores(let means): values = means
            case .repeats(let rows): values = rows.values
            case .sums, .labels, .texts: continue
            }
            for value in values where !value.isNaN {
                found = found.map { low ? min($0, value) : max($0, value) } ?? value
            }
        }
        return found ?? 0
    }

    private static func sums(
        _ samples: [ArmSample], _ low: Bool, _ combine: ([Double]) -> Double?
    ) -> [Double] {
        var found: (row: [Double], value: Double)?
        for sample in samples {
            guard case .sums(let rows) = sample.numbers else { continue }
            let ones = [Int32](repeating: 1, count: rows.count)
            let totals = rows.totals(ones.span)
            var moved = totals
            for row in 0..<rows.count where sample.states[row] == .value {
                for cell in rows.cells(of: row) {
                    moved[Int(rows.parts[cell])] = totals[Int(rows.parts[cell])] + rows.values[cell]
                }
                if let value = combine(moved),
                    found.map({ low ? value < $0.value : value > $0.value }) ?? true
                {
                    found = (rows.sums(of: row), value)
                }
                for cell in rows.cells(of: row) {
                    moved[Int(rows.parts[cell])] = totals[Int(rows.parts[cell])]
                }
            }
        }
        return found?.row ?? []
    }

    private static func rarestLabel(_ samples: [ArmSample]) -> Int32 {
        var counts: [Int32: Int] = [:]
        var names: [String] = []
        for sample in samples {
            guard case .labels(let rows) = sample.numbers else { continue }
            names = rows.names
            for label in rows.expected { counts[label, default: 0] += 1 }
        }
        // Ties by name: codes depend on what was scored first.
        return counts.min { ($0.value, names[Int($0.key)]) < ($1.value, names[Int($1.key)]) }?.key ?? 0
    }
}
