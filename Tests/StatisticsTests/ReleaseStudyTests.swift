import Statistics
import Testing

/// Releases of the test's own making, in which it is known what predicts what.
@Suite struct ReleaseStudyTests {
    private static func noise(_ count: Int, _ stream: UInt64, seed: UInt64 = 3) -> [Double] {
        var stream = RandomStream(seed: seed, stream: stream)
        return (0..<count).map { _ in (0..<6).reduce(-3.0) { sum, _ in sum + stream.unit() } }
    }

    private static func series(
        _ name: String, _ values: [Double?], lower: Bool? = nil
    ) -> ReleaseSeries { ReleaseSeries(name: name, values: values, lowerIsBetter: lower) }

    @Test func whatPredictsIsFoundAndWhatDoesNotIsNot() throws {
        let quality = Self.noise(40, 0)
        let outcome = zip(quality, Self.noise(40, 1)).map { -$0 + 0.3 * $1 }
        let study = try ReleaseStudy(
            metrics: [Self.series("length", Self.noise(40, 2)), Self.series("recall", quality)],
            outcomes: [Self.series("escalation", outcome)])
        #expect(study.tested == 2 && study.releases == 40)
        #expect(study.rankings.map(\.metric) == ["recall", "length"])
        #expect(study.rankings[0].standing == .earns)
        #expect(study.rankings[1].standing == .doesNot || study.rankings[1].standing == .cannotTell)
        let pair = study.pairs[study.rankings[0].pair]
        let measured = try #require(pair.measured)
        #expect(pair.finding == .predicts && measured.spearman.value < -0.8)
        #expect(measured.test.pValue <= (try #require(pair.adjusted)))
        #expect(pair.n == 40 && pair.missing == 0)
        // The same numbers, as the functions themselves give them.
        #expect(measured.spearman == (try spearmanCorrelation(quality, outcome)))
        #expect(measured.pearson == (try pearsonCorrelation(quality, outcome)))
    }

    @Test(arguments: [(true, MetricRanking.Standing.earns), (false, .misleads)])
    func directionsDecideWhetherAClaimIsWelcome(lower: Bool, standing: MetricRanking.Standing) throws {
        let quality = Self.noise(30, 4)
        let study = try ReleaseStudy(
            metrics: [Self.series("recall", quality, lower: false)],
            outcomes: [Self.series("escalation", quality.map { -$0 }, lower: lower)])
        #expect(study.rankings[0].standing == standing)
        #expect(study.pairs[0].measured?.isWanted == lower)
        #expect(study.pairs[0].finding == (lower ? .predicts : .opposes))
    }

    @Test func anOutcomeThatComesLaterIsFoundAtItsLag() throws {
        let quality = Self.noise(30, 5)
        let outcome: [Double?] = [nil, nil] + quality.dropLast(2).map { $0 }
        var options = ReleaseStudy.Options()
        options.maximumLag = 3
        let study = try ReleaseStudy(
            metrics: [Self.series("recall", quality)], outcomes: [Self.series("resolved", outcome)],
            options: options)
        #expect(study.pairs.map(\.lag) == [0, 1, 2, 3])
        #expect(study.pairs.map(\.n) == [28, 28, 28, 27])
        #expect(study.pairs.map(\.missing) == [2, 1, 0, 0])
        #expect(study.pairs[study.rankings[0].pair].lag == 2)
        #expect(study.pairs[2].measured?.spearman.value == 1)
        #expect(study.pairs.filter { $0.finding == .predicts }.count == 1)
    }

    @Test func twoDriftsAreNotTakenForAPrediction() throws {
        let drift = (0..<40).map(Double.init)
        let metric = zip(drift, Self.noise(40, 6)).map { $0 + 2 * $1 }
        let outcome = zip(drift, Self.noise(40, 7)).map { $0 + 2 * $1 }
        let study = try ReleaseStudy(
            metrics: [Self.series("recall", metric), Self.series("order", drift)],
            outcomes: [Self.series("resolved", outcome)])
        #expect(study.pairs[0].finding == .sharesTrend)
        #expect(try #require(study.pairs[0].adjusted) < 0.01)
        #expect(abs(try #require(study.pairs[0].measured?.besidesOrder?.value)) < 0.4)
        // A metric that is the order itself leaves nothing to be held against it.
        #expect(study.pairs[1].finding == .sharesTrend && study.pairs[1].measured?.besidesOrder == nil)
        #expect(study.rankings.allSatisfy { $0.standing == .cannotTell })
    }

    @Test func tooFewReleasesAreSaidSoWithTheNumberNeeded() throws {
        let quality = Self.noise(6, 8)
        let metrics = (0..<5).map {
            Self.series("m\($0)", $0 == 0 ? quality : Self.noise(6, 20 + UInt64($0)))
        }
        let study = try ReleaseStudy(metrics: metrics, outcomes: [Self.series("resolved", quality)])
        // 2/6! × 5 = .0139: a perfect order of six stands. Of five, 2/5! × 5 = .083 does not.
        #expect(study.pairs[0].measured?.test.pValue == 2.0 / 720)
        #expect(study.pairs[0].finding == .predicts || study.pairs[0].finding == .sharesTrend)
        #expect(study.reach?.neededAtAll == 6)
        let fewer = try ReleaseStudy(
            metrics: metrics.map { Self.series($0.name, Array($0.values.prefix(5))) },
            outcomes: [Self.series("resolved", Array(quality.prefix(5)))])
        #expect(fewer.pairs[0].finding == .cannotTell(needed: 6))
        let reach = try #require(fewer.reach)
        #expect(reach.releases == 5 && reach.neededAtAll == 6 && reach.smallestFound > 0.95)
        #expect(reach.neededForWorth == (try pairsNeeded(forCorrelation: 0.5, alpha: 0.01)))
    }

