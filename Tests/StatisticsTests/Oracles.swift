import Foundation
import Testing

/// Reads the extracts under `Fixtures`; `Fixtures/SOURCE.md` says where each comes from.
enum Oracles {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// Whitespace-separated numbers, a row a line.
    static func columns(_ name: String) throws -> [[Double]] {
        try table(text(name))
    }

    static func table(_ text: String) throws -> [[Double]] {
        try text.split(separator: "\n").map { line in
            try line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { try #require(Double($0)) }
        }
    }

    /// The values at the end of a NIST file: all lines after the last that is no number.
    static func nistValues(_ text: String) -> [Double] {
        var values: [Double] = []
        for line in text.split(separator: "\n").reversed() {
            let word = line.trimmingCharacters(in: .whitespaces)
            if word.isEmpty { continue }
            guard let value = Double(word) else { break }
            values.append(value)
        }
        return values.reversed()
    }

    /// One table of `oracles.json`.
    static func rows(_ key: String) throws -> [Row] {
        try #require(all()[key]?.rows)
    }

    /// One table of `description.json`.
    static func description(_ key: String) throws -> [Row] {
        let data = try Data(contentsOf: folder.appendingPathComponent("description.json"))
        let tables = try JSONDecoder().decode([String: Field].self, from: data)
        return try #require(tables[key]?.rows)
    }

    /// The rows of numbers below the line that begins with `Data:`, in a NIST file of several columns.
    static func nistRows(_ text: String) -> [[Double]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let start = lines.lastIndex(where: { $0.hasPrefix("Data:") }) else { return [] }
        return lines[(start + 1)...].map { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\r" || $0 == "\t" }).compactMap { Double($0) }
        }.filter { !$0.isEmpty }
    }

    static func row(_ key: String) throws -> Row {
        try #require(all()[key]?.row)
    }

    static func sample(_ name: String) throws -> [Double] {
        try row("samples").list(name)
    }

    static func all() throws -> [String: Field] {
        let data = try Data(contentsOf: folder.appendingPathComponent("oracles.json"))
        return try JSONDecoder().decode([String: Field].self, from: data)
    }
}

/// A JSON object of numbers, words and lists.
struct Row: Decodable, Sendable {
    let fields: [String: Field]

    init(from decoder: Decoder) throws {
        fields = try [String: Field](from: decoder)
    }

    func callAsFunction(_ name: String) throws -> Double {
        guard case .number(let value) = fields[name] else { throw Missing(name: name) }
        return value
    }

    func int(_ name: String) throws -> Int { Int(try self(name)) }

    func word(_ name: String) throws -> String {
        guard case .word(let value) = fields[name] else { throw Missing(name: name) }
        return value
    }

    func list(_ name: String) throws -> [Double] {
        guard case .list(let values) = fields[name] else { throw Missing(name: name) }
        return values
    }

    struct Missing: Error {
        let name: String
    }
}

enum Field: Decodable, Sendable {
    case number(Double)
    case word(String)
    case list([Double])
    case tables([[Double]])
    case rowList([Row])
    case object(Row)

    init(from decoder: Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .word(value)
        } else if let value = try? container.decode([Double].self) {
            self = .list(value)
        } else if let value = try? container.decode([[Double]].self) {
            self = .tables(value)
        } else if let value = try? container.decode([Row].self) {
            self = .rowList(value)
        } else {
            self = .object(try container.decode(Row.self))
        }
    }

    var rows: [Row]? { if case .rowList(let rows) = self { rows } else { nil } }
    var row: Row? { if case .object(let row) = self { row } else { nil } }
}

/// Whether two numbers agree relative to the expected one; `floor` is what is too small to matter.
func close(_ value: Double, _ expected: Double, _ tolerance: Double, floor: Double = 1e-300) -> Bool {
    abs(value - expected) <= tolerance * max(abs(expected), floor)
}
