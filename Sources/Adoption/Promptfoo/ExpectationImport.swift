import Domain
import Notation
import Text

/// Assertions of one test as expectations of a row, and the gates that hold them.
struct ExpectationImport {
    /// A gate that some rows ask for, under the tag that they bear.
    struct Gate: Hashable {
        let tag: String
        let rule: String
        let metric: String
    }

    private(set) var references: [String] = []
    private(set) var required: [JSONValue] = []
    private(set) var prohibited: [JSONValue] = []
    private(set) var rubric: [String] = []
    private(set) var expectedResult: JSONValue?
    private(set) var gates: [Gate] = []
    /// Schemas that answers shall fit, with the place of each.
    private(set) var schema: JSONValue?
    private(set) var notes: [ImportNote] = []
    /// Assertions that came over, and all.
    private(set) var carried = 0
    private(set) var total = 0
    /// Weights of the carried elements, for a test's own threshold.
    private(set) var weights: [Double] = []

    private let variables: JSONObject
    /// Reads a file that a value names.
    private let load: (String, SourcePlace) -> JSONValue?

    init(_ test: PromptfooTest, load: @escaping (String, SourcePlace) -> JSONValue?) {
        variables = test.variables
        self.load = load
        for assertion in test.assertions { take(assertion) }
    }

    private mutating func leave(_ assertion: PromptfooAssertion, _ why: String, mend: String) {
        notes.append(ImportNote(.left, at: assertion.place, "'\(assertion.name)': \(why)", mend: mend))
    }

    private mutating func take(_ assertion: PromptfooAssertion) {
        if assertion.type == "assert-set" { return takeSet(assertion) }
        total += 1
        guard AssertionCatalogue.carried.contains(assertion.type) else { return keep(assertion) }
        if let key = assertion.others.first(where: { $0 != "provider" && $0 != "rubricPrompt" }) {
            return leave(
                assertion, "'\(key)' changes what is compared",
                mend: "map that part of the answer in app.observe")
        }
        if assertion.weight == 0 {
            return leave(
                assertion, "weight 0: measured there, and decides nothing",
                mend: "name its metric under metrics, without a gate")
        }
        guard let made = assertion.rendered(variables) else {
            return leave(
                assertion, "its value has conditions or filters", mend: "write it with plain {{names}}")
        }
        carry(made)
    }

    private mutating func takeSet(_ set: PromptfooAssertion) {
        if let threshold = set.threshold, threshold < 1 {
            total += set.members.count
            return leave(
                set, "a part of the set suffices (threshold \(threshold))",
                mend: "say it as one any_of, or as a gate on the share: required.min >= \(threshold)")
        }
        for member in set.members { take(member) }
    }

    // MARK: What has no counterpart

    private mutating func keep(_ assertion: PromptfooAssertion) {
        let made = assertion.rendered(variables)?.value ?? assertion.value
        if AssertionCatalogue.references.contains(assertion.type) || assertion.type.hasPrefix("similar:"),
            !assertion.isNegated
        {
            for text in Self.texts(made) where !text.hasPrefix("file://") { addReference(text) }
        }
        if AssertionCatalogue.rubrics.contains(assertion.type), !assertion.isNegated {
            rubric += Self.texts(made).filter { !$0.hasPrefix("file://") }
        }
        leave(assertion, "has no counterpart in this version", mend: AssertionCatalogue.mend(assertion.type))
    }

    private mutating func addReference(_ text: String) {
        if !text.isEmpty, !references.contains(text) { references.append(text) }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        switch value {
        case nil, .null?: []
        case .array(let elements)?: elements.map(PromptTemplate.text)
        case let value?: [PromptTemplate.text(value)]
        }
    }

    // MARK: What has

    private mutating func carry(_ assertion: PromptfooAssertion) {
        var assertion = assertion
        if let text = assertion.value?.stringValue, text.hasPrefix("file://") {
            guard let value = load(String(text.dropFirst("file://".count)), assertion.place) else {
                return leave(
                    assertion,
                    "its value stands in '\(ProbeReading.shown(text))', which is no text or JSON that can be read",
                    mend: "write the value out")
            }
            assertion = PromptfooAssertion(
                type: assertion.name, value: value, threshold: assertion.threshold, weight: assertion.weight,
                metric: assertion.metric, place: assertion.place)
        }
        switch assertion.type {
        case "equals": carryEquality(assertion)
        case "contains", "icontains", "starts-with", "ends-with", "regex": carryText(assertion)
        case "contains-all", "icontains-all", "contains-any", "icontains-any": carryList(assertion)
        case "is-json": carryJSON(assertion)
        case "rouge-n", "bleu": carryOverlap(assertion)
        case "latency": carryLatency(assertion)
        case "word-count": carryCount(assertion)
        default: leave(assertion, "has no counterpart", mend: AssertionCatalogue.mend(assertion.type))
        }
    }

