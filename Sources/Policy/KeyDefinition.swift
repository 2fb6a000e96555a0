/// One key of the policy file: the reader, the JSON Schema, the did-you-mean and the reference all come from
/// it.
public struct KeyDefinition: Sendable {
    /// Whether the part behind a key stands already. A key that is not built yet is known, checked and
    /// refused.
    public enum Availability: Sendable, Hashable { case available, notYet }

    public let name: String
    public let form: ValueForm
    public let isRequired: Bool
    /// What holds where the key is absent, as YAML; nil: nothing does, or the doc says it.
    public let defaultText: String?
    /// One sentence.
    public let summary: String
    /// A value as a policy writes it, on one line.
    public let example: String
    public let availability: Availability

    public init(
        _ name: String, _ form: ValueForm, isRequired: Bool = false, default defaultText: String? = nil,
        _ summary: String, example: String, availability: Availability = .available
    ) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.defaultText = defaultText
        self.summary = summary
        self.example = example
        self.availability = availability
    }
}

/// What a value of the policy file looks like.
public indirect enum ValueForm: Sendable {
    /// A text that is not empty; a number or a truth value must be quoted.
    case text(TextForm)
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    case flag
    /// One of a fixed set of words.
    case word([Word])
    /// A number with its unit, written as one text.
    case measure(MeasureForm)
    /// A list; with `orOne`, a single element may stand for itself.
    case list(ValueForm, orOne: Bool, atLeast: Int)
    /// A mapping with exactly these keys.
    case keys([KeyDefinition])
    /// A mapping from names to values of one form; from fixed words where `words` lists any.
    case names(words: [String], what: String, ValueForm)
    /// A mapping of any JSON.
    case template
    /// Any JSON at all.
    case anything
    /// An entry of `metrics`, an entry of `gates`: a text or a mapping in their own grammar.
    case metric
    case gate
    /// Exactly this whole number.
    case constant(Int64)
    /// The first alternative that fits what was written. Mappings are told apart by their first required key.
    case choice([ValueForm])

    public struct Word: Sendable {
        public let text: String
        public let summary: String

        public init(_ text: String, _ summary: String) {
            self.text = text
            self.summary = summary
        }
    }

    public enum TextForm: Sendable, Hashable {
        case plain(String)
        case url
        /// A JSON Pointer (RFC 6901).
        case pointer
        case path
        /// Three capital letters (ISO 4217).
        case currency
        case rule
        /// May name secrets as `${env:NAME}`.
        case secretive
    }
}
