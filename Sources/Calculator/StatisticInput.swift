import Notation
import Statistics
import Text

/// The arguments of one call, read with their types; whatever is wrong is named.
///
/// JSON has no NaN and no infinity, so every number read here is finite.
public struct StatisticInput: Sendable {
    private let object: JSONObject
    private let arguments: [StatisticEntry.Argument]

    init(_ value: JSONValue, arguments: [StatisticEntry.Argument]) throws(StatisticProblem) {
        guard case .object(let object) = value else { throw .notAnObject(found: described(value)) }
        let known = arguments.map(\.name)
        for key in object.keys where !known.contains(key) {
            throw .unknown(argument: key, suggestion: nearest(key, in: known))
        }
        self.object = object
        self.arguments = arguments
    }

    /// Whether the argument was given, and is not null.
    public func has(_ name: String) -> Bool { given(name) != nil }

    public func double(_ name: String) throws(StatisticProblem) -> Double {
        try double(required(name), name)
    }

    public func double(_ name: String, default fallback: Double) throws(StatisticProblem) -> Double {
        guard let value = given(name) else { return fallback }
        return try double(value, name)
    }

    public func optionalDouble(_ name: String) throws(StatisticProblem) -> Double? {
        guard let value = given(name) else { return nil }
        return try double(value, name)
    }

    public func integer(_ name: String) throws(StatisticProblem) -> Int {
        try integer(required(name), name)
    }

    public func integer(_ name: String, default fallback: Int) throws(StatisticProblem) -> Int {
        guard let value = given(name) else { return fallback }
        return try integer(value, name)
    }

    public func optionalInteger(_ name: String) throws(StatisticProblem) -> Int? {
        guard let value = given(name) else { return nil }
        return try integer(value, name)
    }

    public func flag(_ name: String, default fallback: Bool) throws(StatisticProblem) -> Bool {
        guard let value = given(name) else { return fallback }
        guard let flag = value.boolValue else {
            throw .wrong(argument: name, must: "true or false", found: described(value))
        }
        return flag
    }

    public func doubles(_ name: String) throws(StatisticProblem) -> [Double] {
        try elements(required(name), name) { (value, place) throws(StatisticProblem) in
            try double(value, place)
        }
    }

    public func integers(_ name: String) throws(StatisticProblem) -> [Int] {
        try elements(required(name), name) { (value, place) throws(StatisticProblem) in
            try integer(value, place)
        }
    }

    public func flags(_ name: String) throws(StatisticProblem) -> [Bool] {
        try elements(required(name), name) { (value, place) throws(StatisticProblem) in
            guard let flag = value.boolValue else {
                throw .wrong(argument: place, must: "true or false", found: described(value))
            }
            return flag
        }
    }

    public func strings(_ name: String) throws(StatisticProblem) -> [String] {
        try elements(required(name), name) { (value, place) throws(StatisticProblem) in
            guard let text = value.stringValue else {
                throw .wrong(argument: place, must: "a string", found: described(value))
            }
            return text
        }
    }

    /// Numbers or nulls: null is missing.
    public func optionalDoubles(_ name: String) throws(StatisticProblem) -> [Double?] {
        try elements(required(name), name) { (value, place) throws(StatisticProblem) in
            value.isNull ? nil : try double(value, place)
        }
    }

    /// Rows of numbers, which may differ in length.
    public func rows(_ name: String) throws(StatisticProblem) -> [[Double]] {
        try elements(required(name), name) { (row, place) throws(StatisticProblem) in
            try elements(row, place) { (value, inner) throws(StatisticProblem) in try double(value, inner) }
        }
    }

    /// Rows of whole numbers, which may differ in length.
    public func integerRows(_ name: String) throws(StatisticProblem) -> [[Int]] {
        try elements(required(name), name) { (row, place) throws(StatisticProblem) in
            try elements(row, place) { (value, inner) throws(StatisticProblem) in try integer(value, inner) }
        }
    }

    /// Rows of numbers or nulls: null is missing.
    public func optionalRows(_ name: String) throws(StatisticProblem) -> [[Double?]] {
        try elements(required(name), name) { (row, place) throws(StatisticProblem) in
            try elements(row, place) { (value, inner) throws(StatisticProblem) in
                value.isNull ? nil : try double(value, inner)
            }
        }
    }

    /// One word of several: `choice("method", ["r-7": .r7])`; the words are shown in the order given.
    public func choice<Value>(
        _ name: String, _ words: [(word: String, value: Value)], default fallback: Value
    ) throws(StatisticProblem) -> Value {
        guard let value = given(name) else { return fallback }
        for (word, choice) in words where value.stringValue == word { return choice }
        let all = words.map { "'\($0.word)'" }
        throw .wrong(argument: name, must: "one of \(all.joined(separator: ", "))", found: described(value))
    }

    /// `alternative`: `less`, `greater` or `two-sided`.
    public func alternative(default fallback: Alternative = .twoSided) throws(StatisticProblem) -> Alternative
    {
        try choice(
            "alternative", [("less", .less), ("greater", .greater), ("two-sided", .twoSided)],
            default: fallback)
    }

    /// `seed`, 0 where it is not given.
    public func seed() throws(StatisticProblem) -> UInt64 {
        let value = try integer("seed", default: 0)
        guard let seed = UInt64(exactly: value) else {
            throw .wrong(argument: "seed", must: "0 or above", found: "\(value)")
        }
        return seed
    }

    /// The value as it stands, for arguments of a shape of their own.
    public func raw(_ name: String) throws(StatisticProblem) -> JSONValue { try required(name) }

    public func given(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    private func required(_ name: String) throws(StatisticProblem) -> JSONValue {
        if let value = given(name) { return value }
        throw .missing(argument: name, kind: arguments.first { $0.name == name }?.kind ?? "an argument")
    }

    private func double(_ value: JSONValue, _ place: String) throws(StatisticProblem) -> Double {
        guard let number = value.doubleValue, number.isFinite else {
            throw .wrong(argument: place, must: "a finite number", found: described(value))
        }
        return number
    }

    private func integer(_ value: JSONValue, _ place: String) throws(StatisticProblem) -> Int {
        guard let number = value.intValue else {
            throw .wrong(argument: place, must: "a whole number", found: described(value))
        }
        return number
    }

    private func elements<Element>(
        _ value: JSONValue, _ place: String,
        _ read: (JSONValue, String) throws(StatisticProblem) -> Element
    ) throws(StatisticProblem) -> [Element] {
        guard let array = value.arrayValue else {
            throw .wrong(argument: place, must: "an array", found: described(value))
        }
        var out: [Element] = []
        out.reserveCapacity(array.count)
        for (index, element) in array.enumerated() { out.append(try read(element, "\(place)[\(index)]")) }
        return out
    }
}

/// A value in a message: short ones as they stand, others by their type.
private func described(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .string(let text): text.utf8.count <= 40 ? "the text '\(text)'" : "a text"
    case .array: "an array"
    case .object: "an object"
    }
}
