import Domain
import Notation

/// Makes an example of one row, and says everything that is wrong with the row at once.
struct DatasetRow {
    let file: String
    let line: Int
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var problems: [DatasetProblem] = []
    /// Columns that are no scalars and so were kept out, and columns whose name is probably a slip; each with
    /// the problem to be told once a file.
    private(set) var columnProblems: [(column: String, problem: DatasetProblem)] = []
    private var example: Example
    /// Which column gave a field, to tell a second one.
    private var given: [DatasetField: String] = [:]
    private var hasQuery = false
    private var patterns = PatternBook()
    private let needsQuery: Bool

    init(file: String, line: Int, bytes: UnsafeBufferPointer<UInt8>, needsQuery: Bool = true) {
        self.needsQuery = needsQuery
        self.file = file
        self.line = line
        self.bytes = bytes
        example = Example(id: "", query: "", place: SourcePlace(file: file, line: line))
    }

    /// The example, or nil where an error stands in `problems`. `id` is empty where the row has none.
    mutating func read(_ row: JSONObject, names: inout ColumnNames) -> Example? {
        swap(&patterns, &names.patterns)
        defer { swap(&patterns, &names.patterns) }
        var collected: [(DatasetField, String, JSONValue)] = []
        for member in row.members {
            if member.value.isNull { continue }
            switch names.meaning(of: member.key) {
            case .field(let field):
                if let first = given[field], !field.isCollected {
                    if row[first] == member.value { continue }
                    fail(
                        member.key,
                        "'\(shortened(member.key))' and '\(shortened(first))' both give \(field.rawValue)",
                        mend: "keep one of them")
                    continue
                }
                given[field] = member.key
                if field == .messages {
                    collected.append((field, member.key, member.value))
                } else {
                    take(field, member.key, member.value)
                }
            case .column(let near):
                addColumn(member.key, member.value, near: near)
            }
        }
        for (_, key, value) in collected { takeMessages(key, value) }
        finish()
        return problems.contains { $0.severity == .error } ? nil : example
    }

    private mutating func finish() {
        if needsQuery, !hasQuery && given[.query] == nil && given[.messages] == nil {
            let place = SourcePlace(file: file, line: line, column: 1)
            problems.append(DatasetProblem(at: place, "the row has no query", mend: "add \"query\": \"…\""))
        }
        if example.references.isEmpty, case .string(let text)? = example.expectedResult {
            example.references = [text]
        }
    }

    private mutating func take(_ field: DatasetField, _ key: String, _ value: JSONValue) {
        switch field {
        case .id: takeID(key, value)
        case .query:
            if let text = string(key, value) { setQuery(text, key) }
        case .datasetVersion: example.datasetVersion = scalar(key, value)
        case .history: example.history = conversation(key, value)
        case .messages: break
        case .context: example.context += strings(key, value)
        case .expectedIntent: example.expectedIntent = string(key, value)
        case .references: example.references += strings(key, value)
        case .expectedResult: example.expectedResult = value
        case .rubric: example.rubric = strings(key, value).joined(separator: "\n")
        case .required: example.required += elements(key, value)
        case .prohibited: example.prohibited += elements(key, value)
        case .goldDocuments:
            if case .object(let grades) = value {
                takeGrades(key, grades)
            } else {
                example.goldDocuments = documentIDs(key, value)
            }
        case .goldSpans: example.goldSpans = (example.goldSpans ?? []) + spans(key, value)
        case .expectedGuardrail: takeGuardrail(key, value)
        case .shouldBlock:
            if let flag = flag(key, value) { setGuardrail(flag ? .block : .allow, key) }
        case .expectedScore: example.expectedScore = score(key, value)
        case .match: example.expectedMatch = flag(key, value)
        case .category: example.category = scalar(key, value)
        case .tags:
            if case .string(let list) = value {
                for tag in list.split(separator: ",") {
                    let trimmed = tag.drop { $0 == " " }
                    if !trimmed.isEmpty { example.tags.append(String(trimmed)) }
                }
            } else {
                example.tags += strings(key, value)
            }
        case .provenance: example.provenance = provenance(key, value)
        case .repeats:
            if let count = value.intValue, (1...1000).contains(count) {
                example.repeats = count
            } else {
                fail(
                    key, "'\(shortened(key))' is a whole number from 1 to 1000",
                    mend: "write \"\(shortened(key))\": 3")
            }
        case .retired: example.retired = retirement(key, value)
        }
    }

    /// The example as far as it could be read, whatever is wrong with the row: of a retired one only the id counts.
    var asFarAsRead: Example { example }

