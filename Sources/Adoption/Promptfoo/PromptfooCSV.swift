import Domain
import Notation

/// Tests in a table: a column a variable, `__expected` and its likes for the rest.
enum PromptfooCSV {
    static func tests(
        _ bytes: [UInt8], file: String, notes: inout [ImportNote]
    ) throws(ImportProblem) -> [PromptfooTest] {
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            throw ImportProblem(
                at: SourcePlace(file: file, line: error.line, column: error.column), error.cause,
                mend: error.mend)
        }
        guard let header = rows.first else {
            throw ImportProblem(
                at: SourcePlace(file: file, line: 1), "the table is empty", mend: "name the columns in line 1"
            )
        }
        checkHeader(header, file, &notes)
        var tests: [PromptfooTest] = []
        for row in rows.dropFirst() {
            let place = SourcePlace(file: file, line: row.first?.line ?? 0, column: 1)
            var reader = RowReader(test: PromptfooTest(place: place), file: file)
            for (index, cell) in row.enumerated() {
                guard index < header.count else {
                    if !cell.text.isEmpty {
                        notes.append(
                            ImportNote(
                                .left, at: place,
                                "a cell beyond the last column: '\(ProbeReading.shown(cell.text))'",
                                mend: "name its column in line 1"))
                    }
                    continue
                }
                reader.take(header[index].text, cell)
            }
            tests.append(reader.finished())
        }
        return tests
    }

    private static func checkHeader(_ header: [CSVCell], _ file: String, _ notes: inout [ImportNote]) {
        for cell in header {
            let name = cell.text
            let place = SourcePlace(file: file, line: cell.line, column: cell.column)
            if name == "__metadata" {
                notes.append(
                    ImportNote(
                        .left, at: place, "the column '__metadata' names no field",
                        mend: "write __metadata:NAME"))
            }
            let isKnown =
                name.hasPrefix("__expected") || name.hasPrefix("__metadata") || name.hasPrefix("__config:")
                || ["__prefix", "__suffix", "__description", "__metric", "__threshold"].contains(name)
            if name.hasPrefix("__"), !isKnown {
                notes.append(
                    ImportNote(
                        .left, at: place, "the column '\(ProbeReading.shown(name))' has no counterpart",
                        mend: name == "__providerOutput" ? "recorded answers: docs/dataset.md" : "take it out"
                    ))
            }
        }
    }

    private struct RowReader {
        var test: PromptfooTest
        let file: String
        private var expected: [(number: Int, text: String, place: SourcePlace)] = []
        private var settings: [(number: Int?, key: String, value: String)] = []
        private var metric: String?

        init(test: PromptfooTest, file: String) {
            self.test = test
            self.file = file
        }

        mutating func take(_ name: String, _ cell: CSVCell) {
            let text = cell.text
            if name.hasPrefix("__expected") {
                guard text.contains(where: { !$0.isWhitespace }) else { return }
                let number = Int(name.dropFirst("__expected".count)) ?? 1
                expected.append((number, text, SourcePlace(file: file, line: cell.line, column: cell.column)))
            } else if name.hasPrefix("__config:") {
                takeSetting(name, text)
            } else if name.hasPrefix("__metadata:") {
                takeMetadata(String(name.dropFirst("__metadata:".count)), text)
            } else {
                switch name {
                case "__prefix": test.prefix = text
                case "__suffix": test.suffix = text
                case "__description": test.description = text.isEmpty ? nil : text
                case "__metric": metric = text.isEmpty ? nil : text
                case "__threshold": test.threshold = Double(text)
                default: if !name.hasPrefix("__") { test.variables[name] = .string(text) }
                }
            }
        }

        private mutating func takeSetting(_ name: String, _ text: String) {
            let parts = name.split(separator: ":").map(String.init)
            guard parts.count == 3, parts[1].hasPrefix("__expected"), !text.isEmpty else { return }
            settings.append((Int(parts[1].dropFirst("__expected".count)), parts[2], text))
        }

        private mutating func takeMetadata(_ key: String, _ text: String) {
            guard !key.isEmpty, !text.isEmpty else { return }
            if key.hasSuffix("[]") {
                let items = PromptfooCSV.commaSeparated(text).map { JSONValue.string($0) }
                test.metadata[String(key.dropLast(2))] = .array(items)
            } else {
                test.metadata[key] = .string(text)
            }
        }

        func finished() -> PromptfooTest {
            var test = test
            for (number, text, place) in expected {
                let made = PromptfooCSV.assertion(text, place: place)
                let own = settings.filter { $0.number == number || $0.number == nil }
                let threshold = own.last { $0.key == "threshold" }.flatMap { Double($0.value) }
                test.assertions.append(
                    PromptfooAssertion(
                        type: made.name, value: made.value, threshold: threshold ?? made.threshold,
                        metric: metric,
                        others: own.map(\.key).filter { $0 != "threshold" }, place: place))
            }
            return test
        }
    }

    /// `contains: Paris`, `similar(0.8): Hello`; a text without a type is an equality.
    static func assertion(_ text: String, place: SourcePlace) -> PromptfooAssertion {
        func after(_ count: Int) -> String { trimmed(String(text.dropFirst(count))) }
        for prefix in ["javascript:", "fn:", "eval:"] where text.hasPrefix(prefix) {
            return PromptfooAssertion(type: "javascript", value: .string(after(prefix.count)), place: place)
        }
        for prefix in ["grade:", "llm-rubric:"] where text.hasPrefix(prefix) {
            return PromptfooAssertion(type: "llm-rubric", value: .string(after(prefix.count)), place: place)
        }
        if text.hasPrefix("file://") {
            let isPython = text.contains(".py")
            return PromptfooAssertion(
                type: isPython ? "python" : "javascript", value: .string(text), place: place)
        }
        let head = text.prefix { $0 != ":" && $0 != "(" && $0 != "\n" }
        let type = trimmed(String(head))
        let plain = type.hasPrefix("not-") ? String(type.dropFirst(4)) : type
        guard AssertionCatalogue.isKnown(plain) else {
            return PromptfooAssertion(type: "equals", value: .string(text), place: place)
        }
        var rest = text.dropFirst(head.count)
        var threshold: Double?
        if rest.hasPrefix("("), let close = rest.firstIndex(of: ")") {
            threshold = Double(rest[rest.index(after: rest.startIndex)..<close])
            rest = rest[rest.index(after: close)...]
        }
        guard rest.isEmpty || rest.hasPrefix(":") else {
            return PromptfooAssertion(type: "equals", value: .string(text), place: place)
        }
        let value = trimmed(String(rest.dropFirst()))
        if plain.hasSuffix("contains-all") || plain.hasSuffix("contains-any") {
            let list = commaSeparated(value).map { JSONValue.string($0) }
            return PromptfooAssertion(type: type, value: .array(list), place: place)
        }
        return PromptfooAssertion(
            type: type, value: value.isEmpty ? nil : .string(value), threshold: threshold, place: place)
    }

    /// `a, "b, c"`: quotes hold a comma, as does a backslash before it.
    static func commaSeparated(_ text: String) -> [String] {
        var items: [String] = []
        var item = ""
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                item.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                items.append(trimmed(item))
                item = ""
            } else {
                item.append(character)
            }
        }
        items.append(trimmed(item))
        return items.filter { !$0.isEmpty }
    }

    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
