import Notation
import Text

/// Few-shot prompts, made to tell whether a golden case is among their examples.
public struct PromptIndex: Sendable {
    /// A piece of a prompt: a line, a paragraph, or a text of a JSON file.
    private struct Piece: Sendable {
        let prompt: Int32
        let size: Int32
    }

    /// Where a golden case was found.
    public enum Match: Sendable, Hashable {
        case contained(prompt: String)
        case similar(prompt: String, similarity: Double)
    }

    private var names: [String] = []
    private var tokens: [[UInt64]] = []
    /// Hashes of all runs of four tokens: what is not among them is contained in no prompt.
    private var runs: Set<UInt64> = []
    /// First positions of each token pair, by prompt.
    private var starts: [UInt64: [(prompt: Int32, position: Int32)]] = [:]
    private var pieces: [Piece] = []
    private var bearers: [UInt64: [Int32]] = [:]
    private let threshold: Double
    private static let run = 4
    /// Occurrences of a pair of tokens that are looked at.
    private static let mostStarts = 4096

    /// - Parameter threshold: Least similarity that counts as nearly the same.
    public init(threshold: Double) { self.threshold = threshold }

    public var isEmpty: Bool { names.isEmpty }

    /// Adds a prompt; a JSON text, or JSON Lines, gives its strings, anything else its lines and paragraphs.
    public mutating func add(name: String, text: String) {
        let prompt = Int32(names.count)
        names.append(name)
        let strings = PromptIndex.strings(of: text)
        let whole = strings.map { $0.joined(separator: "\n") } ?? text
        let keys = phraseKeys(whole)
        tokens.append(keys)
        for key in ngramKeys(keys, order: PromptIndex.run) { runs.insert(key) }
        for (position, key) in ngramKeys(keys, order: 2).enumerated()
        where starts[key]?.count ?? 0 < PromptIndex.mostStarts {
            starts[key, default: []].append((prompt, Int32(position)))
        }
        for piece in strings ?? [] { addPiece(piece, prompt) }
        var paragraph = ""
        var lines = 0
        for line in whole.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.utf8.allSatisfy({ $0 <= 0x20 }) {
                if lines > 1 { addPiece(paragraph, prompt) }
                (paragraph, lines) = ("", 0)
                continue
            }
            addPiece(String(line), prompt)
            if let unlabelled = PromptIndex.withoutLabel(line) { addPiece(unlabelled, prompt) }
            paragraph += line + "\n"
            lines += 1
        }
        if lines > 1 { addPiece(paragraph, prompt) }
    }

    private mutating func addPiece(_ text: String, _ prompt: Int32) {
        let shingles = Shingles(text)
        guard !shingles.isEmpty else { return }
        let piece = Int32(pieces.count)
        pieces.append(Piece(prompt: prompt, size: Int32(shingles.keys.count)))
        for key in shingles.keys { bearers[key, default: []].append(piece) }
    }

    /// `Q: How long …` → `How long …`.
    private static func withoutLabel(_ line: Substring) -> String? {
        guard let colon = line.utf8.prefix(24).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return String(line[line.utf8.index(after: colon)...])
    }

    /// The texts of a JSON document or of JSON Lines; nil where it is none.
    private static func strings(of text: String) -> [String]? {
        guard let first = text.utf8.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        var found: [String] = []
        func take(_ value: JSONValue) {
            switch value {
            case .string(let text): found.append(text)
            case .array(let parts): for part in parts { take(part) }
            case .object(let object): for member in object.members { take(member.value) }
            case .null, .bool, .integer, .number: break
            }
        }
        if let value = try? JSONValue.parse(Array(text.utf8)) {
            take(value)
            return found
        }
        for line in text.split(whereSeparator: \.isNewline) where line.utf8.contains(where: { $0 > 0x20 }) {
            guard let value = try? JSONValue.parse(Array(line.utf8)) else { return nil }
            take(value)
        }
        return found
    }

    /// Whether a text stands in a prompt, word for word or nearly so.
    ///
    /// - Parameters:
    ///   - least: Tokens that a text must have to be looked for inside a prompt: shorter ones stand in many by
    ///     chance.
    ///   - nearly: Whether near-duplicates count.
    public func match(_ text: String, least: Int, nearly: Bool) -> Match? {
        let keys = phraseKeys(text)
        if keys.count >= max(least, PromptIndex.run), let prompt = container(of: keys) {
            return .contained(prompt: names[prompt])
        }
        guard nearly, !keys.isEmpty else { return nil }
        let shingles = Shingles(tokens: keys)
        var shared: [Int32: Int32] = [:]
        for key in shingles.keys {
            for piece in bearers[key] ?? [] { shared[piece, default: 0] += 1 }
        }
        var best: (piece: Int32, similarity: Double)?
        for (piece, count) in shared {
            let union = shingles.keys.count + Int(pieces[Int(piece)].size) - Int(count)
            let similarity = Double(count) / Double(union)
            guard similarity >= threshold else { continue }
            if let best, best.similarity > similarity || (best.similarity == similarity && best.piece < piece)
            {
                continue
            }
            best = (piece, similarity)
        }
        return best.map { piece, similarity in
            .similar(prompt: names[Int(pieces[Int(piece)].prompt)], similarity: similarity)
        }
    }

    /// The prompt in which the tokens stand in a row.
    private func container(of keys: [UInt64]) -> Int? {
        for key in ngramKeys(keys, order: PromptIndex.run) where !runs.contains(key) { return nil }
        guard let pair = ngramKeys(Array(keys.prefix(2)), order: 2).first else { return nil }
        for (prompt, position) in starts[pair] ?? [] {
            let all = tokens[Int(prompt)]
            let start = Int(position)
            guard start + keys.count <= all.count else { continue }
            if all[start..<(start + keys.count)].elementsEqual(keys) { return Int(prompt) }
        }
        return nil
    }
}
