import Interchange
import Notation

/// Reads questions from a file that somebody has: plain lines, a table, or JSON Lines.
public struct InputsReader: Sendable {
    public let questions: [SampleInput]
    /// The file as it stands, where it is a data set already: its rows are kept, expectations and all.
    public let dataset: [UInt8]?

    /// Why a file holds no questions.
    public struct Problem: Error, Sendable, Hashable {
        /// From 1; 0: the file as a whole.
        public let line: Int
        public let cause: String
        public let mend: String
    }

    /// - Parameter name: The file's; its end tells a table and JSON Lines from plain lines.
    public init(_ bytes: [UInt8], name: String) throws(Problem) {
        let lower = name.lowercased()
        if lower.hasSuffix(".jsonl") || lower.hasSuffix(".ndjson") || lower.hasSuffix(".json") {
            (questions, dataset) = try Self.json(bytes)
        } else if lower.hasSuffix(".csv") || lower.hasSuffix(".tsv") {
            questions = try Self.table(bytes)
            dataset = nil
        } else {
            questions = try Self.lines(bytes)
            dataset = nil
        }
        if questions.isEmpty {
            throw Problem(line: 0, cause: "the file holds no question", mend: "write one a line")
        }
    }

    private static func lines(_ bytes: [UInt8]) throws(Problem) -> [SampleInput] {
        var questions: [SampleInput] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            var line = line
            if index == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw Problem(
                    line: index + 1, cause: "the line is no valid UTF-8", mend: "save the file as UTF-8")
            }
            let trimmed = trimmed(text)
            if trimmed.contains("\0") {
                throw Problem(
                    line: index + 1, cause: "the line holds a zero byte", mend: "name a file of text")
            }
            if !trimmed.isEmpty { questions.append(SampleInput(query: trimmed)) }
        }
        return questions
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    private static func table(_ bytes: [UInt8]) throws(Problem) -> [SampleInput] {
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            throw Problem(line: error.line, cause: error.cause, mend: error.mend)
        }
        guard let header = rows.first else { return [] }
        let names = header.map(\.text)
        let place =
            names.firstIndex { DatasetField(column: $0) == .query }
            ?? names.indices.max { FieldGuess.queryness(names[$0]) < FieldGuess.queryness(names[$1]) }
        guard let place,
            DatasetField(column: names[place]) == .query || FieldGuess.queryness(names[place]) > 30
        else {
            throw Problem(
                line: 1,
                cause:
                    "no column is the question (\(names.prefix(6).map(ProbeReading.shown).joined(separator: ", ")))",
                mend: "call it 'query' in the first line")
        }
        var questions: [SampleInput] = []
        for row in rows.dropFirst() {
            guard place < row.count, !trimmed(row[place].text).isEmpty else { continue }
            var columns: [SampleInput.Column] = []
            for (index, cell) in row.enumerated()
            where index != place && index < names.count && !cell.text.isEmpty {
                columns.append(SampleInput.Column(name: names[index], value: cell.text))
            }
            questions.append(SampleInput(query: row[place].text, columns: columns))
        }
        return questions
    }

    private static func json(_ bytes: [UInt8]) throws(Problem) -> ([SampleInput], [UInt8]?) {
        if let whole = try? JSONValue.parse(bytes), let list = whole.arrayValue {
            var questions: [SampleInput] = []
            for (index, element) in list.enumerated() {
                guard let query = query(element) else {
                    throw Problem(
                        line: 0, cause: "element \(index + 1) is neither a text nor an object with a 'query'",
                        mend: "give it a 'query'")
                }
                questions.append(query)
            }
            return (questions, nil)
        }
        var questions: [SampleInput] = []
        var isDataset = true
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let value: JSONValue
            do throws(JSONError) { value = try JSONValue.parse(Array(line)) } catch {
                throw Problem(
                    line: index + 1, cause: "the line is no JSON: \(error.cause)",
                    mend: "one JSON value a line")
            }
            guard let query = query(value) else {
                throw Problem(
                    line: index + 1, cause: "the line is neither a text nor an object with a 'query'",
                    mend: "write {\"query\": \"…\"}")
            }
            if value.objectValue == nil { isDataset = false }
            questions.append(query)
        }
        return (questions, isDataset ? bytes : nil)
    }

    private static func query(_ value: JSONValue) -> SampleInput? {
        if let text = value.stringValue { return text.isEmpty ? nil : SampleInput(query: text) }
        guard case .object(let object) = value else { return nil }
        var found: String?
        var columns: [SampleInput.Column] = []
        for member in object.members {
            if DatasetField(column: member.key) == .query {
                found = found ?? member.value.stringValue
            } else if DatasetField(column: member.key) == .messages, let turns = member.value.arrayValue {
                found = found ?? turns.last { $0["role"] == "user" }?["content"]?.stringValue
            } else if let text = member.value.stringValue {
                columns.append(SampleInput.Column(name: member.key, value: text))
            }
        }
        return found.map { SampleInput(query: $0, columns: columns) }
    }
}
