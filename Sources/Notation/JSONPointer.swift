/// A place within a JSON value (RFC 6901), such as `/routing/intent` or `/retrieval/0/id`.
public struct JSONPointer: Sendable {
    /// The unescaped names and indices on the way, from the root; none for the whole value.
    public let tokens: [String]

    /// The whole value.
    public static let root = JSONPointer(tokens: [])

    public init(tokens: [String]) { self.tokens = tokens }

    /// Reads a pointer's text; `""` is the whole value, every other pointer begins with `/`.
    public init(_ text: String) throws(JSONPointerError) {
        guard !text.isEmpty else {
            self = .root
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw JSONPointerError("a JSON Pointer begins with '/': write '/\(text)' for '\(text)'")
        }
        var tokens: [String] = []
        for part in text.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            tokens.append(try Self.unescape(String(part)))
        }
        self.tokens = tokens
    }

    private static func unescape(_ part: String) throws(JSONPointerError) -> String {
        guard part.utf8.contains(UInt8(ascii: "~")) else { return part }
        var token = String.UnicodeScalarView()
        var scalars = part.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "~" else {
                token.append(scalar)
                continue
            }
            switch scalars.next() {
            case "0": token.append("~")
            case "1": token.append("/")
            default:
                throw JSONPointerError("'~' in '\(part)' must be '~0' (for '~') or '~1' (for '/')")
            }
        }
        return String(token)
    }

    /// This pointer and one step more.
    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }

    /// This pointer and one index more.
    public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    /// The value at this place, or nil where there is none; a JSON `null` there is `.null`.
    public func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for token in tokens {
            guard let next = Self.step(token, in: value) else { return nil }
            value = next
        }
        return value
    }

    /// The value at this place.
    ///
    /// - Throws: An error that names the first step that leads nowhere, and why.
    public func evaluate(in root: JSONValue) throws(JSONPointerError) -> JSONValue {
        var value = root
        for (depth, token) in tokens.enumerated() {
            guard let next = Self.step(token, in: value) else {
                let before = JSONPointer(tokens: Array(tokens[..<depth]))
                throw JSONPointerError(Self.whyNot(token, in: value, at: before))
            }
            value = next
        }
        return value
    }

    private static func step(_ token: String, in value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let object): return object[token]
        case .array(let elements):
            guard let index = index(token), index < elements.count else { return nil }
            return elements[index]
        default: return nil
        }
    }

    /// An array index: digits without a leading zero.
    private static func index(_ token: String) -> Int? {
        let digits = token.utf8
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return Int(token)
    }

    private static func whyNot(_ token: String, in value: JSONValue, at place: JSONPointer) -> String {
        let here = place.tokens.isEmpty ? "the top" : "'\(place)'"
        switch value {
        case .object: return "there is no member '\(token)' at \(here)"
        case .array(let elements):
            if token == "-" { return "'-' names the element after the last, and there is none at \(here)" }
            guard index(token) != nil else { return "'\(token)' is no index of the array at \(here)" }
            return "the array at \(here) has \(elements.count) elements, so none at index \(token)"
        default: return "\(here) is of type \(value.typeName) and has no member '\(token)'"
        }
    }
}

extension JSONPointer: Hashable {
    public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.elementsEqual(right.tokens, by: sameBytes)
    }

    public func hash(into hasher: inout Hasher) {
        for token in tokens { hasher.combine(ByteKey(token)) }
    }
}

extension JSONPointer: CustomStringConvertible {
    /// The pointer's text, escaped as the standard wants it.
    public var description: String {
        var text = String.UnicodeScalarView()
        for token in tokens {
            text.append("/")
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": text.append(contentsOf: "~0".unicodeScalars)
                case "/": text.append(contentsOf: "~1".unicodeScalars)
                default: text.append(scalar)
                }
            }
        }
        return String(text)
    }
}

/// Why a JSON Pointer is none, or leads nowhere.
public struct JSONPointerError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String
    public var description: String { message }

    init(_ message: String) { self.message = message }
}
