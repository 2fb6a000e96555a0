import Foundation
import Statistics
import Testing

/// What must hold for any data; one seed a case.
@Suite struct SignificancePropertyTests {
    /// Smooth, coarse, clustered, with outliers, of mixed sizes.
    private static func sample(_ stream: inout RandomStream, count: Int, kind: Int, shift: Double) -> [Double]
    {
        (0..<count).map { _ in
            let unit = stream.unit()
            switch kind {
            case 0: return unit + shift
            case 1: return (6 * unit + shift).rounded(.down)
            case 2: return (unit < 0.5 ? 1 : 1_000) + 1e-9 * stream.unit() + shift * 1e-9
            case 3: return unit < 0.01 ? 1e12 * (stream.unit() - 0.5) : unit + shift
            case 4: return unit < 0.97 ? 0 : stream.unit() - 0.5
            default: return (unit - 0.5 + shift) * pow(10, 12 * stream.unit() - 6)
            }
        }
    }

    private typealias Test = @Sendable ([Double], [Double], Alternative) throws -> TestResult

    private static let twoSample: [(name: String, run: Test)] = [
        ("welch", { try welchTTest(baseline: $0, candidate: $1, alternative: $2).test }),
        ("pooled", { try pooledTTest(baseline: $0, candidate: $1, alternative: $2).test }),
        ("mann-whitney", { try mannWhitneyTest(baseline: $0, candidate: $1, alternative: $2).test }),
        ("kolmogorov-smirnov", { try kolmogorovSmirnovTest(baseline: $0, candidate: $1, alternative: $2) }),
        ("permutation", { try permutationTest(baseline: $0, candidate: $1, alternative: $2, seed: 4) }),
    ]

