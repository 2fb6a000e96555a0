import Domain
import Text

/// Citations in a text: `[1]`, `[2, 3]`, `[1–3]`, `[^1]`, `[doc-7]`, `[source 2]`, `【4†source】`.
///
/// A bracket is a citation where it holds numbers, alone or behind a word for a source, or where it holds an id: no white
/// space, and a digit or one of `-_:/#.` in it, or the id of a document that was retrieved. `[sic]`, `[text](address)`
/// and `[ ]` are none.
struct Citations {
    /// A sentence without its citations, and what these name.
    struct Sentence: Sendable, Hashable {
        let text: String
        /// As the text has them, apart: `[2, 3]` are two.
        let marks: [String]
    }

    /// - Parameter ids: Ids of documents, in small letters, which count as citations in whatever form.
    static func sentences(of text: String, ids: Set<String> = []) -> [Sentence] {
        Text.sentences(text).map { read($0, ids) }
    }

    private static func read(_ sentence: String, _ ids: Set<String>) -> Sentence {
        let scalars = Array(sentence.unicodeScalars)
        var rest = String.UnicodeScalarView()
        var marks: [String] = []
        var index = 0
        while index < scalars.count {
            if let close = closer(of: scalars[index]),
                let end = scalars[index...].prefix(66).firstIndex(where: { $0.value == close }),
                !(end + 1 < scalars.count && scalars[end + 1] == "("),
                let found = cited(scalars[(index + 1)..<end], ids)
            {
                marks += found
                index = end + 1
            } else {
                rest.append(scalars[index])
                index += 1
            }
        }
        return Sentence(text: String(rest), marks: marks)
    }

    private static func closer(of scalar: Unicode.Scalar) -> UInt32? {
        switch scalar.value {
        case 0x5B: 0x5D
        case 0x3010: 0x3011
        default: nil
        }
    }

    /// What a bracket cites; nil where it is none of a citation.
    private static func cited(_ inner: ArraySlice<Unicode.Scalar>, _ ids: Set<String>) -> [String]? {
        // What stands behind the dagger of some assistants says the same in other words.
        let inner = inner.prefix { $0.value != 0x2020 }
        var marks: [String] = []
        for part in inner.split(whereSeparator: { $0 == "," || $0 == ";" || $0.value == 0x3001 }) {
            guard let found = one(text(part), ids) else { return nil }
            marks += found
        }
        return marks.isEmpty ? nil : marks
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var first = scalars.startIndex
        var last = scalars.endIndex
        while first < last, scalars[first].properties.isWhitespace { first += 1 }
        while last > first, scalars[last - 1].properties.isWhitespace { last -= 1 }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[first..<last])
        return String(text)
    }

    private static let words: Set<String> = [
        "doc", "document", "source", "passage", "chunk", "ref", "reference", "context", "quelle", "fuente",
    ]

    private static func one(_ part: String, _ ids: Set<String>) -> [String]? {
        let small = part.lowercased()
        if ids.contains(small) { return [part] }
        var number = Substring(small)
        if number.first == "^" || number.first == "#" { number.removeFirst() }
        let pieces = number.split(whereSeparator: { $0 == " " || $0 == ":" })
        if pieces.count == 2, words.contains(String(pieces[0])) { number = pieces[1] }
        let ends = number.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "–" || $0 == "—" }
        let numbers = ends.compactMap { Int($0) }
        if numbers.count == ends.count, numbers.allSatisfy({ $0 >= 0 }) {
            if numbers.count == 1 { return [String(numbers[0])] }
            if numbers.count == 2, numbers[0] <= numbers[1], numbers[1] - numbers[0] < 64 {
                return (numbers[0]...numbers[1]).map(String.init)
            }
        }
        let isID = part.unicodeScalars.contains { "0123456789-_:/#.".unicodeScalars.contains($0) }
        let isWhole = !part.unicodeScalars.contains { $0.properties.isWhitespace }
        let hasLetter = part.unicodeScalars.contains { $0.properties.isAlphabetic }
        return isID && isWhole && hasLetter ? [part] : nil
    }

    /// The place of the document that a mark names: by its id or source, letter case aside, or by its number from 1.
    static func place(of mark: String, in documents: [RetrievedDocument]) -> Int? {
        let small = mark.lowercased()
        if let place = documents.firstIndex(where: { $0.id.lowercased() == small }) { return place }
        if let number = Int(mark) { return documents.indices.contains(number - 1) ? number - 1 : nil }
        return documents.firstIndex { $0.source?.lowercased() == small }
    }
}
