import Domain
import Interchange
import Notation

/// What an example says, field by field, each as JSON in one form whatever its row spelt.
struct ExampleField: Sendable, Hashable {
    enum Role: Sendable, Hashable {
        /// Part of what the app is asked, or may be.
        case input
        case expectation
        case provenance
    }

    let name: String
    let role: Role
    let value: JSONValue

    /// All that an example says, in one order; what it says nothing of is left out.
    static func all(of example: Example) -> [ExampleField] {
        var fields: [ExampleField] = []
        func add(_ name: String, _ role: Role, _ value: JSONValue?) {
            if let value { fields.append(ExampleField(name: name, role: role, value: value)) }
        }
        func texts(_ texts: [String]) -> JSONValue? {
            if texts.isEmpty { return nil }
            return texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) })
        }
        func name(_ field: DatasetField) -> String { field.rawValue }
        add(name(.query), .input, .string(example.query))
        if !example.history.isEmpty {
            add(name(.history), .input, .array(example.history.map(turn)))
        }
        add(name(.context), .input, texts(example.context))
        add(name(.expectedIntent), .expectation, example.expectedIntent.map { .string($0) })
        add(name(.references), .expectation, texts(example.references))
        add(name(.expectedResult), .expectation, example.expectedResult)
        add(name(.rubric), .expectation, example.rubric.map { .string($0) })
        if !example.required.isEmpty {
            add(name(.required), .expectation, .array(example.required.map(element)))
        }
        if !example.prohibited.isEmpty {
            add(name(.prohibited), .expectation, .array(example.prohibited.map(element)))
        }
        add(name(.goldDocuments), .expectation, gold(example))
        add(name(.goldSpans), .expectation, example.goldSpans.map { .array($0.map(span)) })
        add(
            name(.expectedGuardrail), .expectation,
            example.expectedGuardrail.map { .string($0.rawValue) })
        add(name(.expectedScore), .expectation, example.expectedScore.map(score))
        add(name(.match), .expectation, example.expectedMatch.map { .bool($0) })
        add(name(.category), .input, example.category.map { .string($0) })
        if !example.tags.isEmpty {
            // Their order says nothing.
            let sorted = example.tags.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            add(name(.tags), .input, .array(sorted.map { .string($0) }))
        }
        for column in example.columns.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            add(column.name, .input, .string(column.value))
        }
        add(name(.repeats), .input, example.repeats.map { .integer(Int64($0)) })
        if let provenance = example.provenance { addProvenance(provenance, &fields) }
        return fields
    }

    private static func addProvenance(_ provenance: Provenance, _ fields: inout [ExampleField]) {
        let own: [(String, String?)] = [
            ("source", provenance.source), ("annotator", provenance.annotator),
            ("licence", provenance.licence), ("date", provenance.date),
        ]
        for (name, value) in own {
            guard let value else { continue }
            fields.append(
                ExampleField(name: "provenance." + name, role: .provenance, value: .string(value)))
        }
        for member in provenance.other.members.sorted(by: {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }) {
            fields.append(
                ExampleField(name: "provenance." + member.key, role: .provenance, value: member.value))
        }
    }

    private static func turn(_ message: Message) -> JSONValue {
        ["role": .string(message.role.rawValue), "content": .string(message.content)]
    }

    private static func span(_ span: SourceSpan) -> JSONValue {
        var object = JSONObject()
        object["source"] = .string(span.source)
        if let page = span.page { object["page"] = .integer(Int64(page)) }
        if let text = span.text { object["text"] = .string(text) }
        return .object(object)
    }

    private static func score(_ score: ExpectedScore) -> JSONValue {
        switch score {
        case .value(let value): .number(value)
        case .band(let band): .string(band.rawValue)
        case .range(let range): .array([.number(range.lowerBound), .number(range.upperBound)])
        }
    }

    /// Ids, or grades by id where the example has them.
    private static func gold(_ example: Example) -> JSONValue? {
        guard let grades = example.relevance else {
            return example.goldDocuments.map { .array($0.map { .string($0) }) }
        }
        var object = JSONObject()
        for grade in grades { object[grade.id] = .integer(Int64(grade.grade)) }
        return .object(object)
    }

    private static func element(_ element: Element) -> JSONValue {
        switch element.kind {
        case .text(let text): return element.isTyped ? ["text": .string(text)] : .string(text)
        case .anyOf(let texts): return ["any_of": .array(texts.map { .string($0) })]
        case .regex(let pattern): return ["regex": .string(pattern)]
        case .count(let text, let least, let most):
            var object = JSONObject()
            object["count"] = .string(text)
            object["at_least"] = .integer(Int64(least))
            if let most { object["at_most"] = .integer(Int64(most)) }
            return .object(object)
        case .catalogue(let name): return ["catalogue": .string(name)]
        case .judge(let statement): return ["judge": .string(statement)]
        }
    }
}
