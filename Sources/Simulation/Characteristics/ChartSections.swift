import Glibc
import Statistics

/// Control charts of nightly series.
func chartSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [try armingSection(size), try shiftSection(size), try familySection(size)]
}

/// x(t) = φ x(t − 1) + e(t), scaled to deviation 1.
private struct AlikeNeighbours {
    let phi: Double
    private var last: Double
    private let scale: Double

    init(_ phi: Double, _ stream: inout RandomStream) {
        self.phi = phi
        scale = (1 - phi * phi).squareRoot()
        last = stream.normal()
    }

    mutating func next(_ stream: inout RandomStream) -> Double {
        last = phi * last + scale * stream.normal()
        return last
    }
}

/// How a chart was armed.
private struct Arming: Sendable {
    let name: String
    let assumptions: CharacteristicRow.Assumptions
    /// Points of the baseline; nil: mean, deviation and φ are known.
    let points: Int?
    let isWhitened: Bool
    var limit = 5.0
    var isFromBlocks = false
    var onlyIndependent = false
    var note = ""
    var replications = 8000

    func chart(_ series: inout AlikeNeighbours, _ stream: inout RandomStream) throws -> CusumChart {
        guard let points else {
            let phi = isWhitened ? series.phi : 0
            let baseline = try ChartBaseline(
                mean: 0, deviation: (1 - phi * phi).squareRoot(), autocorrelation: phi)
            return try CusumChart(baseline: baseline, limit: limit)
        }
        var arming = ChartArming()
        var history: [Double?] = []
        for _ in 0..<points {
            let value = series.next(&stream)
            arming.add(value)
            if isFromBlocks { history.append(value) }
        }
        let baseline = try arming.baseline(whitening: isWhitened ? .prewhitened : .none, needed: points)
        let own =
            isFromBlocks
            ? try blockCalibratedLimit(history: history, runLength: 465, seed: stream.next()) : limit
        return try CusumChart(baseline: baseline, limit: own)
    }
}

private func armingSection(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let nights = 100
    let promise = -expm1(-Double(nights) / 465)
    let estimated = CharacteristicRow.Assumptions.broken("the baseline is estimated")
    var armings = [
        Arming(
            name: "baseline known, series as it is",
            assumptions: .broken("neighbours are alike from .2 on"), points: nil, isWhitened: false,
            note: "design: .4 cuts the run length of 465 to 71"),
        Arming(
            name: "baseline and autocorrelation known, prewhitened", assumptions: .hold, points: nil,
            isWhitened: true),
        Arming(
            name: "baseline of 20, series as it is", assumptions: estimated, points: 20, isWhitened: false,
            note: "design: half of all runs"),
        Arming(
            name: "baseline of 50, series as it is", assumptions: estimated, points: 50, isWhitened: false),
        Arming(name: "baseline of 50, prewhitened", assumptions: estimated, points: 50, isWhitened: true),
        Arming(name: "baseline of 100, prewhitened", assumptions: estimated, points: 100, isWhitened: true),
    ]
    for points in [50, 100] {
        let limit = try cusumLimit(runLength: 465, baselinePoints: points, horizon: nights)
        armings.append(
            Arming(
                name: "baseline of \(points), limit solved for it, independent series", assumptions: .hold,
                points: points, isWhitened: false, limit: limit, onlyIndependent: true))
        armings.append(
            Arming(
                name: "baseline of \(points), limit solved for it, prewhitened",
                assumptions: .broken("the autocorrelation is estimated too"), points: points,
                isWhitened: true, limit: limit))
    }
    armings.append(
        Arming(
            name: "baseline of 400, limit from blocks of it, series as it is",
            assumptions: .broken("the limit is estimated"), points: 400, isWhitened: false,
            isFromBlocks: true, replications: 1000))
    let phis = [0, 0.2, 0.4, 0.7]
    var rows: [CharacteristicRow] = []
    for (number, arming) in armings.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, phi) in phis.enumerated() {
            if arming.onlyIndependent, phi > 0 {
                cells.append(nil)
                continue
            }
            let seed = UInt64(4200 + number * 4 + column)
            cells.append(
                CharacteristicCell(alpha: promise, replications: arming.replications) { replication in
                    var stream = RandomStream(seed: seed, stream: UInt64(replication))
                    var series = AlikeNeighbours(phi, &stream)
                    guard var chart = try? arming.chart(&series, &stream) else {
                        return CharacteristicTrial(true)
                    }
                    for _ in 0..<nights where chart.update(series.next(&stream)).alarm != nil {
                        return CharacteristicTrial(true)
                    }
                    return CharacteristicTrial(false)
                })
        }
        rows.append(CharacteristicRow(arming.name, arming.assumptions, note: arming.note, cells: cells))
    }
    return CharacteristicSection(
        title: "CUSUM: false alarms within 100 nights, by how the chart was armed",
        lead: """
            k = .5, h = 5 unless solved or calibrated for the row; a run length of 465 promises \
            19.4 % or less. The series is a first-order autoregression. \
            Prewhitening fits and takes it out always, since 50 points do not tell a correlation of .2 from none.
            """,
        head: "arming",
        columns: ["no autocorrelation", "autocorrelation .2", "autocorrelation .4", "autocorrelation .7"],
        rows: rows)
}

