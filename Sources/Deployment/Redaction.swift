import Interchange

/// Takes secrets out of what is shown or kept, wherever a system echoes them.
///
/// A value is found as it is, percent-encoded, and as JSON escapes it. Values of fewer than four bytes are let be:
/// they would redact half of every text and protect nothing.
public struct Redaction: Sendable {
    private let forms: [String]
    private static let mark = "<redacted>"
    private static let shortest = 4
    /// Bytes of a body that are looked at for an excerpt.
    private static let window = 1 << 16

    public init(secrets: some Sequence<String>) {
        var forms: Set<String> = []
        for secret in secrets where secret.utf8.count >= Self.shortest {
            forms.insert(secret)
            forms.insert(TemplateText.percentEncoded(secret))
            forms.insert(Self.escaped(secret, slashes: false))
            forms.insert(Self.escaped(secret, slashes: true))
        }
        // Longest first: what holds another goes as a whole.
        self.forms = forms.sorted { ($0.utf8.count, $1) > ($1.utf8.count, $0) }
    }

    private static func escaped(_ text: String, slashes: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case "/" where slashes: out += "\\/"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Whether the text holds a secret.
    public func finds(in text: String) -> Bool { forms.contains { text.contains($0) } }

    public func of(_ text: String) -> String {
        var text = text
        for form in forms { text = text.replacing(form, with: Self.mark) }
        return text
    }

    /// A text that was shown before all secrets were known, some of which may have been cut off at its end.
    func late(_ text: String) -> String {
        let whole = of(text)
        guard whole.hasSuffix("…") else { return whole }
        let head = whole.dropLast()
        for form in forms {
            var part = Substring(form)
            while part.utf8.count >= Self.shortest {
                if head.hasSuffix(part) { return head.dropLast(part.count) + Self.mark + "…" }
                part = part.dropLast()
            }
        }
        return whole
    }

    /// The beginning of a body, redacted. O(bytes), at most 64 KiB of them.
    ///
    /// - Parameter limit: Scalars of the excerpt.
    public func excerpt(_ body: [UInt8], to limit: Int) -> String {
        let cut = body.count > Self.window
        var text = of(String(decoding: body.prefix(Self.window), as: UTF8.self))
        if cut, let longest = forms.first?.utf8.count {
            // The end of the window may hold the beginning of a secret.
            text = String(decoding: Array(text.utf8).dropLast(longest), as: UTF8.self)
        }
        return Self.short(text, cut: cut, to: limit)
    }

    /// The beginning of a text, redacted.
    public func excerpt(_ text: String, to limit: Int) -> String { excerpt(Array(text.utf8), to: limit) }

    private static func short(_ text: String, cut: Bool, to limit: Int) -> String {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return cut ? text + "…" : text }
        return String(scalars[..<end]) + "…"
    }
}