    @Test(arguments: 0..<60)
    func armsThatChangePlacesTurnTheClaim(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed), stream: 0)
        // Small enough that permutations are exact, and so turn exactly.
        let (n, m) = (2 + stream.index(below: 7), 2 + stream.index(below: 7))
        let one = Self.sample(&stream, count: n, kind: seed % 2, shift: 0)
        let other = Self.sample(&stream, count: m, kind: seed % 2, shift: 0.3)
        if Set(one + other).count == 1 { return }
        for (name, run) in Self.twoSample {
            if name == "welch" || name == "pooled", Set(one).count == 1 || Set(other).count == 1 { continue }
            let less = try run(one, other, .less)
            let greater = try run(other, one, .greater)
            #expect(close(less.pValue, greater.pValue, 1e-9), "\(name) seed \(seed)")
            let two = try run(one, other, .twoSided).pValue
            #expect(close(two, try run(other, one, .twoSided).pValue, 1e-9), "\(name) seed \(seed)")
            #expect(less.statistic != nil && (0...1).contains(two), "\(name)")
        }
    }

    @Test(arguments: 0..<30)
    func ranksDoNotSeeAnIncreasingChangeOfScale(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed), stream: 1)
        let one = Self.sample(&stream, count: 5 + 40 * (seed % 3), kind: seed % 2, shift: 0)
        let other = Self.sample(&stream, count: 8 + 30 * (seed % 4), kind: seed % 2, shift: 0.1)
        func bent(_ values: [Double]) -> [Double] { values.map { exp($0) * 3 - 7 } }
        for (name, run) in Self.twoSample where name == "mann-whitney" || name == "kolmogorov-smirnov" {
            let plain = try run(one, other, .greater)
            #expect(try run(bent(one), bent(other), .greater) == plain, "\(name) seed \(seed)")
        }
    }

    @Test(arguments: 0..<6)
    func meansDoNotSeeAShiftOrAScale(kind: Int) throws {
        var stream = RandomStream(seed: 5, stream: UInt64(kind))
        let one = Self.sample(&stream, count: 30, kind: 0, shift: 0)
        let other = Self.sample(&stream, count: 20, kind: 0, shift: 0.1 * Double(kind))
        for (name, run) in Self.twoSample where name == "welch" || name == "pooled" || name == "permutation" {
            let plain = try run(one, other, .twoSided).pValue
            let moved = try run(one.map { 1_024 * $0 + 512 }, other.map { 1_024 * $0 + 512 }, .twoSided)
                .pValue
            #expect(close(plain, moved, 1e-6), "\(name)")
        }
    }

    @Test(arguments: 0..<6)
    func largeSamplesOfAnyShapeAreSortedAndCountedAsByHand(kind: Int) throws {
        for (n, m) in [(9_000, 4_000), (3_000, 3_000), (20_000, 2)] {
            var stream = RandomStream(seed: UInt64(kind), stream: UInt64(n))
            let one = Self.sample(&stream, count: n, kind: kind, shift: 0)
            let other = Self.sample(&stream, count: m, kind: kind, shift: 0.02)
            let (first, second) = (one.sorted(), other.sorted())
            var (i, j, gap, doubled) = (0, 0, 0, 0)
            var (highest, lowest) = (0, 0)
            while i < n || j < m {
                let value = j == m || (i < n && first[i] < second[j]) ? first[i] : second[j]
                let (fromI, fromJ) = (i, j)
                while i < n, first[i] == value { i += 1 }
                while j < m, second[j] == value { j += 1 }
                doubled += (j - fromJ) * (fromI + i)
                gap = j * n - i * m
                (highest, lowest) = (max(highest, gap), min(lowest, gap))
            }
            let mann = try mannWhitneyTest(baseline: one, candidate: other, alternative: .less)
            #expect(mann.test.statistic == Double(doubled) / 2, "kind \(kind), \(n)")
            for (side, seen) in [
                (Alternative.less, highest), (.greater, -lowest), (.twoSided, max(highest, -lowest)),
            ] {
                let test = try kolmogorovSmirnovTest(
                    baseline: one, candidate: other, alternative: side, distribution: .asymptotic)
                #expect(test.statistic == Double(seen) / Double(n * m), "kind \(kind), \(n)")
            }
        }
    }

    @Test func exactAndAsymptoticMeetWhereBothServe() throws {
        var stream = RandomStream(seed: 8, stream: 0)
        for _ in 0..<20 {
            let one = Self.sample(&stream, count: 48, kind: 0, shift: 0)
            let other = Self.sample(&stream, count: 50, kind: 0, shift: 0.1)
            for side in [Alternative.less, .greater, .twoSided] {
                let exact = try mannWhitneyTest(
                    baseline: one, candidate: other, alternative: side, distribution: .exact)
                let normal = try mannWhitneyTest(
                    baseline: one, candidate: other, alternative: side, distribution: .asymptotic)
                #expect(abs(exact.test.pValue - normal.test.pValue) < 0.003)
                let paired = zip(one, other).map { $1 - $0 }
                let signed = try wilcoxonSignedRankTest(paired, alternative: side, distribution: .exact)
                let large = try wilcoxonSignedRankTest(paired, alternative: side, distribution: .asymptotic)
                #expect(abs(signed.pValue - large.pValue) < 0.005)
                let walk = try kolmogorovSmirnovTest(
                    baseline: one, candidate: other, alternative: side, distribution: .exact)
                let limit = try kolmogorovSmirnovTest(
                    baseline: one, candidate: other, alternative: side, distribution: .asymptotic)
                #expect(abs(walk.pValue - limit.pValue) < 0.06)
            }
        }
    }

    @Test func theExactLawsOfRanksWithAndWithoutTiesAreOne() throws {
        // Two equal values of one arm change no order between the arms: the tied law must give nearly the other's.
        let one = [1.0, 4, 6, 9, 12, 15]
        let other = [2.0, 5, 7, 10, 13, 20, 21]
        let plain = try mannWhitneyTest(baseline: one, candidate: other, alternative: .greater)
        let tied = try mannWhitneyTest(
            baseline: one, candidate: Array(other.dropLast(2)) + [21, 21], alternative: .greater)
        #expect(plain.test.statistic == tied.test.statistic)
        #expect(abs(plain.test.pValue - tied.test.pValue) < 0.02)
    }

    @Test(arguments: 0..<40)
    func anIntervalOfTheShiftNestsAndAgreesWithTheTest(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed), stream: 3)
        let one = Self.sample(&stream, count: 12 + seed, kind: seed % 2, shift: 0)
        let other = Self.sample(&stream, count: 15 + seed, kind: seed % 2, shift: 0.4)
        let wide = try hodgesLehmannShift(baseline: one, candidate: other, confidence: 0.99)
        let narrow = try hodgesLehmannShift(baseline: one, candidate: other, confidence: 0.8)
        guard let outer = wide.interval, let inner = narrow.interval else { return }
        #expect(outer.lower <= inner.lower && inner.upper <= outer.upper)
        #expect(inner.contains(narrow.value) && wide.value == narrow.value)
        if seed % 2 == 0 {
            // Just beyond an end the test rejects, just within it does not.
            let step = 1e-9
            for (end, side) in [(outer.lower, -step), (outer.upper, step)] {
                let outside = other.map { $0 - (end + side) }
                let inside = other.map { $0 - (end - side) }
                #expect(
                    try mannWhitneyTest(baseline: one, candidate: outside, alternative: .twoSided).test.pValue
                        <= 0.0101)
                #expect(
                    try mannWhitneyTest(baseline: one, candidate: inside, alternative: .twoSided).test.pValue
                        >= 0.0099)
            }
        }
    }

    @Test(arguments: 0..<30)
    func adjustmentsKeepTheOrderAndHolmIsTheStricter(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed), stream: 4)
        let values = (0..<(1 + seed)).map { _ in (stream.unit() * stream.unit() * 50).rounded() / 50 }
        let holm = try holmAdjusted(values)
        let discovery = try benjaminiHochbergAdjusted(values)
        for i in values.indices {
            #expect(values[i] <= discovery[i] && discovery[i] <= holm[i] + 1e-15)
            for j in values.indices where values[i] <= values[j] {
                #expect(discovery[i] <= discovery[j] && holm[i] <= holm[j])
            }
        }
        let family = try benjaminiHochbergAdjusted(values, familySize: values.count + 3)
        let padded = try benjaminiHochbergAdjusted(values + [1, 1, 1])
        #expect(Array(padded.prefix(values.count)) == family)
    }

    @Test(arguments: 0..<40)
    func fisherSeesNoDifferenceBetweenRowsAndColumns(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed), stream: 5)
        let cells = (0..<4).map { _ in 1 + stream.index(below: 40) }
        let table = try FourfoldTable(cells[0], cells[1], cells[2], cells[3])
        let turned = try FourfoldTable(cells[0], cells[2], cells[1], cells[3])
        let swapped = try FourfoldTable(cells[2], cells[3], cells[0], cells[1])
        let test = try fisherExactTest(table, alternative: .twoSided)
        #expect(
            close(test.test.pValue, try fisherExactTest(turned, alternative: .twoSided).test.pValue, 1e-9))
        let less = try fisherExactTest(table, alternative: .less).test.pValue
        #expect(close(less, try fisherExactTest(swapped, alternative: .greater).test.pValue, 1e-9))
        let other = try fisherExactTest(swapped, alternative: .twoSided)
        #expect(close(try #require(test.oddsRatio) * (try #require(other.oddsRatio)), 1, 1e-9))
        #expect(close(try #require(test.lower) * (try #require(other.upper)), 1, 1e-9))
        let wider = try fisherExactTest(table, alternative: .twoSided, confidence: 0.99)
        #expect(try #require(wider.lower) < (try #require(test.lower)))
    }

    @Test func moreOfTheSameDifferenceIsMoreEvidence() throws {
        var last = 1.0
        for scale in [1, 4, 16, 64] {
            let test = try twoProportionZTest(
                baselineSuccesses: 20 * scale, baselineTrials: 100 * scale, candidateSuccesses: 25 * scale,
                candidateTrials: 100 * scale, alternative: .twoSided)
            let counts = try PairedCounts(
                both: 0, onlyBaseline: 3 * scale, onlyCandidate: 5 * scale, neither: 0)
            #expect(test.test.pValue < last)
            last = test.test.pValue
            #expect(
                try midPMcNemar(counts, alternative: .twoSided).pValue
                    < exactMcNemar(counts, alternative: .twoSided).pValue)
        }
    }

    @Test func drawnPermutationsAreTheSameForASeedAndNeverZero() throws {
        var stream = RandomStream(seed: 9, stream: 0)
        let one = Self.sample(&stream, count: 40, kind: 0, shift: 0)
        let far = one.map { $0 + 5 }
        let test = try permutationTest(baseline: one, candidate: far, alternative: .greater, seed: 1)
        #expect(close(test.pValue, 1.0 / 10_001, 1e-12))
        #expect(
            test.method == "permutation of two samples, one-sided (greater), 10,000 resamples, seed 1")
        let near = one.map { $0 + 0.1 }
        let first = try permutationTest(baseline: one, candidate: near, alternative: .greater, seed: 7)
        #expect(
            first == (try permutationTest(baseline: one, candidate: near, alternative: .greater, seed: 7)))
        #expect(
            first != (try permutationTest(baseline: one, candidate: near, alternative: .greater, seed: 8)))
    }

    @Test func aSampleOfItsOwnLawIsNotRejectedTooOften() throws {
        // 400 samples of 60 uniforms: at .05 a share within four deviations of it.
        var rejected = 0
        for seed in 0..<400 {
            var stream = RandomStream(seed: UInt64(seed), stream: 6)
            let values = (0..<60).map { _ in stream.unit() }
            let test = try kolmogorovSmirnovTest(values) { (x) throws(EstimateError) in x }
            if test.pValue <= 0.05 { rejected += 1 }
        }
        #expect(abs(Double(rejected) / 400 - 0.05) < 4 * (0.05 * 0.95 / 400).squareRoot())
    }
}