private func shiftSection(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let known = try ChartBaseline(mean: 0, deviation: 1)
    let alike = try ChartBaseline(mean: 0, deviation: 0.84.squareRoot(), autocorrelation: 0.4)
    let charts: [(name: String, phi: Double, cusum: CusumChart?, ewma: EwmaChart?)] = [
        ("CUSUM, h 5", 0, try CusumChart(baseline: known, limit: 5), nil),
        ("EWMA, λ .2, L 2.962", 0, nil, try EwmaChart(baseline: known, limit: 2.962)),
        ("CUSUM, h 7.05: 10 charts", 0, try CusumChart(baseline: known, limit: 7.05), nil),
        ("CUSUM, h 8.66: 50 charts", 0, try CusumChart(baseline: known, limit: 8.66), nil),
        ("CUSUM, h 5, autocorrelation .4, prewhitened", 0.4, try CusumChart(baseline: alike, limit: 5), nil),
    ]
    let longest = size == .full ? 5000 : 500
    var rows: [CharacteristicRow] = []
    let published = [
        "design: means 465 and 500", "", "design: mean 38", "design: mean 10.4", "",
    ]
    let names = ["none", ".25", ".5", "1", "2"]
    for (number, shift) in [0, 0.25, 0.5, 1, 2].enumerated() {
        let cells = charts.enumerated().map { column, chart in
            CharacteristicCell(alpha: 1, replications: 4000) { replication in
                var stream = RandomStream(
                    seed: UInt64(4300 + number * 8 + column), stream: UInt64(replication))
                var series = AlikeNeighbours(chart.phi, &stream)
                var cusum = chart.cusum
                var ewma = chart.ewma
                for point in 1...longest {
                    let value = shift + series.next(&stream)
                    let signal = cusum?.update(value) ?? ewma?.update(value)
                    if signal?.alarm != nil { return CharacteristicTrial(alarm: Double(point)) }
                }
                return .silent
            }
        }
        rows.append(CharacteristicRow(names[number], .none, note: published[number], cells: cells))
    }
    return CharacteristicSection(
        title: "Charts: points until the alarm",
        lead: "A known baseline; the mean moves by so many deviations of the series before the first point.",
        head: "shift", columns: charts.map(\.name), measure: .delay(unit: "points"), rows: rows)
}

private func familySection(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let own = try cusumLimit(runLength: 365)
    let kinds: [(name: String, isFamily: Bool, common: Double, assumptions: CharacteristicRow.Assumptions)] =
        [
            ("limit of a single chart, independent charts", false, 0, .broken("made for one chart")),
            ("limit of the family, independent charts", true, 0, .hold),
            ("limit of the family, charts that share half of their variance", true, 0.5, .hold),
        ]
    let families = [1, 10, 50]
    var rows: [CharacteristicRow] = []
    for (number, kind) in kinds.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, charts) in families.enumerated() {
            let limit =
                kind.isFamily
                ? try cusumLimit(runLength: familyRunLength(charts: charts, falseAlarmEvery: 365)) : own
            let first = try CusumChart(baseline: ChartBaseline(mean: 0, deviation: 1), limit: limit)
            let common = kind.common
            let seed = UInt64(4400 + number * 3 + column)
            cells.append(
                CharacteristicCell(alpha: -expm1(-1), replications: 2000) { replication in
                    var stream = RandomStream(seed: seed, stream: UInt64(replication))
                    var family = [CusumChart](repeating: first, count: charts)
                    for _ in 0..<365 {
                        let shared = common.squareRoot() * stream.normal()
                        for index in family.indices {
                            let value = shared + (1 - common).squareRoot() * stream.normal()
                            if family[index].update(value).alarm != nil { return CharacteristicTrial(true) }
                        }
                    }
                    return CharacteristicTrial(false)
                })
        }
        rows.append(CharacteristicRow(kind.name, kind.assumptions, cells: cells))
    }
    return CharacteristicSection(
        title: "Families of charts: years with a false alarm",
        lead: """
            365 nights, known baselines, one false alarm a year promised for the whole family: at most 63.2 % of the \
            years have one.
            """,
        head: "limit", columns: families.map { $0 == 1 ? "1 chart" : "\($0) charts" }, rows: rows)
}
