import Statistics
import Testing

@testable import Simulation

/// Draws against the distributions that they are drawn from, evaluated by Boost.Math through `Statistics`.
@Suite struct RandomDrawsTests {
    /// Pearson's statistic over cells of expected count 20 and more, against its mean and spread.
    private func check(_ counts: [Int: Int], n: Int, mass: (Int) -> Double) {
        var cells: [(seen: Double, expected: Double)] = []
        var seen = 0.0
        var expected = 0.0
        let top = (counts.keys.max() ?? 0) + 50
        var covered = 0.0
        for k in 0...top {
            let share = mass(k)
            covered += share
            seen += Double(counts[k] ?? 0)
            expected += share * Double(n)
            if expected >= 20 {
                cells.append((seen, expected))
                seen = 0
                expected = 0
            }
        }
        expected += (1 - covered) * Double(n)
        if let last = cells.last {
            cells[cells.count - 1] = (last.seen + seen, last.expected + expected)
        }
        var statistic = 0.0
        for cell in cells {
            statistic += (cell.seen - cell.expected) * (cell.seen - cell.expected) / cell.expected
        }
        let degrees = Double(cells.count - 1)
        // Five standard deviations of chi squared: a chance of a millionth or so.
        #expect(statistic < degrees + 5 * (2 * degrees).squareRoot() + 10, "\(statistic) on \(degrees)")
    }

    @Test(arguments: [0.3, 4, 9.99, 10.01, 60, 3000])
    func poissonCountsFollowTheirDistribution(mean: Double) throws {
        var stream = RandomStream(seed: 5, stream: UInt64(mean * 100))
        var counts: [Int: Int] = [:]
        let n = 100_000
        for _ in 0..<n { counts[stream.poisson(mean), default: 0] += 1 }
        // A Poisson count is the limit of binomials; at 2^40 trials nothing is left of the difference.
        let reference = try Binomial(trials: 1 << 40, probability: mean / Double(1 << 40))
        check(counts, n: n) { (try? reference.mass($0)) ?? 0 }
        #expect(stream.poisson(0) == 0)
    }

    @Test(arguments: [(5, 0.3), (1000, 0.004), (1000, 0.2), (1000, 0.97), (100_000, 0.5)])
    func binomialCountsFollowTheirDistribution(trials: Int, probability: Double) throws {
        var stream = RandomStream(seed: 6, stream: UInt64(trials))
        var counts: [Int: Int] = [:]
        let n = 100_000
        for _ in 0..<n { counts[stream.binomial(trials, probability), default: 0] += 1 }
        let reference = try Binomial(trials: trials, probability: probability)
        check(counts, n: n) { (try? reference.mass($0)) ?? 0 }
        #expect(stream.binomial(trials, 0) == 0)
        #expect(stream.binomial(trials, 1) == trials)
    }

    @Test func normalAndExponentialNumbersHaveTheirMoments() throws {
        var stream = RandomStream(seed: 7, stream: 0)
        let normals = try moments((0..<200_000).map { _ in stream.normal() })
        #expect(abs(normals.mean) < 4 / 200_000.0.squareRoot())
        let waits = try moments((0..<200_000).map { _ in stream.exponential() })
        #expect(abs(waits.mean - 1) < 4 / 200_000.0.squareRoot())
    }
}
