import Digest
import Domain
import Notation

/// The digest of one example's content, without its id.
///
/// In: query, history, context, every expectation (references, rubric, elements, gold documents and spans,
/// guardrail, score, match, intent, structured result), category, tags (their order aside), further columns
/// (theirs too) and repeats: all that asks, scores, or slices. Out: id, place, provenance and the version's
/// name, which change no verdict.
enum RowDigest {
    static func digest(of example: Example) -> ContentDigest {
        var bytes = TaggedBytes()
        bytes.reserve(512)
        bytes.text("query", example.query)
        bytes.list("history", example.history) { bytes, message in
            bytes.raw(message.role.rawValue)
            bytes.raw(message.content)
        }
        bytes.texts("context", example.context)
        bytes.text("intent", example.expectedIntent)
        bytes.texts("references", example.references)
        if let result = example.expectedResult { bytes.bytes("result", result.canonicalBytes) }
        bytes.text("rubric", example.rubric)
        bytes.list("required", example.required) { $0.element($1) }
        bytes.list("prohibited", example.prohibited) { $0.element($1) }
        if let ids = example.goldDocuments { bytes.texts("documents", ids, keepsEmpty: true) }
        if let grades = example.relevance {
            bytes.list("grades", grades, keepsEmpty: true) { bytes, grade in
                bytes.raw(grade.id)
                bytes.raw(String(grade.grade))
            }
        }
        if let spans = example.goldSpans {
            bytes.list("spans", spans, keepsEmpty: true) { bytes, span in
                bytes.raw(span.source)
                bytes.raw(span.page.map(String.init) ?? "")
                bytes.raw(span.text.map { "=" + $0 } ?? "")
            }
        }
        bytes.text("guardrail", example.expectedGuardrail?.rawValue)
        switch example.expectedScore {
        case .value(let value)?: bytes.text("score", value.description)
        case .band(let band)?: bytes.text("score", band.rawValue)
        case .range(let range)?: bytes.text("score", "\(range.lowerBound)...\(range.upperBound)")
        case nil: break
        }
        if let match = example.expectedMatch { bytes.text("match", match ? "true" : "false") }
        bytes.text("category", example.category)
        bytes.texts("tags", example.tags.sorted(by: precedes))
        bytes.list("columns", example.columns.sorted { precedes($0.name, $1.name) }) { bytes, column in
            bytes.raw(column.name)
            bytes.raw(column.value)
        }
        bytes.text("repeats", example.repeats.map(String.init))
        return ContentDigest(of: bytes.bytes)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

/// Bytes in which nothing can be taken for something else: every text has its length before it.
private struct TaggedBytes {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func raw(_ text: String) {
        number(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func number(_ value: Int) {
        withUnsafeBytes(of: UInt64(value).littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ tag: String, _ text: String?) {
        guard let text else { return }
        raw(tag)
        raw(text)
    }

    mutating func bytes(_ tag: String, _ content: [UInt8]) {
        raw(tag)
        number(content.count)
        bytes.append(contentsOf: content)
    }

    mutating func texts(_ tag: String, _ texts: [String], keepsEmpty: Bool = false) {
        list(tag, texts, keepsEmpty: keepsEmpty) { $0.raw($1) }
    }

    mutating func list<T>(
        _ tag: String, _ elements: [T], keepsEmpty: Bool = false, _ body: (inout TaggedBytes, T) -> Void
    ) {
        if elements.isEmpty && !keepsEmpty { return }
        raw(tag)
        number(elements.count)
        for element in elements { body(&self, element) }
    }

    mutating func element(_ element: Element) {
        raw(element.isTyped ? "typed" : "bare")
        switch element.kind {
        case .text(let text):
            raw("text")
            raw(text)
        case .anyOf(let texts): self.texts("any_of", texts, keepsEmpty: true)
        case .regex(let pattern):
            raw("regex")
            raw(pattern)
        case .count(let text, let least, let most):
            raw("count")
            raw(text)
            number(least)
            raw(most.map(String.init) ?? "")
        case .catalogue(let name):
            raw("catalogue")
            raw(name)
        case .judge(let statement):
            raw("judge")
            raw(statement)
        }
    }
}
