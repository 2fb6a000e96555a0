import Notation

/// How a model's text is cut, from its `tokenizer_config.json` and `sentence_bert_config.json`.
public struct TokenizerConfiguration: Sendable, Hashable {
    public let lowerCases: Bool
    /// Whether accents are taken off: as the file says, else where letters are made small.
    public let stripsAccents: Bool
    public let spacesChinese: Bool
    public let unknown: String
    public let classification: String
    public let separator: String
    /// The longest input in tokens, `[CLS]` and `[SEP]` included, where a file says it.
    public let longest: Int?

    static let file = "tokenizer_config.json"

    public init(
        lowerCases: Bool = true, stripsAccents: Bool? = nil, spacesChinese: Bool = true,
        unknown: String = "[UNK]",
        classification: String = "[CLS]", separator: String = "[SEP]", longest: Int? = nil
    ) {
        self.lowerCases = lowerCases
        self.stripsAccents = stripsAccents ?? lowerCases
        self.spacesChinese = spacesChinese
        self.unknown = unknown
        self.classification = classification
        self.separator = separator
        self.longest = longest
    }

    /// - Parameters:
    ///   - json: `tokenizer_config.json`.
    ///   - sentences: `sentence_bert_config.json`, whose `max_seq_length` goes first; nil where there is none.
    /// - Throws: where the tokenizer is none of BERT's.
    public init(json: [UInt8], sentences: [UInt8]? = nil) throws(ModelProblem) {
        let config = try ModelJSON(json, file: Self.file)
        if let kind = try config.text("tokenizer_class"),
            !["BertTokenizer", "BertTokenizerFast"].contains(kind)
        {
            throw config.problem(
                "tokenizer_class", "the tokenizer '\(kind)' is not supported",
                mend: "use a model with a BertTokenizer")
        }
        if try config.flag("do_basic_tokenize") == false {
            throw config.problem(
                "do_basic_tokenize", "texts that are cut into words elsewhere are not supported",
                mend: "use a model whose tokenizer cuts words itself")
        }
        lowerCases = try config.flag("do_lower_case") ?? true
        stripsAccents = try config.flag("strip_accents") ?? lowerCases
        spacesChinese = try config.flag("tokenize_chinese_chars") ?? true
        unknown = try Self.token("unk_token", config) ?? "[UNK]"
        classification = try Self.token("cls_token", config) ?? "[CLS]"
        separator = try Self.token("sep_token", config) ?? "[SEP]"

        var longest: Int?
        if let sentences {
            let settings = try ModelJSON(sentences, file: "sentence_bert_config.json")
            longest = try settings.integer("max_seq_length", 3...1_000_000)
        }
        // "As long as you like" is written as a very large number.
        if longest == nil, let number = config.value("model_max_length")?.doubleValue, number >= 3,
            number < 1e6
        {
            longest = Int(number)
        }
        self.longest = longest
    }

    /// A special token is a text, or an object with its text in `content`.
    private static func token(_ key: String, _ config: ModelJSON) throws(ModelProblem) -> String? {
        guard let value = config.value(key) else { return nil }
        if let text = value.stringValue ?? value["content"]?.stringValue { return text }
        throw config.problem(key, "is no token", mend: "copy the model's folder anew")
    }
}
