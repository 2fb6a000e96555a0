import Digest
import Text

/// What stands in the place of a text that must not be kept: the same for the same person under the same key, of the
/// same shape, and nobody's.
///
/// | kind | becomes |
/// |---|---|
/// | mail | a mail address at the domain `people.invalid` (RFC 2606) |
/// | phone | as many digits, grouped alike: country code 999, which is nobody's (ITU-T E.164 lists it as spare); in North America's form an area code with a middle 9, reserved there for expansion, and the exchange 555 |
/// | card | as many digits with a right check digit, the brand's first digit and five zeros at the front, as test numbers have |
/// | account | as long, right by modulo 97, of the country `XX`, which ISO 3166 leaves to users |
/// | address | 240.0.0.0/4, reserved; 2001:db8::/32, for documentation |
/// | name | a readable word for each word, the same for the same word; what stands between them stays |
/// | key, custom | `[key-f3k9…]`: a mark |
///
/// Without the key nobody can go back, or try out whether a known person is among them; under another key everyone is
/// another. Two texts may share a pseudonym where few digits leave room for few.
public struct Pseudonyms: Sendable {
    private let digest: KeyedDigest

    /// Least bytes of a key that cannot be tried out.
    public static let leastKeyBytes = 16

    /// - Parameter key: Kept secret, and kept: it is what makes pseudonyms stable.
    public init(key: [UInt8]) { digest = KeyedDigest(key: key) }

    /// The pseudonym of a text that was found.
    public func pseudonym(_ kind: SensitiveKind, of text: String) -> String {
        switch kind {
        case .mail: mail(text)
        case .phone: phone(text)
        case .card: card(text)
        case .account: account(text)
        case .address: address(text)
        case .name: name(text)
        case .key, .custom: "[\(kind.word)-\(stream(kind, text).word)]"
        }
    }

    /// A mark by which one text can be told from another, under this key only: 16 hexadecimal digits.
    public func mark(_ what: String, of text: String) -> String {
        let bytes = digest.digest(of: Array(what.utf8) + [0] + Array(text.utf8))
        return String(ContentDigestWords.hex(bytes).prefix(16))
    }

    /// The text that all spellings of one address or number share: what the pseudonym is made of.
    public static func canonical(_ kind: SensitiveKind, _ text: String) -> String {
        switch kind {
        case .mail: plainMail(text)
        case .phone:
            phoneDigits(text.replacing("(0)", with: "")).hasPrefix("00")
                ? "+" + phoneDigits(text.replacing("(0)", with: "")).dropFirst(2)
                : (text.utf8.first == plus ? "+" : "") + phoneDigits(text.replacing("(0)", with: ""))
        case .card: phoneDigits(text)
        case .account: String(text.uppercased().unicodeScalars.filter { isAlphanumeric($0) })
        case .address: text.lowercased()
        case .name: words(text).map { foldingCase($0.text) }.joined(separator: " ")
        case .key, .custom: text
        }
    }

    /// Whether a text that was found is a pseudonym already, or such as nobody can have.
    public static func isPseudonym(_ kind: SensitiveKind, _ text: String) -> Bool {
        switch kind {
        case .mail: return plainMail(text).hasSuffix(".invalid")
        case .phone:
            let digits = phoneDigits(text)
            if text.utf8.first == plus { return digits.hasPrefix("999") }
            if digits.hasPrefix("00999") { return true }
            let national = digits.utf8.count == 11 && digits.hasPrefix("1") ? digits.dropFirst() : digits[...]
            let bytes = Array(national.utf8)
            guard bytes.count == 10, bytes[0] > zero + 1, bytes[1] == zero + 9 else { return false }
            return bytes[3...5].elementsEqual("555".utf8)
        case .card: return phoneDigits(text).dropFirst().hasPrefix("00000")
        case .account: return text.uppercased().hasPrefix("XX")
        case .address:
            if text.contains(":") { return text.lowercased().hasPrefix("2001:db8:") }
            return text.split(separator: ".").first.flatMap { Int($0) } ?? 0 >= 240
        case .name:
            let words = words(text)
            return !words.isEmpty && words.allSatisfy { InventedName.isOne($0.text.lowercased()) }
        case .key, .custom: return text.hasPrefix("[\(kind.word)-") && text.hasSuffix("]")
        }
    }

    // MARK: By kind

    private func stream(_ kind: SensitiveKind, _ text: String) -> PseudonymStream {
        PseudonymStream(digest, kind: kind.word, text: Self.canonical(kind, text))
    }

    private func mail(_ text: String) -> String {
        // Within an address bar the sign is spelt so, and has to be.
        let at = text.contains("%40") ? "%40" : "@"
        return stream(.mail, text).word + at + "people.invalid"
    }

    private func phone(_ text: String) -> String {
        var stream = stream(.phone, text)
        let digits = Self.phoneDigits(text)
        let count = digits.utf8.count
        var new: [UInt8]
        if text.utf8.first == Self.plus {
            new = [9, 9, 9] + stream.digits(count - 3)
        } else if Self.isNorthAmerican(digits) {
            new = count == 11 ? [1] : []
            new += [UInt8(2 + stream.below(8)), 9] + stream.digits(1) + [5, 5, 5] + stream.digits(4)
        } else {
            new = [0, 0, 9, 9, 9] + stream.digits(count - 5)
        }
        return Self.filled(text, with: new)
    }

    private static func isNorthAmerican(_ digits: String) -> Bool {
        let bytes = Array(digits.utf8)
        if bytes.count == 11 { return bytes[0] == zero + 1 && bytes[1] > zero + 1 }
        return bytes.count == 10 && bytes[0] > zero + 1
    }

