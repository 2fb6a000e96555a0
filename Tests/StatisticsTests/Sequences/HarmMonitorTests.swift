import Foundation
import Statistics
import Testing

@Suite struct HarmMonitorTests {
    private static let metrics: [HarmMonitor.Metric] = [
        .init(name: "errors", weight: 2), .init(name: "throttles"),
        .init(name: "thumbs down", toleratedRatio: 1.1),
    ]

    @Test func theBudgetOfAReleaseIsOnePerCent() throws {
        let budget = AlarmBudget.release
        #expect(budget.counts == 0.006 && budget.means == 0.002)
        #expect(budget.sampleRatio == 0.001 && budget.fuseAndIndicators == 0.001)
        #expect(close(budget.total, 0.01, 1e-15))
        #expect(throws: EstimateError.self) {
            try AlarmBudget(counts: 0.9, means: 0.2, sampleRatio: 0, fuseAndIndicators: 0)
        }
        #expect(throws: EstimateError.self) {
            try AlarmBudget(counts: -0.1, means: 0.2, sampleRatio: 0, fuseAndIndicators: 0)
        }
    }

    @Test func evidenceIsTheWeightedMeanAndTheLargestIsNamedFirst() throws {
        var monitor = try HarmMonitor(metrics: Self.metrics)
        #expect(monitor.logEValue == 0 && !monitor.isAlarmed)
        let share = try CanaryShare(0.1)
        try monitor.add(metric: 0, canary: 4, production: 30, share: share)
        try monitor.add(metric: 1, canary: 0, production: 12, share: share)
        try monitor.add(metric: 2, canary: 14, production: 40, share: share)
        let errors = try counted([(0.1, 4, 30)]).eValue
        let throttles = try counted([(0.1, 0, 12)]).eValue
        let thumbs = try counted([(0.1, 14, 40)], tolerating: 1.1).eValue
        let mean = 0.5 * errors + 0.25 * throttles + 0.25 * thumbs
        #expect(close(exp(monitor.logEValue), mean, 1e-12))
        let parts = monitor.contributions
        #expect(parts.map(\.name) == ["thumbs down", "errors", "throttles"])
        #expect(close(parts.reduce(0) { $0 + $1.share }, 1, 1e-12))
        #expect(close(parts[0].share, 0.25 * thumbs / mean, 1e-12))
        #expect(parts[0].canaryEvents == 14 && parts[0].productionEvents == 40)
    }

    /// Wherever one metric alone would alarm at its Bonferroni part of α, the monitor does.
    @Test func theMonitorIsNeverLaterThanBonferroni() throws {
        let share = try CanaryShare(0.1)
        var monitor = try HarmMonitor(metrics: Self.metrics, alpha: 0.006)
        var alone = try RateRatioEProcess(toleratedRatio: 1.1)
        while try !alone.alarms(alpha: 0.006 / 4) {
            #expect(alone.canaryEvents < 50)
            alone.record(inCanary: true, share: share)
            monitor.record(metric: 2, inCanary: true, share: share)
            monitor.record(metric: 0, inCanary: false, share: share)
        }
        #expect(monitor.isAlarmed)
        #expect(monitor.contributions[0].name == "thumbs down")
    }

    /// A healthy rollout over stages of 1, 10 and 50 %, looked at after each event; two of the metrics are
    /// one and the same event, the third better than before. Seeded.
    @Test func dependentMetricsStayUnderAlphaHoweverOftenOneLooks() throws {
        let alpha = 0.05
        var alarms = 0
        let runs = 1000
        let shares = try [CanaryShare(0.01), CanaryShare(0.1), CanaryShare(0.5)]
        for run in 0..<runs {
            var random = RandomStream(seed: 20, stream: UInt64(run))
            var monitor = try HarmMonitor(metrics: Self.metrics, alpha: alpha)
            walk: for share in shares {
                for _ in 0..<60 {
                    let inCanary = random.unit() < share.upper
                    monitor.record(metric: 0, inCanary: inCanary, share: share)
                    monitor.record(metric: 1, inCanary: inCanary, share: share)
                    let better = random.unit() < 0.5 * share.upper
                    monitor.record(metric: 2, inCanary: better, share: share)
                    if monitor.isAlarmed {
                        alarms += 1
                        break walk
                    }
                }
            }
        }
        let surprise = try Binomial(trials: runs, probability: alpha).atLeast(alarms)
        #expect(surprise > 1e-3, "\(alarms) of \(runs) alarmed")
        #expect(alarms > 0)
    }

    @Test func monitorsMergeExactlyAndComeBackFromTheirFile() throws {
        var random = RandomStream(seed: 8, stream: 0)
        var whole = try HarmMonitor(metrics: Self.metrics)
        var parts = [HarmMonitor](repeating: whole, count: 3)
        for _ in 0..<500 {
            let share = try CanaryShare([0.01, 0.1, 0.5][random.index(below: 3)])
            let metric = random.index(below: 3)
            let inCanary = random.unit() < 0.3
            whole.record(metric: metric, inCanary: inCanary, share: share)
            parts[random.index(below: 3)].record(metric: metric, inCanary: inCanary, share: share)
        }
        var merged = parts[2]
        try merged.merge(parts[0])
        try merged.merge(parts[1])
        #expect(merged == whole && merged.logEValue == whole.logEValue)
        let data = try JSONEncoder().encode(whole)
        #expect(try JSONDecoder().decode(HarmMonitor.self, from: data) == whole)
        let other = try HarmMonitor(metrics: Self.metrics, alpha: 0.01)
        #expect(throws: EstimateError.self) { try merged.merge(other) }
        let text = String(decoding: data, as: UTF8.self)
        let broken = text.replacingOccurrences(of: "\"alpha\":0.006", with: "\"alpha\":6")
        #expect(broken != text)
        #expect(throws: EstimateError.self) {
            try JSONDecoder().decode(HarmMonitor.self, from: Data(broken.utf8))
        }
    }

    @Test func badMetricsAreNamed() throws {
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "metrics")) {
            try HarmMonitor(metrics: [])
        }
        #expect(throws: EstimateError.invalidParameter("name 'a'", must: "be given once")) {
            try HarmMonitor(metrics: [.init(name: "a"), .init(name: "a")])
        }
        for weight in [0, -1, .nan, .infinity] {
            #expect(throws: EstimateError.invalidParameter("weight of 'a'", must: "be positive and finite")) {
                try HarmMonitor(metrics: [.init(name: "a", weight: weight)])
            }
        }
        #expect(throws: EstimateError.self) { try HarmMonitor(metrics: Self.metrics, alpha: 1) }
        #expect(throws: EstimateError.self) {
            try HarmMonitor(metrics: [.init(name: "a", toleratedRatio: 0)])
        }
    }
}