    private mutating func done(_ assertion: PromptfooAssertion, isElement: Bool = false) {
        carried += 1
        weights.append(isElement && !assertion.isNegated ? assertion.weight ?? 1 : -1)
    }

    private mutating func require(_ element: JSONValue, _ assertion: PromptfooAssertion) {
        if assertion.isNegated { prohibited.append(element) } else { required.append(element) }
    }

    private mutating func carryEquality(_ assertion: PromptfooAssertion) {
        switch assertion.value {
        case .object?, .array?:
            guard !assertion.isNegated, expectedResult == nil else {
                return leave(
                    assertion, "a structure that must not be equal, or a second one",
                    mend: "say it as a regex")
            }
            expectedResult = assertion.value
            gates.append(Gate(tag: "equals_json", rule: "exact_match == 1", metric: "exact_match"))
        case nil, .null?: return leave(assertion, "has no value", mend: "give it one")
        case let value?:
            let text = PromptTemplate.text(value)
            if !assertion.isNegated { addReference(text) }
            require(["regex": .string("\\A" + Self.escaped(text) + "\\z")], assertion)
        }
        done(assertion, isElement: true)
    }

    private mutating func carryText(_ assertion: PromptfooAssertion) {
        guard let text = Self.texts(assertion.value).first, text.contains(where: { !$0.isWhitespace }) else {
            return leave(assertion, "has no value", mend: "give it one")
        }
        switch assertion.type {
        case "icontains": require(["text": .string(text)], assertion)
        case "contains": require(["regex": .string(Self.escaped(text))], assertion)
        case "starts-with": require(["regex": .string("\\A" + Self.escaped(text))], assertion)
        case "ends-with": require(["regex": .string(Self.escaped(text) + "\\z")], assertion)
        default:
            let pattern = Self.pcre(text)
            guard (try? Pattern(pattern)) != nil else {
                return leave(
                    assertion, "the pattern is not PCRE2's: '\(ProbeReading.shown(text))'",
                    mend: "write it anew (docs/dataset.md)")
            }
            require(["regex": .string(pattern)], assertion)
        }
        done(assertion, isElement: true)
    }

    private mutating func carryList(_ assertion: PromptfooAssertion) {
        var texts = Self.texts(assertion.value)
        if case .string(let line)? = assertion.value { texts = PromptfooCSV.commaSeparated(line) }
        texts = texts.filter { text in text.contains { !$0.isWhitespace } }
        guard !texts.isEmpty else { return leave(assertion, "lists no text", mend: "give it some") }
        let isFolded = assertion.type.hasPrefix("i")
        let isAll = assertion.type.hasSuffix("all")
        func element(_ text: String) -> JSONValue {
            isFolded ? ["text": .string(text)] : ["regex": .string(Self.escaped(text))]
        }
        switch (isAll, assertion.isNegated) {
        case (true, false): required += texts.map(element)
        case (false, true): prohibited += texts.map(element)
        case (false, false):
            required.append(
                isFolded
                    ? ["any_of": .array(texts.map { .string($0) })]
                    : ["regex": .string("(?:" + texts.map(Self.escaped).joined(separator: "|") + ")")])
        case (true, true):
            // Not all of them together: a look ahead from the start for each.
            let all = texts.map { "(?=.*" + Self.escaped($0) + ")" }.joined()
            required.append(["regex": .string((isFolded ? "(?si)" : "(?s)") + "\\A(?!" + all + ")")])
        }
        done(assertion, isElement: texts.count == 1 || (!isAll && !assertion.isNegated))
    }