    private func card(_ text: String) -> String {
        var stream = stream(.card, text)
        let digits = Self.phoneDigits(text)
        let brand = (digits.utf8.first ?? Self.zero) - Self.zero
        var new: [UInt8] = [brand, 0, 0, 0, 0, 0] + stream.digits(digits.utf8.count - 7)
        var sum = 0
        for (place, digit) in new.reversed().enumerated() {
            let value = place % 2 == 0 ? Int(digit) * 2 : Int(digit)
            sum += value > 9 ? value - 9 : value
        }
        new.append(UInt8((10 - sum % 10) % 10))
        return Self.filled(text, with: new)
    }

    private func account(_ text: String) -> String {
        var stream = stream(.account, text)
        let signs = Array(Self.canonical(.account, text).utf8)
        var body: [UInt8] = []
        for sign in signs.dropFirst(4) {
            let isDigit = sign &- Self.zero < 10
            body.append(
                isDigit ? Self.zero + UInt8(stream.below(10)) : UInt8(ascii: "A") + UInt8(stream.below(26)))
        }
        // ISO 7064: what is left of body, country and 00, from 98.
        var rest = 0
        for sign in body + Array("XX00".utf8) {
            let value = sign < UInt8(ascii: "A") ? Int(sign - Self.zero) : Int(sign) - 55
            rest = (rest * (value > 9 ? 100 : 10) + value) % 97
        }
        let check = 98 - rest
        let new = Array("XX".utf8) + [Self.zero + UInt8(check / 10), Self.zero + UInt8(check % 10)] + body
        var out = String.UnicodeScalarView()
        var next = 0
        for scalar in text.unicodeScalars {
            guard Self.isAlphanumeric(scalar), next < new.count else {
                out.append(scalar)
                continue
            }
            out.append(Unicode.Scalar(new[next]))
            next += 1
        }
        let filled = String(out)
        return text == text.lowercased() ? filled.lowercased() : filled
    }

    private func address(_ text: String) -> String {
        var stream = stream(.address, text)
        if text.contains(":") {
            var groups = ["2001", "db8"]
            for _ in 0..<6 { groups.append(String(stream.below(65_535) + 1, radix: 16)) }
            return groups.joined(separator: ":")
        }
        // The last one of the range is everybody's.
        return "\(240 + stream.below(15)).\(stream.below(256)).\(stream.below(256)).\(stream.below(256))"
    }

    private func name(_ text: String) -> String {
        var out = ""
        for piece in Self.pieces(text) {
            guard piece.isWord else {
                out += piece.text
                continue
            }
            var stream = PseudonymStream(
                digest, kind: SensitiveKind.name.word, text: foldingCase(piece.text))
            let word = InventedName.word(&stream)
            let isLower = piece.text.unicodeScalars.first?.properties.isLowercase ?? false
            let isUpper = piece.text.count > 1 && piece.text == piece.text.uppercased()
            if isLower {
                out += word
            } else if isUpper, piece.text != piece.text.lowercased() {
                out += word.uppercased()
            } else {
                out += word.prefix(1).uppercased() + word.dropFirst()
            }
        }
        return out
    }

    // MARK: Parts

    private static let zero = UInt8(ascii: "0")
    private static let plus = UInt8(ascii: "+")

    static func phoneDigits(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value &- 48 < 10 })
    }

    /// The text with its digits, one after the other, replaced.
    private static func filled(_ text: String, with digits: [UInt8]) -> String {
        var out = String.UnicodeScalarView()
        var next = 0
        for scalar in text.unicodeScalars {
            if scalar.value &- 48 < 10, next < digits.count {
                out.append(Unicode.Scalar(zero + digits[next]))
                next += 1
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// `kim [at] example (dot) org` and `kim%40example.org` as `kim@example.org`.
    private static func plainMail(_ text: String) -> String {
        var plain = text.lowercased().replacing("%40", with: "@")
        plain = String(plain.unicodeScalars.filter { !"[](){}<> ".unicodeScalars.contains($0) })
        guard text.contains(where: { "[({<".contains($0) }) else { return plain }
        // What stood in brackets stands bare now; the pieces are cut where the brackets were.
        var pieces = ""
        var rest = text.lowercased()[...]
        while let open = rest.firstIndex(where: { "[({<".contains($0) }) {
            pieces += rest[..<open].filter { $0 != " " }
            let inner = rest[rest.index(after: open)...].prefix { !"])}>".contains($0) }.filter { $0 != " " }
            pieces += inner == "at" || inner == "@" ? "@" : "."
            rest = rest[open...].drop { !"])}>".contains($0) }.dropFirst()
        }
        pieces += rest.filter { $0 != " " }
        return pieces
    }

    private struct Piece {
        var text: String
        let isWord: Bool
    }

    private static func words(_ text: String) -> [Piece] { pieces(text).filter(\.isWord) }

    /// Words and what stands between them.
    private static func pieces(_ text: String) -> [Piece] {
        var out: [Piece] = []
        for scalar in text.unicodeScalars {
            let isWord =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || scalar.properties.generalCategory == .nonspacingMark
            if let last = out.indices.last, out[last].isWord == isWord {
                out[last].text.unicodeScalars.append(scalar)
            } else {
                out.append(Piece(text: String(scalar), isWord: isWord))
            }
        }
        return out
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value &- 48 < 10 || (scalar.value | 32) &- 97 < 26
    }
}

extension PseudonymStream {
    /// The word of a mark.
    fileprivate var word: String {
        var copy = self
        return copy.word(10)
    }
}

/// Hexadecimal digits of a keyed digest.
enum ContentDigestWords {
    static func hex(_ bytes: [UInt8]) -> String {
        var out = ""
        for byte in bytes {
            let text = String(byte, radix: 16)
            out += text.utf8.count == 1 ? "0" + text : text
        }
        return out
    }
}
