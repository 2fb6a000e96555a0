import Notation

/// A value as the text of a spreadsheet's cell, and back.
///
/// Texts stand as they are, numbers as numbers, true and false as such, lists and objects as JSON; an empty cell says
/// nothing. What a spreadsheet would change, run or take for something else is guarded:
///
/// - A text behind an apostrophe is that text: those that begin with `=`, `+`, `-`, `@`, a tab or a line end (which
///   spreadsheets may run as formulas), that look like numbers, dates, true, false or JSON (which they rewrite), and
///   the empty text.
/// - JSON behind `json:` is that JSON: null, numbers of more digits than spreadsheets keep, texts with control
///   characters.
///
/// An apostrophe guards only where the text behind it needs it, so that `'tis` is read as it stands.
public enum SheetCell {
    /// Longest cell that spreadsheets keep whole, in characters.
    public static let longest = 32_767

    /// How a column's cells are read.
    public enum Kind: Sendable, Hashable {
        /// Always a text: `42` in a query is no number.
        case text
        case any

        public init(_ field: DatasetField?) {
            switch field {
            case .query, .expectedIntent: self = .text
            default: self = .any
            }
        }
    }

    // MARK: To a cell

    /// - Returns: An empty text for nil.
    public static func text(_ value: JSONValue?, _ kind: Kind) -> String {
        switch value {
        case nil: return ""
        case .string(let text)?: return self.text(text)
        case .null?: return json(.null)
        case .bool(let flag)?: return kind == .text ? json(.bool(flag)) : flag ? "true" : "false"
        case .integer(let number)?:
            let isExact = number.magnitude < 1_000_000_000_000_000
            return kind == .any && isExact ? String(number) : json(.integer(number))
        case .number(let number)?:
            let text = String(decoding: JSONValue.number(number).bytes(), as: UTF8.self)
            return kind == .any && digits(text) <= 15 ? text : json(.number(number))
        case .array(let parts)?: return compound(.array(parts), kind)
        case .object(let object)?: return compound(.object(object), kind)
        }
    }

    /// A text as a cell.
    public static func text(_ text: String) -> String {
        if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F }) {
            return json(.string(text))
        }
        return needsGuard(text) ? "'" + text : text
    }

    private static func compound(_ value: JSONValue, _ kind: Kind) -> String {
        kind == .text ? json(value) : String(decoding: RowEdit.spaced(value), as: UTF8.self)
    }

    private static func json(_ value: JSONValue) -> String {
        "json:" + String(decoding: value.bytes(), as: UTF8.self)
    }

    // MARK: From a cell

    /// Why a cell is not understood: a sentence without a full stop.
    public struct Problem: Error, Sendable, Hashable { public let cause: String }

    /// - Returns: Nil for a cell that says nothing.
    public static func value(_ cell: String, _ kind: Kind) throws(Problem) -> JSONValue? {
        if cell.isEmpty { return nil }
        if cell.utf8.first == UInt8(ascii: "'") {
            let rest = String(decoding: cell.utf8.dropFirst(), as: UTF8.self)
            if needsGuard(rest) { return .string(rest) }
        }
        if cell.utf8.starts(with: "json:".utf8) {
            let rest = Array(cell.utf8.dropFirst(5))
            do throws(JSONError) { return try JSONValue.parse(rest, limits: .strict) } catch {
                if isChanging(error) { throw Problem(cause: error.cause) }
                throw Problem(cause: "the cell begins with 'json:' and goes on with no JSON (\(error.cause))")
            }
        }
        if kind == .text { return .string(cell) }
        guard let value = plain(cell) else { return .string(cell) }
        do throws(JSONError) {
            if value.stringValue == nil, value.boolValue == nil {
                return try JSONValue.parse(Array(cell.utf8), limits: .strict)
            }
        } catch {
            // A long number alone is a text: all its digits stay.
            if value.doubleValue != nil { return .string(cell) }
            if isChanging(error) { throw Problem(cause: error.cause) }
        }
        return value
    }

    /// Whether what was read would be something else than what stands there.
    private static func isChanging(_ error: JSONError) -> Bool {
        error.reason == .longNumber || error.reason == .repeatedKey
    }

    /// What a cell says that is no text; nil for a text.
    private static func plain(_ cell: String) -> JSONValue? {
        guard let first = cell.utf8.first else { return nil }
        switch first {
        case UInt8(ascii: "t"), UInt8(ascii: "T"): return isWord(cell, "true") ? .bool(true) : nil
        case UInt8(ascii: "f"), UInt8(ascii: "F"): return isWord(cell, "false") ? .bool(false) : nil
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try? JSONValue.parse(Array(cell.utf8))
        default: return nil
        }
    }

    private static func isWord(_ cell: String, _ word: StaticString) -> Bool {
        cell.utf8.count == word.utf8CodeUnitCount && cell.lowercased() == word.description
    }

    /// Significant digits of a number's text.
    private static func digits(_ text: String) -> Int {
        var count = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { break }
            guard byte &- 48 < 10 else { continue }
            if count > 0 || byte != UInt8(ascii: "0") { count += 1 }
        }
        return count
    }

    // MARK: What needs a guard

    /// Whether a text would come back from a spreadsheet as something else.
    static func needsGuard(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return true }
        switch first {
        // A byte-order mark at the beginning would be taken for the file's own.
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FEFF}", "＝", "＋", "－", "＠": return true
        case "'": return needsGuard(String(decoding: text.utf8.dropFirst(), as: UTF8.self))
        default: break
        }
        if first.properties.isWhitespace {
            let next = text.unicodeScalars.first { !$0.properties.isWhitespace }
            if let next, "=+-@".unicodeScalars.contains(next) { return true }
        }
        return text.utf8.starts(with: "json:".utf8) || plain(text) != nil || looksLikeNumber(text)
    }

    /// `007`, `1,5`, `12:30`, `2026-05-02`, `50 %`, `3 May`: what spreadsheets take for numbers, times and dates.
    private static func looksLikeNumber(_ text: String) -> Bool {
        guard text.utf8.count <= 40 else { return false }
        var hasDigit = false
        var word = ""
        var words: [String] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9": hasDigit = true
            case "a"..."z", "A"..."Z":
                word.unicodeScalars.append(scalar)
                continue
            case " ", ".", ",", "/", ":", "-", "+", "%", "$", "€", "£", "¥", "(", ")", "'", "\u{A0}": break
            default: return false
            }
            if !word.isEmpty { words.append(word.lowercased()) }
            word = ""
        }
        if !word.isEmpty { words.append(word.lowercased()) }
        return hasDigit && words.allSatisfy { dateWords.contains($0) }
    }

    private static let dateWords: Set<String> = [
        "e", "am", "pm", "t", "z", "jan", "january", "feb", "february", "mar", "march", "apr", "april", "may",
        "jun", "june", "jul", "july", "aug", "august", "sep", "sept", "september", "oct", "october", "nov",
        "november", "dec", "december",
    ]
}
