import Foundation
import Statistics
import Testing

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// Drift in the public data sets with known answers.
@Suite(.enabled(if: shared != nil)) struct CorpusDriftTests {
    private func data(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: #require(shared)).appendingPathComponent(path))
    }

    /// Columns by name; none of these files quotes anything.
    private func columns(_ path: String) throws -> [String: [String]] {
        let text = String(decoding: try data(path), as: UTF8.self)
        let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        var out: [String: [String]] = [:]
        for (place, name) in try #require(rows.first).enumerated() {
            out[name] = rows.dropFirst().map { $0[place] }
        }
        return out
    }

    private func numbers(_ words: [String]) throws -> [Double] {
        try words.map { word in
            switch word {
            case "True": 1
            case "False": 0
            default: try #require(Double(word))
            }
        }
    }

    private struct Chunk: Decodable {
        let distances: [String: Double]
        let chiSquared: [String: Double]

        enum CodingKeys: String, CodingKey {
            case distances = "ks_vs_reference"
            case chiSquared = "chi2_categorical"
        }
    }

    /// `reference-outputs/nannyml-drift.json`, what concerns drift; its AUC, F1, Brier and log loss are metrics of
    /// a classifier.
    @Test func everyKnownDriftOfTheCarLoans() throws {
        let reference = try columns("nannyml-drift/synthetic_car_loan_reference.csv")
        let analysis = try columns("nannyml-drift/synthetic_car_loan_analysis.csv")
        let answers = try #require(
            try JSONSerialization.jsonObject(with: data("reference-outputs/nannyml-drift.json"))
                as? [String: Any])
        var seen = 0
        for number in 1...5 {
            let answer = try #require(answers["analysis_chunk_\(number)_of_5"])
            let chunk = try JSONDecoder().decode(
                Chunk.self, from: JSONSerialization.data(withJSONObject: answer))
            let rows = ((number - 1) * 1250)..<(number * 1250)
            for (feature, distance) in chunk.distances.sorted(by: { $0.key < $1.key }) {
                let was = try numbers(#require(reference[feature]))
                let now = Array(try numbers(#require(analysis[feature]))[rows])
                let drift = try kolmogorovSmirnovDrift(reference: was, window: now)
                #expect(abs(drift.effect - distance) < 1e-9, "\(feature) \(number)")
                // Two fifths are as the reference, and some features are so throughout.
                let moves = ["car_value", "repaid_loan_on_prev_car", "y_pred_proba", "loan_length"]
                let isMoved = number >= 4 && moves.contains(feature)
                if number != 3 { #expect((drift.finding == .drifted) == isMoved, "\(feature) \(number)") }
                let wasserstein = try wassersteinDrift(reference: was, window: now, resamples: 199)
                if number != 3 {
                    #expect((wasserstein.finding == .drifted) == isMoved, "\(feature) \(number)")
                }
                seen += 1
            }
            for (feature, statistic) in chunk.chiSquared.sorted(by: { $0.key < $1.key }) {
                let universe = Set(try #require(reference[feature])).sorted()
                var was = try CategoryCounts(universe: universe)
                var now = was
                for word in try #require(reference[feature]) { was.add(word) }
                for word in try #require(analysis[feature])[rows] { now.add(word) }
                let drift = try categoryDrift(reference: was, window: now, measure: .chiSquared)
                #expect(close(try #require(drift.test.statistic), statistic, 1e-9), "\(feature) \(number)")
                seen += 1
            }
        }
        #expect(seen == 40)
    }

    /// Left out of the Numenta series, with the reason; the other files of its list are not in the folder.
    private static let leftOut = [
        "artificialWithAnomaly/art_increase_spike_density.csv":
            "spikes at random times: what changes is how often they come, not a mean at an hour",
        "artificialWithAnomaly/art_load_balancer_spikes.csv":
            "spikes at random times from the start: no hour has a mean that they keep to",
    ]

    private static let series: [String] = {
        guard let shared else { return [] }
        return ["artificialNoAnomaly", "artificialWithAnomaly"].flatMap { folder in
            let path = shared + "/nab-timeseries/" + folder
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return names.sorted().map { folder + "/" + $0 }
        }.filter { leftOut[$0] == nil }
    }()

    @Test func theSeriesAreThere() {
        #expect(Self.series.count == 7 && Self.leftOut.count == 2)
    }

    /// Five days of five minutes as history, the time of day taken off, deviations by the time of day.
    @Test(arguments: series)
    func alarmsComeInsideTheKnownWindowsAndNowhereElse(name: String) throws {
        let columns = try columns("nab-timeseries/" + name)
        let values = try numbers(#require(columns["value"]))
        let times = try #require(columns["timestamp"])
        let windows = try #require(
            try JSONSerialization.jsonObject(with: data("nab-timeseries/windows.json"))
                as? [String: [[String]]])
        let slots = values.indices.map { $0 % 288 }
        let split = 5 * 288
        let history: [Double?] = values[..<split].map { $0 }
        let profile = try SeasonalProfile(history: history, slots: Array(slots[..<split]), period: 288)
        guard profile.deviations[0] > 0 else {
            // Without noise there is no yardstick, and nothing ever leaves its mean.
            #expect(throws: EstimateError.allEqual(value: 0)) {
                try profile.scores(ofHistory: history, slots: Array(slots[..<split]))
            }
            #expect(values.indices.allSatisfy { profile.residual(of: values[$0], slot: slots[$0]) == 0 })
            return
        }
        let scores = try profile.scores(ofHistory: history, slots: Array(slots[..<split]))
        // One false alarm in ten such collections of seven series over nine days.
        let limit = try cusumLimit(
            runLength: familyRunLength(charts: 7, falseAlarmEvery: 10 * 9 * 288), baselinePoints: split,
            horizon: 9 * 288)
        var chart = try CusumChart(baseline: ChartArming(scores).baseline(), limit: limit)
        var first: ChartSignal.Alarm?
        for index in split..<values.count {
            let signal = chart.update(profile.score(of: values[index], slot: slots[index]))
            if first == nil { first = signal.alarm }
        }
        guard let window = try #require(windows[name]).first else {
            #expect(first == nil)
            return
        }
        let alarm = try #require(first)
        for point in [alarm.point, alarm.began] {
            // Timestamps in this form stand in the order of their letters.
            #expect(times[split + point] >= window[0] && times[split + point] <= window[1])
        }
        #expect(alarm.point - alarm.began <= 12)
    }
}
