import Domain
import Metrics
import Notation

/// The scores of one run that models had a part in, as they are kept beside it: read again, a run gives the same numbers
/// on any machine, and asks no model twice.
///
/// Rows are those of the data set that the run was made over. Memory: about 50 bytes a score.
public struct KeptScores: Sendable {
    public static let name = "model-scores.json"
    public static let format = "sluice.model-scores/1"

    private struct Place: Hashable {
        let metric: String
        let arm: Arm
    }

    private struct Column {
        var series: String
        var cells: [Int: Measurement] = [:]
    }

    private var columns: [Place: Column] = [:]
    /// Who was asked, in the run that the scores are of.
    public var uses: [ModelUse] = []

    public init() {}

    public var isEmpty: Bool { columns.isEmpty }

    /// What was measured in a row.
    ///
    /// - Parameter series: Scores of another series are not taken; nil: of whichever series they are.
    public func score(_ metric: String, _ arm: Arm, row: Int, series: String?) -> Measurement? {
        guard let column = columns[Place(metric: metric, arm: arm)] else { return nil }
        if let series, column.series != series { return nil }
        return column.cells[row]
    }

    /// Keeps a score; those of another series of the metric are dropped.
    public mutating func keep(
        _ measurement: Measurement, _ metric: String, _ arm: Arm, row: Int, series: String
    ) {
        let place = Place(metric: metric, arm: arm)
        if columns[place]?.series != series { columns[place] = Column(series: series) }
        columns[place]?.cells[row] = measurement
    }

    /// The series of a metric's scores, where there are any.
    public func series(_ metric: String, _ arm: Arm) -> String? {
        columns[Place(metric: metric, arm: arm)]?.series
    }

    // MARK: As bytes

    /// Why bytes are no kept scores.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reserving: 1 << 16)
        let places = columns.keys.sorted { ($0.metric, $0.arm.rawValue) < ($1.metric, $1.arm.rawValue) }
        writer.value([
            "format": .string(Self.format), "models": .array(uses.map(Self.json)),
            "columns": .array(places.compactMap { place in columns[place].map { Self.json(place, $0) } }),
        ])
        return writer.bytes
    }

    private static func json(_ place: Place, _ column: Column) -> JSONValue {
        var reasons: [String] = []
        var codes: [String: Int] = [:]
        func code(_ reason: String) -> JSONValue {
            if let code = codes[reason] { return .integer(Int64(code)) }
            codes[reason] = reasons.count
            reasons.append(reason)
            return .integer(Int64(reasons.count - 1))
        }
        let rows = column.cells.keys.sorted()
        let cells: [JSONValue] = rows.compactMap { row in
            switch column.cells[row] {
            case .value(let value): .number(value)
            case .values(let values): .array(values.map { .number($0) })
            case .labels(let labels): ["labels": .array(labels.map { .string($0) })]
            case .notApplicable(let reason): ["not_applicable": code(reason)]
            case .failed(let reason): ["failed": code(reason)]
            case .unmeasured(let reason): ["unmeasured": code(reason)]
            case nil: nil
            }
        }
        return [
            "metric": .string(place.metric), "arm": .string(place.arm.rawValue),
            "series": .string(column.series), "rows": .array(rows.map { .integer(Int64($0)) }),
            "scores": .array(cells), "reasons": .array(reasons.map { .string($0) }),
        ]
    }

    public init(_ bytes: [UInt8]) throws(Problem) {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(description: "\(Self.name) is no JSON: \(error.cause)")
        }
        guard root["format"]?.stringValue == Self.format else {
            throw Problem(description: "\(Self.name) is not of the form \(Self.format)")
        }
        guard let listed = root["columns"]?.arrayValue else { throw Self.damaged("columns") }
        for column in listed {
            guard let metric = column["metric"]?.stringValue, let series = column["series"]?.stringValue,
                let arm = column["arm"]?.stringValue.flatMap({ Arm(rawValue: $0) }),
                let rows = column["rows"]?.arrayValue, let scores = column["scores"]?.arrayValue,
                rows.count == scores.count, let reasons = column["reasons"]?.arrayValue
            else { throw Self.damaged("a column") }
            for (row, score) in zip(rows, scores) {
                guard let row = row.intValue, row >= 0, let cell = Self.cell(score, reasons) else {
                    throw Self.damaged("a score of \(metric)")
                }
                keep(cell, metric, arm, row: row, series: series)
            }
        }
        for use in root["models"]?.arrayValue ?? [] {
            guard let use = Self.use(use) else { throw Self.damaged("a model") }
            uses.append(use)
        }
    }

    private static func cell(_ score: JSONValue, _ reasons: [JSONValue]) -> Measurement? {
        if let value = score.doubleValue { return .value(value) }
        if let values = score.arrayValue {
            let numbers = values.compactMap(\.doubleValue)
            return numbers.count == values.count ? .values(numbers) : nil
        }
        if let labels = score["labels"]?.arrayValue { return .labels(labels.compactMap(\.stringValue)) }
        func reason(_ key: String) -> String? {
            guard let code = score[key]?.intValue, reasons.indices.contains(code) else { return nil }
            return reasons[code].stringValue
        }
        if let reason = reason("not_applicable") { return .notApplicable(reason) }
        if let reason = reason("failed") { return .failed(reason) }
        return reason("unmeasured").map { .unmeasured($0) }
    }

    private static func json(_ use: ModelUse) -> JSONValue {
        var object = JSONObject()
        object["role"] = .string(use.model.role)
        object["name"] = .string(use.model.name)
        object["digest"] = .string(use.model.digest)
        object["unit"] = .string(use.unit)
        let counts = [
            ("wanted", use.wanted), ("asked", use.asked), ("cached", use.cached), ("failed", use.failed),
            ("unparsable", use.unparsable), ("windowed", use.windowed),
        ]
        for (key, count) in counts { object[key] = .integer(Int64(count)) }
        if use.inBothOrders > 0 {
            object["in_both_orders"] = .integer(Int64(use.inBothOrders))
            object["order_disagreed"] = .integer(Int64(use.orderDisagreed))
        }
        if let tokens = use.tokens { object["tokens"] = .integer(Int64(tokens)) }
        if let money = use.money { object["money"] = .number(money) }
        if !use.names.isEmpty { object["names"] = .array(use.names.map { .string($0) }) }
        return .object(object)
    }

    private static func use(_ value: JSONValue) -> ModelUse? {
        guard let role = value["role"]?.stringValue, let name = value["name"]?.stringValue,
            let digest = value["digest"]?.stringValue, let unit = value["unit"]?.stringValue
        else { return nil }
        var use = ModelUse(ModelFacts(role: role, name: name, digest: digest), unit: unit)
        use.wanted = value["wanted"]?.intValue ?? 0
        use.asked = value["asked"]?.intValue ?? 0
        use.cached = value["cached"]?.intValue ?? 0
        use.failed = value["failed"]?.intValue ?? 0
        use.unparsable = value["unparsable"]?.intValue ?? 0
        use.windowed = value["windowed"]?.intValue ?? 0
        use.inBothOrders = value["in_both_orders"]?.intValue ?? 0
        use.orderDisagreed = value["order_disagreed"]?.intValue ?? 0
        use.tokens = value["tokens"]?.intValue
        use.money = value["money"]?.doubleValue
        use.names = (value["names"]?.arrayValue ?? []).compactMap(\.stringValue)
        return use
    }

    private static func damaged(_ what: String) -> Problem {
        Problem(
            description: "\(name) is damaged: \(what) cannot be read; delete the file and score the run again"
        )
    }
}
