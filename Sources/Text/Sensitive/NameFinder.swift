/// Finds listed names, as whole words, in a text.
///
/// A name of several words is found in any letter case, whatever stands between its words but letters and
/// digits (`Anna-Lena`, `ANNA LENA`). A name of one word is found where it begins with a capital, so that `Will` is a
/// name and `will` is none; in a text without any capital, and in scripts without case, it is found as it stands.
/// A possessive `'s` stays. Where a script sets no spaces, each of its letters is a word: a name is found amid others.
public struct NameFinder: Sendable {
    private struct Word {
        let folded: String
        let range: Range<Int>
        let isCapital: Bool
    }

    /// Names by the first of their words, longest first.
    private let names: [String: [[String]]]

    /// - Parameter names: Blank ones are passed over.
    public init(_ names: [String]) {
        var byFirst: [String: [[String]]] = [:]
        for name in names {
            let words = Self.words(of: name).map(\.folded)
            guard let first = words.first else { continue }
            byFirst[first, default: []].append(words)
        }
        self.names = byFirst.mapValues { $0.sorted { $0.count > $1.count } }
    }

    /// Where names stand, as UTF-8 offsets, without overlap; of names that begin alike the longest. Linear in the
    /// text.
    public func ranges(in text: String) -> [Range<Int>] {
        let words = Self.words(of: text)
        let hasCapitals = words.contains(where: \.isCapital)
        var out: [Range<Int>] = []
        var index = 0
        while index < words.count {
            guard let name = longest(at: index, words, hasCapitals) else {
                index += 1
                continue
            }
            out.append(words[index].range.lowerBound..<words[index + name - 1].range.upperBound)
            index += name
        }
        return out
    }

    private func longest(at index: Int, _ words: [Word], _ hasCapitals: Bool) -> Int? {
        for name in names[words[index].folded] ?? [] {
            guard index + name.count <= words.count else { continue }
            if name.count == 1, hasCapitals, !words[index].isCapital { continue }
            if (0..<name.count).allSatisfy({ words[index + $0].folded == name[$0] }) { return name.count }
        }
        return nil
    }

    /// Runs of letters, marks and digits; single letters of scripts without spaces.
    private static func words(of text: String) -> [Word] {
        var out: [Word] = []
        var current = String.UnicodeScalarView()
        var start = 0
        var offset = 0
        func end() {
            guard let first = current.first else { return }
            // Scripts without case are capital as they stand.
            let isCapital = !first.properties.isLowercase
            out.append(
                Word(folded: foldingCase(String(current)), range: start..<offset, isCapital: isCapital))
            current = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            if FoldedScalar.of(scalar.value).kind == .solo {
                end()
                start = offset
                current.append(scalar)
                offset += UTF8.width(scalar)
                end()
                continue
            } else if isWord(scalar) {
                if current.isEmpty { start = offset }
                current.append(scalar)
            } else {
                end()
            }
            offset += UTF8.width(scalar)
        }
        end()
        return out
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            true
        default: false
        }
    }
}