    @Test func aSmallCorrelationAmongManyReleasesIsTooWeak() throws {
        let quality = Self.noise(150, 9)
        let study = try ReleaseStudy(
            metrics: [Self.series("recall", quality)],
            outcomes: [Self.series("resolved", Self.noise(150, 10))])
        #expect(study.rankings[0].standing == .doesNot && study.pairs[0].finding == .tooWeak)
        // Beyond 100 releases Student's t takes the place of the draws.
        #expect(study.pairs[0].measured?.test.method == "Spearman, t, two-sided")
    }

    @Test func whatCannotBeTestedSaysWhyAndLeavesTheFamily() throws {
        let quality = Self.noise(12, 11)
        let sparse = quality.enumerated().map { $0.offset < 3 ? $0.element : nil }
        let study = try ReleaseStudy(
            metrics: [
                Self.series("recall", quality), Self.series("flat", [Double](repeating: 1, count: 12)),
                Self.series("sparse", sparse),
            ], outcomes: [Self.series("resolved", Self.noise(12, 12))])
        #expect(study.tested == 1)
        #expect(study.pairs[1].finding == .untested(.invalidParameter("flat", must: "vary")))
        #expect(
            study.pairs[2].finding
                == .untested(.tooFew(count: 3, needed: 4, of: "releases with both numbers")))
        #expect(study.pairs[2].n == 3 && study.pairs[2].missing == 9)
        #expect(study.pairs[1].measured == nil && study.pairs[1].adjusted == nil)
        #expect(study.rankings.filter { $0.metric != "recall" }.allSatisfy { $0.standing == .cannotTell })
        let alone = try ReleaseStudy(
            metrics: [Self.series("recall", [0.5])], outcomes: [Self.series("resolved", [0.7])])
        #expect(alone.tested == 0 && alone.reach == nil && alone.rankings[0].standing == .cannotTell)
        #expect(
            try ReleaseStudy(metrics: [Self.series("m", [])], outcomes: [Self.series("o", [])]).pairs.count
                == 1)
    }

    @Test func chanceAloneSeldomEarnsAPlace() throws {
        var claims = 0
        for seed in 0..<150 {
            let study = try ReleaseStudy(
                metrics: (0..<4).map { Self.series("m\($0)", Self.noise(8, UInt64($0), seed: UInt64(seed))) },
                outcomes: (4..<6).map { Self.series("o\($0)", Self.noise(8, UInt64($0), seed: UInt64(seed))) }
            )
            if study.pairs.contains(where: { ($0.adjusted ?? 1) <= 0.05 }) { claims += 1 }
        }
        // At most α, and four deviations of a share of 150.
        #expect(Double(claims) / 150 <= 0.05 + 4 * (0.05 * 0.95 / 150).squareRoot())
    }

    @Test func theSameNumbersGiveTheSameStudy() throws {
        let metrics = [Self.series("a", Self.noise(20, 1)), Self.series("b", Self.noise(20, 2))]
        let outcomes = [Self.series("o", Self.noise(20, 3))]
        var options = ReleaseStudy.Options()
        options.seed = 5
        let study = try ReleaseStudy(metrics: metrics, outcomes: outcomes, options: options)
        #expect(study == (try ReleaseStudy(metrics: metrics, outcomes: outcomes, options: options)))
        // Turned metrics have turned correlations and the same p where it is exact.
        let short = [Self.series("a", Self.noise(8, 1)), Self.series("b", Self.noise(8, 1).map { -$0 })]
        let turned = try ReleaseStudy(metrics: short, outcomes: [Self.series("o", Self.noise(8, 3))])
        #expect(turned.pairs[0].measured?.test.pValue == turned.pairs[1].measured?.test.pValue)
        #expect(
            turned.pairs[0].measured?.spearman.value
                == turned.pairs[1].measured.map { -$0.spearman.value })
    }

    @Test func whatMakesNoStudyIsNamed() {
        let good = Self.series("recall", [1, 2, 3])
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "metrics")) {
            try ReleaseStudy(metrics: [], outcomes: [good])
        }
        #expect(throws: EstimateError.unequalLengths(3, 1)) {
            try ReleaseStudy(metrics: [good], outcomes: [Self.series("o", [1])])
        }
        #expect(throws: EstimateError.notFinite(index: 1, of: "o")) {
            try ReleaseStudy(metrics: [good], outcomes: [Self.series("o", [1, .infinity, 2])])
        }
        var options = ReleaseStudy.Options()
        options.maximumLag = -1
        #expect(throws: EstimateError.invalidParameter("lag", must: "be 0 or more")) {
            try ReleaseStudy(metrics: [good], outcomes: [good], options: options)
        }
        let many = (0..<40).map { Self.series("m\($0)", [1, 2, 3]) }
        #expect(
            throws: EstimateError.invalidParameter(
                "metrics × outcomes × lags", must: "be at most 1,000 pairs")
        ) { try ReleaseStudy(metrics: many, outcomes: many) }
    }
}
