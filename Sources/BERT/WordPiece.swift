@_spi(_Unicode) import Swift

/// BERT's tokenizer: text to the ids of word pieces.
///
/// Control characters go, white space parts words, Chinese characters stand alone, letters are made small and lose
/// their accents where the model says so, punctuation stands alone, and each word is cut greedily into the longest
/// pieces of the vocabulary. A word of more than 100 scalars, or with a part that no piece covers, is one unknown
/// token.
///
/// A text that spells `[SEP]` is text: it cannot forge a special token, as it can in the reference, which looks for
/// those spellings before anything else.
///
/// The reference is the `tokenizers` library's (BertNormalizer, BertPreTokenizer, WordPiece), whose categories of
/// characters are Unicode 8's; see ``BERTCharacters``. J. Devlin et al., arXiv 1810.04805; greedy longest match:
/// M. Schuster and K. Nakajima, ICASSP 2012.
public struct WordPiece: Sendable {
    public let vocabulary: Vocabulary
    public let configuration: TokenizerConfiguration
    public let unknownID: Int32
    public let classificationID: Int32
    public let separatorID: Int32

    /// Longest word in scalars that is cut into pieces.
    static let longestWord = 100

    /// - Throws: where a special token is not in the vocabulary.
    public init(vocabulary: Vocabulary, configuration: TokenizerConfiguration) throws(ModelProblem) {
        self.vocabulary = vocabulary
        self.configuration = configuration
        unknownID = try Self.special("unk_token", configuration.unknown, vocabulary)
        classificationID = try Self.special("cls_token", configuration.classification, vocabulary)
        separatorID = try Self.special("sep_token", configuration.separator, vocabulary)
    }

    private static func special(
        _ key: String, _ text: String, _ vocabulary: Vocabulary
    ) throws(ModelProblem) -> Int32 {
        if let id = vocabulary.id(text) { return id }
        throw ModelProblem(
            Vocabulary.file, "lacks '\(text)', which \(TokenizerConfiguration.file) names as \(key)",
            mend: "take both files from the same model")
    }

    /// The ids of a text's pieces, without special tokens.
    ///
    /// Linear in the length of the text.
    public func ids(_ text: String) -> [Int32] {
        var cutter = Cutter(self, capacity: text.utf8.count / 4 + 4)
        let bytes = text.utf8Span.span
        var isPlain = true
        for index in bytes.indices where bytes[index] >= 0x80 {
            isPlain = false
            break
        }
        if isPlain {
            for index in bytes.indices { cutter.take(ascii: bytes[index]) }
        } else {
            for scalar in normalised(text) { cutter.take(scalar) }
        }
        cutter.endWord()
        return cutter.ids
    }

    /// The text after the reference's normaliser, which works on the whole of it before words are told apart.
    func normalised(_ text: String) -> String.UnicodeScalarView {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if BERTCharacters.isDropped(scalar) { continue }
            if BERTCharacters.isSpace(scalar) {
                clean.append(" ")
            } else if configuration.spacesChinese, BERTCharacters.isChinese(scalar) {
                clean.append(" ")
                clean.append(scalar)
                clean.append(" ")
            } else {
                clean.append(scalar)
            }
        }
        if configuration.stripsAccents {
            clean = withoutAccents(clean)
        }
        guard configuration.lowerCases else { return clean }
        var small = String.UnicodeScalarView()
        for scalar in clean {
            if scalar.value < 0x80 {
                small.append(scalar.value &- 0x41 < 26 ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
            } else if scalar.properties.changesWhenLowercased {
                small.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            } else {
                small.append(scalar)
            }
        }
        return small
    }

    /// The text in normal form D without its nonspacing marks.
    private func withoutAccents(_ text: String.UnicodeScalarView) -> String.UnicodeScalarView {
        var bare = String.UnicodeScalarView()
        var known = String.UnicodeScalarView()
        func take(_ part: String.UnicodeScalarView) {
            for scalar in String(part)._nfd where !BERTCharacters.isNonspacingMark(scalar) {
                bare.append(scalar)
            }
        }
        for scalar in text {
            if BERTCharacters.isDecomposable(scalar) {
                known.append(scalar)
            } else {
                take(known)
                known = String.UnicodeScalarView()
                bare.append(scalar)
            }
        }
        take(known)
        return bare
    }

    /// Gathers words and cuts them.
    private struct Cutter {
        private let tokenizer: WordPiece
        private(set) var ids: [Int32] = []
        private var word: [UInt8] = []
        private var scalars = 0

        init(_ tokenizer: WordPiece, capacity: Int) {
            self.tokenizer = tokenizer
            ids.reserveCapacity(capacity)
        }

        /// Takes a byte of a text that was not normalised.
        mutating func take(ascii byte: UInt8) {
            switch byte {
            case 0x61...0x7A, 0x30...0x39: add(byte)
            case 0x41...0x5A: add(tokenizer.configuration.lowerCases ? byte + 32 : byte)
            case 0x20, 0x09, 0x0A, 0x0D: endWord()
            case 0..<0x20, 0x7F: break
            default: alone(byte)
            }
        }

        /// Takes a scalar of a normalised text.
        mutating func take(_ scalar: Unicode.Scalar) {
            if scalar.value < 0x80 {
                let byte = UInt8(scalar.value)
                switch byte {
                case 0x61...0x7A, 0x30...0x39, 0x41...0x5A: add(byte)
                case 0x20: endWord()
                default: alone(byte)
                }
            } else if BERTCharacters.isSpace(scalar) {
                endWord()
            } else if BERTCharacters.isPunctuation(scalar) {
                endWord()
                append(scalar)
                endWord()
            } else {
                append(scalar)
            }
        }

        private mutating func add(_ byte: UInt8) {
            scalars += 1
            // What is beyond the longest word makes it unknown, whatever it is.
            if scalars <= WordPiece.longestWord { word.append(byte) }
        }

        private mutating func append(_ scalar: Unicode.Scalar) {
            scalars += 1
            guard scalars <= WordPiece.longestWord else { return }
            for byte in scalar.utf8 { word.append(byte) }
        }

        private mutating func alone(_ byte: UInt8) {
            endWord()
            add(byte)
            endWord()
        }

        mutating func endWord() {
            if scalars == 0 { return }
            defer {
                scalars = 0
                word.removeAll(keepingCapacity: true)
            }
            guard scalars <= WordPiece.longestWord else {
                ids.append(tokenizer.unknownID)
                return
            }
            let first = ids.count
            var start = 0
            while start < word.count {
                guard let piece = tokenizer.vocabulary.longest(word.span, from: start) else {
                    ids.removeSubrange(first...)
                    ids.append(tokenizer.unknownID)
                    return
                }
                ids.append(piece.id)
                start = piece.end
            }
        }
    }
}