    // MARK: Fields with rules of their own

    private mutating func takeID(_ key: String, _ value: JSONValue) {
        switch value {
        case .string(let text) where text.utf8.contains(where: { $0 > 0x20 }): example.id = text
        case .integer(let number): example.id = String(number)
        case .number:
            fail(
                key, "the id is a number with a fraction or beyond 64 bits",
                mend: "write it as a text, in quotes")
        default:
            let what = value.stringValue == nil ? withArticle(value.typeName) : "empty"
            fail(key, "the id is \(what)", mend: "write a text or a whole number, or leave it out")
        }
    }

    private mutating func setQuery(_ text: String, _ key: String) {
        hasQuery = true
        example.query = text
        if !text.utf8.contains(where: { $0 > 0x20 }) {
            warn(
                key, "the query is empty", mend: "fill it, or keep it where the app should answer to nothing")
        }
    }

    /// A whole conversation: its last user turn is the query, an assistant turn after it a reference.
    private mutating func takeMessages(_ key: String, _ value: JSONValue) {
        var messages = conversation(key, value)
        if hasQuery {
            example.history += messages
            return
        }
        guard let last = messages.lastIndex(where: { $0.role == .user }) else {
            if problems.isEmpty {
                fail(key, "the conversation has no user turn to ask", mend: "add one, or a \"query\"")
            }
            return
        }
        let answers = messages[(last + 1)...].filter { $0.role == .assistant }
        if example.references.isEmpty { example.references = answers.map(\.content) }
        setQuery(messages[last].content, key)
        messages.removeSubrange(last...)
        example.history += messages
    }

    private mutating func takeGuardrail(_ key: String, _ value: JSONValue) {
        let inner = value["outcome"] ?? value["action"] ?? value
        if let word = inner.stringValue, let outcome = GuardrailWords.outcome(of: word) {
            setGuardrail(outcome, key)
        } else {
            let what = inner.stringValue.map { "'\(shortened($0))'" } ?? withArticle(inner.typeName)
            fail(key, "the expected guardrail outcome is \(what)", mend: "write \"allow\" or \"block\"")
        }
    }

    private mutating func setGuardrail(_ outcome: GuardrailOutcome, _ key: String) {
        if let earlier = example.expectedGuardrail, earlier != outcome {
            fail(
                key, "'\(shortened(key))' contradicts the other column on the guardrail",
                mend: "keep one of them")
        }
        example.expectedGuardrail = outcome
    }

    private mutating func score(_ key: String, _ value: JSONValue) -> ExpectedScore? {
        if let number = value.doubleValue { return .value(number) }
        if let word = value.stringValue {
            let plain = DatasetField.normalised(word.lowercased())
            for band in ScoreBand.allCases where DatasetField.normalised(band.rawValue.lowercased()) == plain
            {
                return .band(band)
            }
        }
        if value.stringValue.map(hasDecimalComma) ?? false {
            fail(
                key, "the expected score has a decimal comma", mend: "write it with a point: 0.85 for 0,85")
            return nil
        }
        let low = value[0]?.doubleValue ?? value["min"]?.doubleValue ?? value["from"]?.doubleValue
        let high = value[1]?.doubleValue ?? value["max"]?.doubleValue ?? value["to"]?.doubleValue
        if let low, let high, low <= high { return .range(low...high) }
        let bands = ScoreBand.allCases.map(\.rawValue).joined(separator: ", ")
        fail(
            key, "the expected score is neither a number, a band nor a range",
            mend: "write 0.85, [0.8, 0.9] or one of \(bands)")
        return nil
    }

    private mutating func documentIDs(_ key: String, _ value: JSONValue) -> [String]? {
        var ids: [String] = []
        for (index, element) in (value.arrayValue ?? [value]).enumerated() {
            let id = element["id"] ?? element["doc_id"] ?? element["chunk_id"] ?? element
            switch id {
            case .string(let text): ids.append(text)
            case .integer(let number): ids.append(String(number))
            default:
                fail(
                    key, element: index, "a document's id is \(withArticle(element.typeName))",
                    mend: "list the ids as texts, as the app returns them")
                return nil
            }
        }
        return ids
    }

