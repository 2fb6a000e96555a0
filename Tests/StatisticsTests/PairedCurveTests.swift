import Statistics
import Testing

@Suite struct PairedCurveTests {
    @Test func exchangesOfFewUnitsAreCountedByHand() throws {
        // Two units, curves wholly apart: none or both exchanged leave the distance, one exchanged takes it away.
        let two = try pairedKolmogorovSmirnov(baseline: [0, 0], candidate: [1, 1], seed: 1)
        #expect(two.pValue == 0.5)
        #expect(two.statistic == 1)
        // One unit: either way it is the same distance.
        let one = try pairedKolmogorovSmirnov(baseline: [0, 0], candidate: [1, 1], units: [7, 7], seed: 1)
        #expect(one.pValue == 1)
        // Three units: 0 and 3 exchanged of 8.
        #expect(
            try pairedKolmogorovSmirnov(baseline: [0, 0, 0], candidate: [1, 1, 1], seed: 1).pValue == 0.25)
        let same = try pairedKolmogorovSmirnov(baseline: [1, 2], candidate: [1, 2], seed: 1)
        #expect(same.pValue == 1)
        #expect(same.statistic == 0)
    }

    @Test func unchangedArmsAreRejectedAsOftenAsTheLevelSays() throws {
        var rejected = 0
        for seed in 0..<400 {
            var stream = RandomStream(seed: 11, stream: UInt64(seed))
            var (before, after, units): ([Double], [Double], [Int]) = ([], [], [])
            for unit in 0..<30 {
                // A unit's values hang together: what a test that knows no units would take for evidence.
                let level = Double(stream.index(below: 1000))
                let flips = stream.next() & 1 == 0
                for _ in 0..<6 {
                    before.append(level + (flips ? 50 : 0))
                    after.append(level + (flips ? 0 : 50))
                    units.append(unit)
                }
            }
            let test = try pairedKolmogorovSmirnov(
                baseline: before, candidate: after, units: units, resamples: 199, seed: UInt64(seed))
            if test.pValue <= 0.05 { rejected += 1 }
        }
        // 400 draws at 5 %: 20 expected, more than 34 in 1 of 1,000.
        #expect(rejected <= 34)
    }

    @Test func aShiftIsFound() throws {
        let before = (0..<200).map { Double($0 % 40) }
        let test = try pairedKolmogorovSmirnov(
            baseline: before, candidate: before.map { $0 + 6 }, resamples: 999, seed: 3)
        #expect(test.pValue == 0.001)
        #expect(test.statistic == 0.15)
    }

    @Test func whatCannotBeTestedIsNamed() {
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "pairs")) {
            try pairedKolmogorovSmirnov(baseline: [], candidate: [], seed: 1)
        }
        #expect(throws: EstimateError.unequalLengths(1, 2, of: "pairs and units")) {
            try pairedKolmogorovSmirnov(baseline: [1], candidate: [1], units: [1, 2], seed: 1)
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "candidate value")) {
            try pairedKolmogorovSmirnov(baseline: [1], candidate: [.nan], seed: 1)
        }
    }
}

@Suite struct RankBiasedOverlapTests {
    @Test func overlapByHand() throws {
        // Agreement 0, 1, 2/3: .1 · (.9 · 1 + .81 · 2/3) + 2/3 · .729.
        #expect(abs(try rankBiasedOverlap(["a", "b", "c"], ["b", "a", "d"]) - 0.63) < 1e-12)
        #expect(abs(try rankBiasedOverlap([1, 2, 3], [1, 2, 3]) - 1) < 1e-12)
        #expect(try rankBiasedOverlap([1, 2], [3, 4, 5]) == 0)
        #expect(try rankBiasedOverlap([], [3]) == 0)
        // A prefix agrees as far as it goes.
        #expect(abs(try rankBiasedOverlap([1], [1, 2]) - 1) < 1e-12)
    }

    @Test func whatIsNoRankingIsNamed() {
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "items")) {
            try rankBiasedOverlap([Int](), [])
        }
        #expect(throws: EstimateError.invalidParameter("a ranking", must: "hold no item twice")) {
            try rankBiasedOverlap([1, 1], [2])
        }
    }

    @Test func itIsSymmetricAndEarlyPlacesWeighMore() throws {
        let base = [1, 2, 3, 4, 5]
        #expect(try rankBiasedOverlap(base, [1, 2, 9]) == (try rankBiasedOverlap([1, 2, 9], base)))
        let late = try rankBiasedOverlap(base, [1, 2, 3, 4, 9])
        let early = try rankBiasedOverlap(base, [9, 2, 3, 4, 5])
        #expect(late > early)
    }
}
