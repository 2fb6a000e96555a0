/// What each form is in words, and which alternative a mapping means.
extension ValueForm {
    /// As in "takes a duration such as 30s".
    var words: String {
        switch self {
        case .text(.plain(let what)): what.contains(" ") ? "a text (\(what))" : "a text"
        case .text(.url): "an address that begins with http:// or https://"
        case .text(.pointer): "a JSON Pointer such as /answer"
        case .text(.path): "a path"
        case .text(.currency): "a currency's three letters, such as USD"
        case .text(.rule): "a rule such as \"latency.p95 <= 3500ms\""
        case .text(.secretive): "a text"
        case .integer(let range):
            range.upperBound == Int64.max
                ? "a whole number from \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            range.upperBound == .greatestFiniteMagnitude
                ? "a number" : "a number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .word(let words): Self.either(words.map(\.text))
        case .measure(let kind): kind.words
        case .list(_, orOne: true, _): "a text or a list"
        case .list: "a list"
        case .keys, .names, .template: "a mapping"
        case .anything: "any value"
        case .metric: "a metric's name, or a mapping from it to its parameter"
        case .gate: "a rule, or a mapping with 'rule'"
        case .constant(let value): "the number \(value)"
        case .choice(let forms): Self.either(Self.unrepeated(forms.map(\.words)))
        }
    }

    static func either(_ words: [String]) -> String {
        let words = words.flatMap { $0 == "true or false" && words.count > 1 ? ["true", "false"] : [$0] }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    private static func unrepeated(_ words: [String]) -> [String] {
        var out: [String] = []
        for word in words where !out.contains(word) { out.append(word) }
        return out
    }

    var isMapping: Bool {
        switch self {
        case .keys, .names, .template: true
        default: false
        }
    }

    var isList: Bool {
        if case .list = self { return true }
        return false
    }

    /// The key that tells a mapping from the other alternatives: its first required one.
    var lead: String? {
        guard case .keys(let keys) = self else { return nil }
        return keys.first(where: \.isRequired)?.name
    }

    /// The alternative whose lead is among the keys that were written.
    static func chosen(of forms: [ValueForm], by keys: [String]) -> ValueForm? {
        forms.first { form in form.lead.map(keys.contains) ?? false }
    }
}
