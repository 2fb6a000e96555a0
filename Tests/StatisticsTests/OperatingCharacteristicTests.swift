import Statistics
import Testing

/// What gates built on these numbers do, added up over every table that 500 unchanged pass/fail pairs can give
/// where each pair disagrees with probability .10, either way alike.
@Suite struct OperatingCharacteristicTests {
    private struct Outcome {
        let weight: Double
        let counts: PairedCounts
    }

    private func tables() throws -> [Outcome] {
        let disagree = try Binomial(trials: 500, probability: 0.1)
        var outcomes: [Outcome] = []
        for number in 15...95 {
            let either = try Binomial(trials: number, probability: 0.5)
            for losses in 0...number {
                let weight = try disagree.mass(number) * either.mass(losses)
                if weight < 1e-7 { continue }
                let counts = try PairedCounts(
                    both: 500 - number, onlyBaseline: losses, onlyCandidate: number - losses, neither: 0)
                outcomes.append(Outcome(weight: weight, counts: counts))
            }
        }
        return outcomes
    }

    /// FORMULAS: at m = .02 an unchanged candidate passes in 40 %, at m = .05 in 97 %.
    @Test(arguments: [(0.02, 0.40), (0.05, 0.97)])
    func unchangedCandidatesPassAsOftenAsTheDesignSays(margin: Double, share: Double) throws {
        var passed = 0.0
        for outcome in try tables() where try tangoInterval(outcome.counts).lower > -margin {
            passed += outcome.weight
        }
        #expect(abs(passed - share) < 0.01)
    }

    @Test func eachErrorRateIsWhatItsConfidenceSays() throws {
        var below = 0.0
        var above = 0.0
        var worse = 0.0
        for outcome in try tables() {
            let interval = try tangoInterval(outcome.counts)
            if interval.upper < 0 { below += outcome.weight }
            if interval.lower > 0 { above += outcome.weight }
            if try exactMcNemar(outcome.counts, alternative: .less).pValue <= 0.05 { worse += outcome.weight }
        }
        // Discrete counts leave a score interval near its level, and an exact test below it.
        #expect(abs(below - 0.05) < 0.01 && abs(above - 0.05) < 0.01)
        #expect(worse < 0.05 && worse > 0.025)
    }
}
