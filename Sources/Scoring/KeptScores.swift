import Domain
import Metrics
import Notation

/// The scores of one run that models had a part in, as they are kept beside it: read again, a run gives the same numbers
/// on any machine, and asks no model twice.
///
/// A score is found by its example's id and the repetition, so that the record can be read over a part of its examples,
/// or in another order. Memory: about 60 bytes a score.
public struct KeptScores: Sendable {
    public static let name = "model-scores.json"
    public static let format = "sluice.model-scores/2"

    /// What was measured once in each arm.
    public struct Unit: Sendable, Hashable, Comparable {
        public let example: String
        public let repetition: Int

        public init(_ example: String, _ repetition: Int) {
            self.example = example
            self.repetition = repetition
        }

        init(_ observation: Observation) { self.init(observation.example, observation.repetition) }

        public static func < (left: Unit, right: Unit) -> Bool {
            (left.example, left.repetition) < (right.example, right.repetition)
        }
    }

    private struct Place: Hashable {
        let metric: String
        let arm: Arm
    }

    private struct Column {
        var series: String
        var cells: [Unit: Measurement] = [:]
    }

    private var columns: [Place: Column] = [:]
    /// Who was asked, in the run that the scores are of.
    public var uses: [ModelUse] = []

    public init() {}

    public var isEmpty: Bool { columns.isEmpty }

    /// What was measured of a unit.
    ///
    /// - Parameter series: Scores of another series are not taken; nil: of whichever series they are.
    public func score(_ metric: String, _ arm: Arm, _ unit: Unit, series: String?) -> Measurement? {
        guard let column = columns[Place(metric: metric, arm: arm)] else { return nil }
        if let series, column.series != series { return nil }
        return column.cells[unit]
    }

    /// Keeps a score; those of another series of the metric are dropped.
    public mutating func keep(
        _ measurement: Measurement, _ metric: String, _ arm: Arm, _ unit: Unit, series: String
    ) {
        let place = Place(metric: metric, arm: arm)
        if columns[place]?.series != series { columns[place] = Column(series: series) }
        columns[place]?.cells[unit] = measurement
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
        let units = Set(columns.values.flatMap(\.cells.keys)).sorted()
        var numbers: [Unit: Int] = [:]
        for (number, unit) in units.enumerated() { numbers[unit] = number }
        writer.value([
            "format": .string(Self.format), "models": .array(uses.map(Self.json)),
            "units": .array(
                units.map { .array([.string($0.example), .integer(Int64($0.repetition))]) }),
            "columns": .array(
                places.compactMap { place in columns[place].map { Self.json(place, $0, numbers) } }),
        ])
        return writer.bytes
    }

    private static func json(_ place: Place, _ column: Column, _ numbers: [Unit: Int]) -> JSONValue {
        var reasons: [String] = []
        var codes: [String: Int] = [:]
        func code(_ reason: String) -> JSONValue {
            if let code = codes[reason] { return .integer(Int64(code)) }
            codes[reason] = reasons.count
            reasons.append(reason)
            return .integer(Int64(reasons.count - 1))
        }
        let units = column.cells.keys.sorted()
        let cells: [JSONValue] = units.compactMap { unit in
            switch column.cells[unit] {
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
            "series": .string(column.series),
            "units": .array(units.compactMap { numbers[$0].map { .integer(Int64($0)) } }),
            "scores": .array(cells), "reasons": .array(reasons.map { .string($0) }),
        ]
    }

    public init(_ bytes: [UInt8]) throws(Problem) {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(
                description:
                    "\(Self.name):\(error.mark.line):\(error.mark.column): it is no JSON: \(error.cause); \(Self.mend)"
            )
        }
        guard root["format"]?.stringValue == Self.format else {
            throw Problem(
                description:
                    "\(Self.name) at /format: it is not of the form \(Self.format): another Sluice wrote it; \(Self.mend)"
            )
        }
        guard let listed = root["columns"]?.arrayValue else { throw Self.damaged("/columns") }
        guard let named = root["units"]?.arrayValue else { throw Self.damaged("/units") }
        var known: [Unit] = []
        for (number, unit) in named.enumerated() {
            guard let example = unit[0]?.stringValue, let repetition = unit[1]?.intValue, repetition >= 0
            else { throw Self.damaged("/units/\(number)") }
            known.append(Unit(example, repetition))
        }
        for (place, column) in listed.enumerated() {
            guard let metric = column["metric"]?.stringValue, let series = column["series"]?.stringValue,
                let arm = column["arm"]?.stringValue.flatMap({ Arm(rawValue: $0) }),
                let units = column["units"]?.arrayValue, let scores = column["scores"]?.arrayValue,
                units.count == scores.count, let reasons = column["reasons"]?.arrayValue
            else { throw Self.damaged("/columns/\(place)") }
            for (row, (unit, score)) in zip(units, scores).enumerated() {
                guard let number = unit.intValue, known.indices.contains(number),
                    let cell = Self.cell(score, reasons)
                else {
                    throw Self.damaged("/columns/\(place)/scores/\(row) (of \(metric))")
                }
                keep(cell, metric, arm, known[number], series: series)
            }
        }
        for (number, use) in (root["models"]?.arrayValue ?? []).enumerated() {
            guard let use = Self.use(use) else { throw Self.damaged("/models/\(number)") }
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
        if let currency = use.currency { object["currency"] = .string(currency) }
        if use.parts > 1 {
            object["parts"] = .integer(Int64(use.parts))
            object["last_asked"] = .integer(Int64(use.lastAsked ?? 0))
            if let money = use.lastMoney { object["last_money"] = .number(money) }
        }
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
        use.currency = value["currency"]?.stringValue
        use.parts = max(1, value["parts"]?.intValue ?? 1)
        use.lastAsked = value["last_asked"]?.intValue
        use.lastMoney = value["last_money"]?.doubleValue
        use.names = (value["names"]?.arrayValue ?? []).compactMap(\.stringValue)
        return use
    }

    private static let mend =
        "put the file back from a copy, or delete it and score the run again with sluice eval --rescore, which asks models "
        + "anew for what no cache holds"

    private static func damaged(_ place: String) -> Problem {
        Problem(description: "\(name) at \(place): it cannot be read; \(mend)")
    }
}
