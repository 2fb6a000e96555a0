/// Writes HTML, SVG inside it, and XML, so that text is escaped by construction.
///
/// There are three ways in: names and markup that are string literals (`StaticString`), text and attribute
/// values that are escaped, and numbers. No way leads from a `String` to markup. Every element is closed and
/// every attribute quoted, so that what comes out is well-formed XML as well.
public struct HTMLBuilder: Sendable {
    /// What the markup is read by.
    public enum Reader: Sendable {
        case browser
        /// An HTML block within Markdown, which a blank line would end: line feeds are written as references.
        case markdown
        /// An XML parser: nothing is marked up that was not asked for.
        case xml
    }

    public private(set) var bytes: [UInt8] = []
    public let reader: Reader

    public init(for reader: Reader = .browser) { self.reader = reader }

    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// An element with its content.
    public mutating func element(
        _ name: StaticString, _ attributes: Attribute..., content: (inout HTMLBuilder) -> Void
    ) {
        open(name, attributes)
        raw(">")
        content(&self)
        raw("</")
        raw(name)
        raw(">")
    }

    /// An element whose attributes are gathered first.
    public mutating func group(
        _ name: StaticString, _ attributes: [Attribute], content: (inout HTMLBuilder) -> Void
    ) {
        open(name, attributes)
        raw(">")
        content(&self)
        raw("</")
        raw(name)
        raw(">")
    }

    /// An element that holds nothing but text.
    public mutating func element(_ name: StaticString, _ attributes: Attribute..., text: String) {
        open(name, attributes)
        raw(">")
        self.text(text)
        raw("</")
        raw(name)
        raw(">")
    }

    /// An element that never has content: `br`, `meta`, SVG shapes.
    public mutating func void(_ name: StaticString, _ attributes: Attribute...) {
        open(name, attributes)
        raw("/>")
    }

    /// Text, escaped; what cannot be seen is shown as an escape that looks like one.
    public mutating func text(_ text: String) {
        escape(text, marked: reader == .browser)
    }

    /// Text where no element may stand (`title`).
    public mutating func plainText(_ text: String) { escape(text, marked: false) }

    /// Markup, which only a literal can be.
    public mutating func raw(_ literal: StaticString) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// What another builder wrote for the same reader.
    public mutating func append(_ other: HTMLBuilder) { bytes.append(contentsOf: other.bytes) }

    private mutating func open(_ name: StaticString, _ attributes: [Attribute]) {
        raw("<")
        raw(name)
        for attribute in attributes {
            raw(" ")
            raw(attribute.name)
            raw("=\"")
            escape(attribute.value, marked: false, inAttribute: true)
            raw("\"")
        }
    }

    private mutating func escape(_ text: String, marked: Bool, inAttribute: Bool = false) {
        let isMarkdown = reader == .markdown
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x22, 0x26, 0x27, 0x3C, 0x3E: false
            case 0x0A, 0x09: !inAttribute && !isMarkdown
            default: byte >= 0x20 && byte < 0x7F
            }
        }
        if plain {
            bytes.append(contentsOf: text.utf8)
            return
        }
        var heldReturn = false
        for scalar in VisibleText.calmed(text).unicodeScalars {
            if heldReturn {
                heldReturn = false
                if scalar != "\n" { hidden("\r", marked: marked) }
            }
            switch scalar {
            case "&": raw("&amp;")
            case "<": raw("&lt;")
            case ">": raw("&gt;")
            case "\"": raw("&quot;")
            case "'": raw("&#39;")
            case "\n" where inAttribute || isMarkdown: raw("&#10;")
            case "\t" where inAttribute || isMarkdown: raw("&#9;")
            case "\r": heldReturn = true
            case _ where VisibleText.isHidden(scalar): hidden(scalar, marked: marked)
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
        if heldReturn { hidden("\r", marked: marked) }
    }

    private mutating func hidden(_ scalar: Unicode.Scalar, marked: Bool) {
        if marked { raw("<span class=\"esc\">") }
        bytes.append(contentsOf: VisibleText.escape(scalar).utf8)
        if marked { raw("</span>") }
    }
}