    /// Grades by document; what is graded from 1 on is a gold document.
    private mutating func takeGrades(_ key: String, _ grades: JSONObject) {
        var relevance: [RelevanceGrade] = []
        for (index, member) in grades.members.enumerated() {
            guard let grade = member.value.intValue, (-1...1000).contains(grade) else {
                fail(
                    key, element: index, "a document's grade is no whole number from -1 to 1000",
                    mend: "write {\"doc_101\": 2, \"doc_448\": 0}")
                return
            }
            relevance.append(RelevanceGrade(id: member.key, grade: grade))
        }
        example.relevance = relevance
        example.goldDocuments = relevance.filter { $0.grade > 0 }.map(\.id)
    }

    private mutating func spans(_ key: String, _ value: JSONValue) -> [SourceSpan] {
        var spans: [SourceSpan] = []
        for (index, element) in (value.arrayValue ?? [value]).enumerated() {
            if let source = element.stringValue {
                spans.append(SourceSpan(source: source))
                continue
            }
            let source = element["source"] ?? element["document"] ?? element["file"] ?? element["title"]
            let page = element["page"]
            let text = element["text"] ?? element["quote"] ?? element["span"]
            guard let source = source?.stringValue, page.map({ $0.isNull || $0.intValue != nil }) ?? true,
                text.map({ $0.isNull || $0.stringValue != nil }) ?? true
            else {
                fail(
                    key, element: index, "a source is neither a name nor {source, page, text}",
                    mend: "write {\"source\": \"handbook.pdf\", \"page\": 12, \"text\": \"…\"}")
                return spans
            }
            spans.append(SourceSpan(source: source, page: page?.intValue, text: text?.stringValue))
        }
        return spans
    }

    private mutating func provenance(_ key: String, _ value: JSONValue) -> Provenance? {
        if let source = value.stringValue { return Provenance(source: source) }
        guard let object = value.objectValue else {
            fail(
                key, "the provenance is \(withArticle(value.typeName))",
                mend: "write {\"source\": …, \"annotator\": …, \"licence\": …, \"date\": …}")
            return nil
        }
        var provenance = Provenance()
        for member in object.members {
            switch (DatasetField.normalised(member.key), member.value.stringValue) {
            case ("source", let text?): provenance.source = text
            case ("annotator", let text?), ("annotated_by", let text?), ("labelled_by", let text?):
                provenance.annotator = text
            case ("licence", let text?), ("license", let text?): provenance.licence = text
            case ("date", let text?): provenance.date = text
            default: provenance.other[member.key] = member.value
            }
        }
        return provenance
    }

    private mutating func retirement(_ key: String, _ value: JSONValue) -> Retirement? {
        switch value {
        case .bool(false): return nil
        case .bool(true): return Retirement(why: "")
        case .string(let why): return Retirement(why: why)
        case .object(let object):
            return Retirement(
                why: object["why"]?.stringValue ?? "", by: object["by"]?.stringValue,
                on: object["on"]?.stringValue)
        default:
            fail(
                key, "'\(shortened(key))' is \(withArticle(value.typeName))",
                mend: "write {\"why\": …, \"by\": …, \"on\": …}, or use sluice dataset retire")
            return nil
        }
    }

    private mutating func elements(_ key: String, _ value: JSONValue) -> [Element] {
        // A list is read element by element, so that each bad one is told with its place.
        guard let parts = value.arrayValue else { return element(key, nil, value) }
        var elements: [Element] = []
        for (index, part) in parts.enumerated() { elements += element(key, index, part) }
        return elements
    }

    private mutating func element(_ key: String, _ index: Int?, _ value: JSONValue) -> [Element] {
        let elements: [Element]
        do throws(ElementReader.Problem) { elements = try ElementReader.elements(value) } catch {
            fail(
                key, element: index, error.cause,
                mend: "write \"a text\" or {\"any_of\": [\"…\"]}, {\"regex\": \"…\"} …")
            return []
        }
        for case .regex(let source) in elements.map(\.kind) {
            guard let problem = patterns.problem(of: source) else { continue }
            fail(
                key, element: index,
                "the regular expression '\(shortened(source))' does not compile: \(problem)",
                mend: "mend it, or write {\"text\": …} for a text as it stands")
        }
        return elements
    }

    private mutating func conversation(_ key: String, _ value: JSONValue) -> [Message] {
        do throws(ConversationReader.Problem) { return try ConversationReader.messages(value) } catch {
            fail(
                key, element: error.element, error.cause,
                mend: "write [{\"role\": \"user\", \"content\": \"…\"}, …]")
            return []
        }
    }

    // MARK: Plain values

    private mutating func string(_ key: String, _ value: JSONValue) -> String? {
        if let text = value.stringValue { return text }
        fail(key, "'\(shortened(key))' is \(withArticle(value.typeName))", mend: "write a text")
        return nil
    }

