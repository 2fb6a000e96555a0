import Statistics

extension Bench {
    /// One point each of the charts.
    static let charts: [Bench] = [
        Bench(name: "update CUSUM", repeats: 4_000_000) { repeats in
            let points = differences(4_096, seed: 2)
            var chart = try CusumChart(baseline: ChartBaseline(mean: 0, deviation: 0.7), limit: 7.05)
            for turn in 0..<repeats { _ = chart.update(points[turn & 4_095]) }
            return chart.upper
        },
        Bench(name: "update CUSUM, prewhitened", repeats: 4_000_000) { repeats in
            let points = differences(4_096, seed: 2)
            let baseline = try ChartBaseline(mean: 0, deviation: 0.7, autocorrelation: 0.4)
            var chart = try CusumChart(baseline: baseline, limit: 7.05)
            for turn in 0..<repeats { _ = chart.update(points[turn & 4_095]) }
            return chart.upper
        },
        Bench(name: "update EWMA", repeats: 4_000_000) { repeats in
            let points = differences(4_096, seed: 2)
            var chart = try EwmaChart(baseline: ChartBaseline(mean: 0, deviation: 0.7), limit: 2.962)
            for turn in 0..<repeats { _ = chart.update(points[turn & 4_095]) }
            return chart.average
        },
        Bench(name: "update cumulative drop", repeats: 4_000_000) { repeats in
            let points = differences(4_096, seed: 2)
            var chart = try CumulativeDropChart(pinned: 0)
            for turn in 0..<repeats { _ = chart.update(points[turn & 4_095]) }
            return chart.drop ?? 0
        },
        Bench(name: "update chart's arming", repeats: 4_000_000) { repeats in
            let points = differences(4_096, seed: 2)
            var arming = ChartArming()
            for turn in 0..<repeats { arming.add(points[turn & 4_095]) }
            return try arming.baseline().mean
        },
    ]
}
