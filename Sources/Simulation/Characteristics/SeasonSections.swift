import Glibc
import Statistics

/// Series with a season, and scores that slip slowly.
func seasonSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [try seasonSection(size), try pinnedSection(size)]
}

/// What of a seasonal series is charted.
private enum SeasonWay: Sendable {
    case asItIs
    /// A point of the history against a mean with itself inside.
    case ownMeans
    case residuals
    case scores
}

/// A weekly wave of hours, with noise that is three times as large in the busy half of each day.
private struct SeasonalWeek {
    static let hours = 168

    static func draw(_ hour: Int, _ stream: inout RandomStream) -> Double {
        let wave = 3 * sin(2 * Double.pi * Double(hour) / Double(hours))
        return wave + (hour % 24 < 12 ? 1 : 3) * stream.normal()
    }

    /// Whether a chart armed by some weeks alarms in the next one.
    static func alarms(
        weeks: Int, _ way: SeasonWay, limit: Double, _ stream: inout RandomStream
    ) throws -> Bool {
        let slots = (0..<(weeks * hours)).map { $0 % hours }
        var history: [Double?] = []
        for slot in slots { history.append(draw(slot, &stream)) }
        let profile = try SeasonalProfile(history: history, slots: slots, period: hours)
        let charted: [Double?] =
            switch way {
            case .asItIs: history
            case .ownMeans: zip(history, slots).map { profile.residual(of: $0, slot: $1) }
            case .residuals: try profile.residuals(ofHistory: history, slots: slots)
            case .scores: try profile.scores(ofHistory: history, slots: slots)
            }
        var chart = try CusumChart(baseline: ChartArming(charted).baseline(whitening: .none), limit: limit)
        for hour in 0..<hours {
            let value = draw(hour, &stream)
            let point: Double? =
                switch way {
                case .asItIs: value
                case .ownMeans, .residuals: profile.residual(of: value, slot: hour)
                case .scores: profile.score(of: value, slot: hour)
                }
            if chart.update(point).alarm != nil { return true }
        }
        return false
    }
}

private func seasonSection(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let ways: [(name: String, way: SeasonWay, assumptions: CharacteristicRow.Assumptions)] = [
        ("the series as it is", .asItIs, .broken("a season is no noise")),
        ("less the mean of its hour, itself included", .ownMeans, .broken("the history looks too calm")),
        (
            "less the mean of the other weeks' hour", .residuals,
            .broken("busy hours deviate three times as much")
        ),
        ("the same, in deviations of the hour", .scores, .broken("the profile is estimated")),
    ]
    let weeks = [4, 8, 26]
    let limit = try cusumLimit(runLength: 2000)
    let promise = -expm1(-Double(SeasonalWeek.hours) / 2000)
    var rows: [CharacteristicRow] = []
    for (number, way) in ways.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, count) in weeks.enumerated() {
            let seed = UInt64(4500 + number * 3 + column)
            let charted = way.way
            cells.append(
                CharacteristicCell(alpha: promise, replications: 2000) { replication in
                    var stream = RandomStream(seed: seed, stream: UInt64(replication))
                    let alarms = try? SeasonalWeek.alarms(
                        weeks: count, charted, limit: limit, &stream)
                    return CharacteristicTrial(alarms ?? true)
                })
        }
        rows.append(CharacteristicRow(way.name, way.assumptions, cells: cells))
    }
    return CharacteristicSection(
        title: "Seasonal series: false alarms within a week of hours",
        lead: """
            A weekly wave of three deviations, and noise three times as large in the busy half of each day. CUSUM with \
            a run length of 2,000, which promises 8.1 % or less; the profile of 168 hours and the baseline come from \
            the weeks before.
            """,
        head: "what is charted", columns: weeks.map { "\($0) weeks of history" }, rows: rows)
}

/// Anchor scores that slip by a little each night.
private func pinnedSection(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let nights = 100
    let slips = [0, 0.0005, 0.001, 0.005]
    let pinned = try CumulativeDropChart(pinned: 0.943)
    func row(_ name: String, rewrites: Bool, _ seed: UInt64) -> CharacteristicRow {
        let cells = slips.enumerated().map { column, slip in
            CharacteristicCell(alpha: 1, replications: 2000) { replication in
                var stream = RandomStream(seed: seed + UInt64(column), stream: UInt64(replication))
                var chart = pinned
                for night in 1...nights {
                    let score = 0.943 - slip * Double(night) + 0.003 * stream.normal()
                    if chart.update(score).alarm != nil { return CharacteristicTrial(alarm: Double(night)) }
                    if rewrites, let next = try? CumulativeDropChart(pinned: score) { chart = next }
                }
                return .silent
            }
        }
        return CharacteristicRow(name, .none, cells: cells)
    }
    return CharacteristicSection(
        title: "Anchor pairs: nights until a slow drop is seen",
        lead: """
            A score of .943 that slips by so much a night, with noise of .003 (about 40 pairs); an alarm at a drop of \
            .03, within \(nights) nights.
            """,
        head: "baseline", columns: ["no slip", ".0005 a night", ".001 a night", ".005 a night"],
        measure: .delay(unit: "nights"),
        rows: [
            row("pinned when it was blessed", rewrites: false, 4600),
            row("rewritten every night", rewrites: true, 4610),
        ])
}