    private mutating func scalar(_ key: String, _ value: JSONValue) -> String? {
        if let text = scalarText(value) { return text }
        fail(key, "'\(shortened(key))' is \(withArticle(value.typeName))", mend: "write a text or a number")
        return nil
    }

    /// A text or a list of texts.
    private mutating func strings(_ key: String, _ value: JSONValue) -> [String] {
        if let text = value.stringValue { return [text] }
        guard let parts = value.arrayValue else {
            fail(
                key, "'\(shortened(key))' is \(withArticle(value.typeName))",
                mend: "write a text or a list of texts")
            return []
        }
        var texts: [String] = []
        for (index, part) in parts.enumerated() {
            if let text = part.stringValue {
                texts.append(text)
            } else {
                fail(
                    key, element: index, "'\(shortened(key))' lists \(withArticle(part.typeName))",
                    mend: "list texts only")
            }
        }
        return texts
    }

    private mutating func flag(_ key: String, _ value: JSONValue) -> Bool? {
        switch value {
        case .bool(let flag): return flag
        case .integer(0): return false
        case .integer(1): return true
        case .string(let word):
            switch DatasetField.normalised(word.lowercased()) {
            case "true", "yes", "match", "duplicate", "same": return true
            case "false", "no", "no_match", "not_duplicate", "different": return false
            default: break
            }
        default: break
        }
        fail(key, "'\(shortened(key))' is neither true nor false", mend: "write true or false")
        return nil
    }

    private mutating func addColumn(_ key: String, _ value: JSONValue, near: String?) {
        if let near {
            let problem = problem(
                .warning, key, nil,
                "column '\(shortened(key))' has no meaning of its own and is kept as a slice",
                mend: "did you mean '\(near)'?")
            columnProblems.append((key, problem))
        }
        if let text = scalarText(value) {
            let json = value.stringValue == nil ? value : JSONValue?.none
            example.columns.append(Example.Column(name: key, value: text, json: json))
        } else if let parts = value.arrayValue, let texts = scalarTexts(parts) {
            example.columns.append(
                Example.Column(name: key, value: texts.joined(separator: ", "), json: value))
        } else if near == nil {
            let problem = problem(
                .note, key, nil,
                "column '\(shortened(key))' holds objects and is left out",
                mend: "flatten it where results should be sliced by it")
            columnProblems.append((key, problem))
        }
    }

    private func scalarTexts(_ parts: [JSONValue]) -> [String]? {
        var texts: [String] = []
        for part in parts {
            guard let text = scalarText(part) else { return nil }
            texts.append(text)
        }
        return texts
    }

    // MARK: Problems

    private mutating func fail(_ key: String, element: Int? = nil, _ cause: String, mend: String) {
        problems.append(problem(.error, key, element, cause, mend: mend))
    }

    private mutating func warn(_ key: String, _ cause: String, mend: String) {
        problems.append(problem(.warning, key, nil, cause, mend: mend))
    }

    private func problem(
        _ severity: DatasetProblem.Severity, _ key: String, _ element: Int?, _ cause: String, mend: String
    ) -> DatasetProblem {
        let column = RowLocator.column(of: key, element: element, in: bytes)
        return DatasetProblem(
            severity, at: SourcePlace(file: file, line: line, column: column), cause, mend: mend)
    }
}

/// A scalar as text: numbers as JSON writes them, so that `1.0` and `1` are one slice.
func scalarText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .integer, .number: String(decoding: value.canonicalBytes, as: UTF8.self)
    case .null, .array, .object: nil
    }
}

/// What the columns of a data set mean, looked up once a name.
struct ColumnNames: Sendable {
    enum Meaning: Sendable {
        case field(DatasetField)
        /// A column of the user's own, with the known name that its name is probably a slip of.
        case column(near: String?)
    }

    var patterns = PatternBook()
    private var known: [String: Meaning] = [:]
    private let findsSlips: Bool

    /// - Parameter findsSlips: False for rows that were checked before.
    init(findsSlips: Bool = true) {
        self.findsSlips = findsSlips
        patterns.isOff = !findsSlips
    }

    mutating func meaning(of column: String) -> Meaning {
        if let field = DatasetField(exactly: column) { return .field(field) }
        if let meaning = known[column] { return meaning }
        let meaning: Meaning =
            DatasetField(column: column).map { .field($0) }
            ?? .column(near: findsSlips ? DatasetField.nearest(to: column) : nil)
        // A hostile file may name a new column in every row.
        if known.count < 4096 { known[column] = meaning }
        return meaning
    }
}