    private mutating func carryJSON(_ assertion: PromptfooAssertion) {
        var value = assertion.value
        if let text = value?.stringValue { value = try? JSONValue.parse(text) }
        if case .object? = value {
            guard !assertion.isNegated else {
                return leave(assertion, "a schema that must not fit", mend: "write the schema's opposite")
            }
            guard schema == nil || schema == value else {
                return leave(assertion, "a second schema in one test", mend: "put both into one with allOf")
            }
            schema = value
        } else {
            gates.append(
                assertion.isNegated
                    ? Gate(tag: "is_no_json", rule: "json == 0", metric: "json")
                    : Gate(tag: "is_json", rule: "json == 1", metric: "json"))
        }
        done(assertion)
    }

    private mutating func carryOverlap(_ assertion: PromptfooAssertion) {
        guard !assertion.isNegated else {
            return leave(assertion, "an overlap that must be small", mend: "say it as prohibited elements")
        }
        let texts = Self.texts(assertion.value).filter { !$0.isEmpty }
        guard !texts.isEmpty else { return leave(assertion, "has no value", mend: "give it one") }
        let isRouge = assertion.type == "rouge-n"
        let threshold = assertion.threshold ?? (isRouge ? 0.75 : 0.5)
        guard threshold > 0, threshold <= 1 else {
            return leave(assertion, "its threshold lies outside 0 to 1", mend: "give it one between")
        }
        if !references.isEmpty, references != texts {
            notes.append(
                ImportNote(
                    .changed, at: assertion.place,
                    "'\(assertion.name)': the row has several references, the nearest counts",
                    mend: "keep one, where that is not meant"))
        }
        for text in texts { addReference(text) }
        let metric = isRouge ? "rouge_1" : "sentence_bleu"
        let number = Self.number(threshold)
        gates.append(
            Gate(tag: "\(metric)_\(Self.word(number))", rule: "\(metric).min >= \(number)", metric: metric))
        if !isRouge {
            notes.append(
                ImportNote(
                    .changed, at: assertion.place,
                    "'bleu': smoothed and tokenised as sacrebleu does, not as there",
                    mend: "look whether the threshold still suits"))
        }
        done(assertion)
    }

    private mutating func carryLatency(_ assertion: PromptfooAssertion) {
        guard !assertion.isNegated, let limit = assertion.threshold, limit > 0 else {
            return leave(
                assertion, "has no threshold, or is turned around",
                mend: "latency is measured and shown in any case")
        }
        let number = Self.number(limit)
        gates.append(
            Gate(tag: "latency_\(Self.word(number))ms", rule: "latency.max <= \(number)ms", metric: "latency")
        )
        done(assertion)
    }

    private mutating func carryCount(_ assertion: PromptfooAssertion) {
        let exact = assertion.value?.intValue ?? assertion.value?.stringValue.flatMap { Int($0) }
        let least = exact ?? assertion.value?["min"]?.intValue ?? 0
        let most = exact ?? assertion.value?["max"]?.intValue
        guard assertion.value != nil, least >= 0, least <= 60_000,
            most.map({ $0 >= least && $0 <= 60_000 }) ?? true
        else {
            return leave(assertion, "names no number of words", mend: "give a number, or {min, max}")
        }
        let count = "{\(least),\(most.map(String.init) ?? "")}"
        require(["regex": .string("\\A\\s*(?:\\S+\\s*+)" + count + "\\z")], assertion)
        done(assertion, isElement: true)
    }

    // MARK: Words

    /// A text as a pattern that fits nothing else.
    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            if "\\^$.|?*+()[]{}".unicodeScalars.contains(character) { out += "\\" }
            out.unicodeScalars.append(character)
        }
        return out
    }

    /// JavaScript's `\uXXXX` as PCRE2 writes it; `$` is the very end there.
    static func pcre(_ pattern: String) -> String {
        var out = ""
        var rest = pattern[...]
        while let slash = rest.firstIndex(of: "\\") {
            out += rest[..<slash]
            rest = rest[slash...]
            let digits = rest.dropFirst(2).prefix(4)
            if rest.hasPrefix("\\u"), digits.count == 4, digits.allSatisfy(\.isHexDigit) {
                out += "\\x{" + digits + "}"
                rest = rest.dropFirst(6)
            } else {
                out += rest.prefix(2)
                rest = rest.dropFirst(2)
            }
        }
        return out + rest
    }

    /// `0.75`, `2000`.
    static func number(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func word(_ number: String) -> String {
        String(number.map { $0.isNumber ? $0 : "_" })
    }
}
