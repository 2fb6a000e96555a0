import Notation
import Text

/// Walks over JSON text and takes out what may not be kept, leaving all else as it was written.
///
/// The text may be cut anywhere, and hold several values. What is no JSON is read as plain text, unless places are to
/// be redacted, which cannot be found then.
struct JSONRedaction {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let redactor: Redactor
    private let pointers: [[String]]
    /// How deep this text lies in strings of others.
    private let level: Int
    private var at = 0
    /// Bytes before this one are in `out`.
    private var copied = 0
    private var out: [UInt8] = []
    private var depth = 0

    private static let deepest = 512
    /// A call of a tool bears its arguments as JSON in a string, and they may bear another's.
    private static let deepestLevel = 3

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ redactor: Redactor, level: Int = 0) {
        self.bytes = bytes
        self.redactor = redactor
        self.level = level
        // Places are those of the whole.
        pointers = level == 0 ? redactor.pointers : []
        out.reserveCapacity(bytes.count)
    }

    mutating func run() throws(Redactor.Unredactable) -> [UInt8] {
        let all = Array(pointers.indices)
        while true {
            skipSpace()
            guard at < bytes.count else { break }
            guard try value(all, nil) else {
                try leave()
                break
            }
        }
        out += bytes[min(copied, bytes.count)...]
        return out
    }

    /// The rest is no JSON.
    private mutating func leave() throws(Redactor.Unredactable) {
        guard pointers.isEmpty else { throw Redactor.Unredactable() }
        out += bytes[copied..<at]
        copied = at
        if let clean = try redactor.found(in: UnsafeBufferPointer(rebasing: bytes[at...])) {
            out += clean
            copied = bytes.count
        }
    }

    /// Steps over the value that begins here.
    ///
    /// - Parameters:
    ///   - active: The pointers that lead here so far; each as deep as the walk is.
    ///   - secret: What the member's name promises.
    /// - Returns: False where what stands here is no JSON.
    private mutating func value(
        _ active: [Int], _ secret: SecretNames.Secret?
    ) throws(Redactor.Unredactable) -> Bool {
        if active.contains(where: { pointers[$0].count == depth }) { return replaceValue() }
        switch bytes[at] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.deepest else { throw Redactor.Unredactable() }
            depth += 1
            defer { depth -= 1 }
            return try bytes[at] == UInt8(ascii: "{") ? members(active) : elements(active, secret)
        case UInt8(ascii: "\""):
            let start = at
            let hasEscape = skipString()
            try string(start, hasEscape, secret)
            return true
        default:
            return scalar(secret)
        }
    }

    private mutating func members(_ active: [Int]) throws(Redactor.Unredactable) -> Bool {
        at += 1
        while true {
            skipSpace()
            guard at < bytes.count else { return true }
            if bytes[at] == UInt8(ascii: "}") {
                at += 1
                return true
            }
            if bytes[at] == UInt8(ascii: ",") {
                at += 1
                continue
            }
            guard bytes[at] == UInt8(ascii: "\"") else { return false }
            let start = at
            let hasEscape = skipString()
            let name = UnsafeBufferPointer(rebasing: bytes[(start + 1)..<max(start + 1, at - 1)])
            if !Self.isPlainName(name) { try string(start, hasEscape, nil) }
            skipSpace()
            guard at < bytes.count else { return true }
            guard bytes[at] == UInt8(ascii: ":") else { return false }
            at += 1
            skipSpace()
            guard at < bytes.count else { return true }
            let within = active.isEmpty ? [] : active.filter { matches($0, name, hasEscape) }
            let secret =
                hasEscape
                ? Self.decoded(name).flatMap { SecretNames.secret($0.utf8) } : SecretNames.secret(name)
            guard try value(within, secret) else { return false }
        }
    }

    private mutating func elements(
        _ active: [Int], _ secret: SecretNames.Secret?
    ) throws(Redactor.Unredactable) -> Bool {
        at += 1
        var index = 0
        while true {
            skipSpace()
            guard at < bytes.count else { return true }
            if bytes[at] == UInt8(ascii: "]") {
                at += 1
                return true
            }
            if bytes[at] == UInt8(ascii: ",") {
                at += 1
                index += 1
                continue
            }
            let within =
                active.isEmpty
                ? []
                : active.filter {
                    let token = pointers[$0][depth - 1]
                    return token == "*" || token == String(index)
                }
            guard try value(within, secret) else { return false }
        }
    }

    private func matches(_ pointer: Int, _ name: UnsafeBufferPointer<UInt8>, _ hasEscape: Bool) -> Bool {
        let token = pointers[pointer][depth - 1]
        if token == "*" { return true }
        if !hasEscape { return token.utf8.elementsEqual(name) }
        return Self.decoded(name).map { $0.utf8.elementsEqual(token.utf8) } ?? true
    }

    /// Names that are words of a program hold nothing.
    private static func isPlainName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count <= 40
            && name.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E }
    }

    /// Steps over a string that begins here, or over the rest where it is cut.
    ///
    /// - Returns: Whether it holds escapes.
    private mutating func skipString() -> Bool {
        var hasEscape = false
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                hasEscape = true
                at += 1
            }
            at += 1
        }
        at = min(at + 1, bytes.count)
        return hasEscape
    }

    /// Looks at the string that ends here, and writes it anew where something is found in it.
    private mutating func string(
        _ start: Int, _ hasEscape: Bool, _ secret: SecretNames.Secret?
    ) throws(Redactor.Unredactable) {
        let isClosed = at - start >= 2 && bytes[at - 1] == UInt8(ascii: "\"")
        let content = UnsafeBufferPointer(rebasing: bytes[(start + 1)..<(isClosed ? at - 1 : at)])
        if let secret, secret.hides(valueLength: content.count, hasSpace: content.contains(0x20)) {
            return replace(start, with: "<redacted>", isClosed)
        }
        let clean: [UInt8]?
        if hasEscape {
            guard let text = Self.decoded(content) else { throw Redactor.Unredactable() }
            clean = try inner(Array(text.utf8))
        } else {
            clean = try redactor.found(in: content)
        }
        if let clean { replace(start, with: String(decoding: clean, as: UTF8.self), isClosed) }
    }

    /// The text of a string, which may be JSON itself: without what is found in it; nil where nothing is. JSON that has
    /// names has quotes, which are escaped in a string.
    private func inner(_ text: [UInt8]) throws(Redactor.Unredactable) -> [UInt8]? {
        guard level < Self.deepestLevel, Redactor.looksLikeJSON(text) else {
            return try redactor.found(in: text)
        }
        let walked = try text.withUnsafeBufferPointer { (buffer) throws(Redactor.Unredactable) in
            var walk = JSONRedaction(buffer, redactor, level: level + 1)
            return try walk.run()
        }
        return try redactor.found(in: walked) ?? (walked == text ? nil : walked)
    }

    /// Steps over a number or a word; the number behind a secret's name is one.
    private mutating func scalar(_ secret: SecretNames.Secret?) -> Bool {
        let start = at
        guard skipScalar() else { return false }
        let isNumber = at > start && (bytes[start] == UInt8(ascii: "-") || bytes[start] &- 0x30 < 10)
        if let secret, isNumber, secret.hides(valueLength: at - start, hasSpace: false) {
            replace(start, with: "<redacted>", true)
        }
        return true
    }

    private mutating func replace(_ start: Int, with text: String, _ isClosed: Bool) {
        var writer = JSONWriter()
        writer.string(text)
        out += bytes[copied..<start]
        out += isClosed ? writer.bytes[...] : writer.bytes.dropLast()
        copied = at
    }

    /// The text of a string's content; of one that is cut within an escape, what stands before it.
    private static func decoded(_ content: UnsafeBufferPointer<UInt8>) -> String? {
        var quoted = [UInt8(ascii: "\"")] + content
        for _ in 0..<12 {
            quoted.append(UInt8(ascii: "\""))
            if let value = try? JSONValue.parse(quoted) { return value.stringValue }
            guard quoted.count > 2 else { return nil }
            quoted.removeLast(2)
        }
        // Half a pair of surrogates, or no JSON: what is there is looked at as it stands.
        return String(decoding: content, as: UTF8.self)
    }

    /// Replaces the whole value that begins here.
    private mutating func replaceValue() -> Bool {
        let start = at
        let isWhole = skipValue()
        out += bytes[copied..<start]
        out += Array("\"<redacted>\"".utf8)
        copied = at
        return isWhole
    }

    /// Steps over a value, whatever it holds, or over the rest where it is cut.
    private mutating func skipValue() -> Bool {
        var nesting = 0
        repeat {
            skipSpace()
            guard at < bytes.count else { return true }
            switch bytes[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                nesting += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                nesting -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                at += 1
            case UInt8(ascii: "\""): _ = skipString()
            default: if !skipScalar() { return false }
            }
        } while nesting > 0
        return true
    }

    /// Steps over a number or a word of JSON, or over the rest where it is cut.
    private mutating func skipScalar() -> Bool {
        let start = at
        while at < bytes.count, Self.isOfScalar(bytes[at]) { at += 1 }
        let word = bytes[start..<at]
        guard let first = word.first else { return false }
        if first == UInt8(ascii: "-") || first &- 0x30 < 10 { return true }
        let isCut = at == bytes.count
        for known in ["true", "false", "null"] as [StaticString] {
            let letters = UnsafeBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount)
            if word.elementsEqual(letters) || (isCut && letters.starts(with: word)) { return true }
        }
        // No word of JSON: what stands here is read as text.
        at = start
        return false
    }

    private static func isOfScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x45, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] <= 0x20 || bytes[at] == 0x1E { at += 1 }
    }
}
