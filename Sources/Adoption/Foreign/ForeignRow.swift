import Domain
import Interchange
import Notation

/// One row of another tool's file: an object, and where it stands.
struct ForeignRow {
    let object: JSONObject
    let place: SourcePlace
    /// The object that holds the rows, where there is one.
    var whole: JSONObject?

    subscript(names: String...) -> JSONValue? { first(names) }

    /// The first of these members that says something. Names are compared in snake case.
    func first(_ names: [String]) -> JSONValue? {
        for name in names {
            for member in object.members where DatasetField.normalised(member.key) == name {
                if Self.says(member.value) { return member.value }
            }
        }
        return nil
    }

    func text(_ names: String...) -> String? {
        guard let value = first(names) else { return nil }
        if let text = value.stringValue { return text.contains { !$0.isWhitespace } ? text : nil }
        return Chat.text(value)
    }

    /// What an app said, which may be nothing at all: an empty text is an answer, a missing one is none.
    func said(_ names: String...) -> String? {
        for name in names {
            for member in object.members where DatasetField.normalised(member.key) == name {
                if let text = member.value.stringValue { return text }
                if let text = Chat.text(member.value) { return text }
            }
        }
        return nil
    }

    /// Texts in a list, or in a text that holds a list as JSON or Python writes it; a bare text is one.
    func texts(_ names: String...) -> [String] {
        guard let value = first(names) else { return [] }
        return Self.list(value).compactMap { Chat.text($0) }.filter { $0.contains { !$0.isWhitespace } }
    }

    func list(_ names: String...) -> [JSONValue] { first(names).map(Self.list) ?? [] }

    static func list(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .array(let elements): return elements.filter(says)
        case .string(let text):
            if let list = parsed(text)?.arrayValue { return list.filter(says) }
            // As DeepEval's tables join them.
            if text.contains("|"), !text.contains("\n|") {
                return text.split(separator: "|").map { .string(String($0)) }
            }
            return [value]
        default: return says(value) ? [value] : []
        }
    }

    /// A value that a table's cell holds as JSON, or as Python writes it.
    static func parsed(_ text: String) -> JSONValue? {
        guard let first = text.first(where: { !$0.isWhitespace }), "[{(".contains(first) else { return nil }
        return (try? JSONValue.parse(text)) ?? PythonLiteral.read(text)
    }

    /// Whether a value is more than null, or an empty text or list.
    static func says(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.isEmpty
        default: true
        }
    }

    // MARK: Files

    /// The rows of a file: JSON Lines, a list, an object that holds a list or is one row, or a table.
    ///
    /// - Throws: Where nothing can be made of the file.
    static func rows(
        _ bytes: [UInt8], path: String, wrappers: [String]
    ) throws(ImportProblem) -> [ForeignRow] {
        let whole = SourcePlace(file: path, line: 0)
        var bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let first = bytes.first(where: { $0 > 0x20 }) else {
            throw ImportProblem(at: whole, "the file is empty", mend: "name an export that holds rows")
        }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        if path.lowercased().hasSuffix(".csv") || path.lowercased().hasSuffix(".tsv") || !isJSON {
            return try table(bytes, path)
        }
        do throws(JSONError) {
            return try rows(read(bytes), path, wrappers)
        } catch {
            guard let lines = try lines(bytes, path) else {
                throw ImportProblem(
                    at: whole, "this is no JSON: \(error.cause)",
                    mend: "export again as JSON, JSON Lines or CSV")
            }
            return lines
        }
    }

    /// Exports are as large as people make them, and Python writes NaN and Infinity where JSON has no number.
    private static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let limits = JSONLimits(bytes: 2 << 30)
        do throws(JSONError) { return try JSONValue.parse(bytes, limits: limits) } catch {
            guard let mended = PythonLiteral.withoutNaN(bytes) else { throw error }
            return try JSONValue.parse(mended, limits: limits)
        }
    }

    private static func rows(
        _ root: JSONValue, _ path: String, _ wrappers: [String]
    ) -> [ForeignRow] {
        switch root {
        case .array(let elements): return rows(elements, path, nil)
        case .object(let object):
            for name in wrappers {
                if let elements = object[name]?.arrayValue { return rows(elements, path, object) }
            }
            return [ForeignRow(object: object, place: SourcePlace(file: path, line: 1))]
        default: return []
        }
    }

    private static func rows(
        _ elements: [JSONValue], _ path: String, _ whole: JSONObject?
    ) -> [ForeignRow] {
        elements.enumerated().compactMap { index, element in
            guard case .object(let object) = element else { return nil }
            return ForeignRow(
                object: object, place: SourcePlace(file: "\(path), element \(index + 1)", line: 0),
                whole: whole)
        }
    }

    /// Nil where the first line is no object: then it is no JSON Lines.
    private static func lines(_ bytes: [UInt8], _ path: String) throws(ImportProblem) -> [ForeignRow]? {
        var rows: [ForeignRow] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let place = SourcePlace(file: path, line: index + 1)
            let value: JSONValue
            do throws(JSONError) { value = try read(Array(line)) } catch {
                if rows.isEmpty { return nil }
                throw ImportProblem(
                    at: place, "the row is no JSON: \(error.cause)", mend: "mend or remove the line")
            }
            guard case .object(let object) = value else {
                if rows.isEmpty { return nil }
                throw ImportProblem(at: place, "the row is no object", mend: "write one object a line")
            }
            rows.append(ForeignRow(object: object, place: place))
        }
        return rows.isEmpty ? nil : rows
    }

    private static func table(_ bytes: [UInt8], _ path: String) throws(ImportProblem) -> [ForeignRow] {
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            throw ImportProblem(
                at: SourcePlace(file: path, line: error.line), error.cause, mend: error.mend)
        }
        guard let header = rows.first else { return [] }
        return rows.dropFirst().map { cells in
            var object = JSONObject()
            for (name, cell) in zip(header, cells) where !name.text.isEmpty {
                if cell.text.isEmpty || cell.text == "nan" || cell.text == "None" { continue }
                object[name.text] = .string(cell.text)
            }
            return ForeignRow(
                object: object, place: SourcePlace(file: path, line: cells.first?.line ?? 0))
        }
    }
}
