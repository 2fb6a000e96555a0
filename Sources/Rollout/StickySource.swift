import Notation

/// Where a request says who sent it, so that the same sender always meets the same arm.
public enum StickySource: Sendable, Hashable, CustomStringConvertible {
    case header(String)
    case cookie(String)
    /// A text, number or truth value in a JSON body.
    case json(pointer: String)
    /// The address that the connection came from: the proxy's, where one stands in front.
    case client

    /// `header X-User-ID`, `cookie sid`, `json /user/id`, `client`; nil for what is none.
    public init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map { $0.trimmed }
        switch (words.first, words.count > 1 ? words[1] : nil) {
        case ("client", nil): self = .client
        case ("header", let name?) where name.isToken: self = .header(name)
        case ("cookie", let name?) where name.isToken: self = .cookie(name)
        case ("json", let pointer?) where pointer.hasPrefix("/") && (try? JSONPointer(pointer)) != nil:
            self = .json(pointer: pointer)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .header(let name): "header \(name)"
        case .cookie(let name): "cookie \(name)"
        case .json(let pointer): "json \(pointer)"
        case .client: "client"
        }
    }

    /// Whether the request's body must be read before its arm is known.
    public var needsBody: Bool { if case .json = self { true } else { false } }

    /// The value of one cookie in a `Cookie` field (RFC 6265, 4.2.1), without quotes; nil where it is absent.
    public static func cookie(_ name: String, in field: some StringProtocol) -> Substring? {
        for pair in Substring(field).utf8.split(separator: UInt8(ascii: ";")) {
            let text = Substring(pair).trimmedSlice
            guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), text[..<equals] == name else {
                continue
            }
            let value = text[text.utf8.index(after: equals)...]
            let isQuoted = value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            return isQuoted ? value.dropFirst().dropLast() : value
        }
        return nil
    }

    /// The text of a JSON value that can name a sender; nil for others, and for the empty text.
    public static func key(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .integer, .number, .bool: String(decoding: value.canonicalBytes, as: UTF8.self)
        default: nil
        }
    }
}

extension Substring {
    var trimmedSlice: Substring {
        var part = self
        while let first = part.utf8.first, first == 32 || first == 9 { part = part.dropFirst() }
        while let last = part.utf8.last, last == 32 || last == 9 { part = part.dropLast() }
        return part
    }

    var trimmed: String { String(trimmedSlice) }
}

extension String {
    /// RFC 9110, 5.6.2.
    var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
                default: false
                }
            }
    }
}
