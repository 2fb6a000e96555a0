/// Whether a text is HTML, and nothing else.
///
/// Browsers take any text for HTML, so this asks for what an author means by it: the text begins with a tag (or a
/// doctype or comment) and ends with one; every element is one of the HTML standard, a custom one with a hyphen, or stands
/// within `svg` or `math`; every tag and comment is closed; every end tag has its start tag and, but for elements whose
/// end tag the standard lets one leave out, the other way round. Where a paragraph ends by itself is not looked into.
public enum HTMLCheck {
    /// Why a text is no HTML, and where: in bytes of UTF-8 from its start.
    public struct Problem: Error, Sendable, Hashable {
        public let message: String
        public let offset: Int
    }

    /// The first problem, or nil. Linear in the text.
    public static func problem(in text: String) -> Problem? {
        var scanner = HTMLScanner(Array(text.utf8))
        do throws(Problem) {
            try scanner.read()
            return nil
        } catch { return error }
    }

    static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
        // Gone from the standard, and still void.
        "basefont", "bgsound", "frame", "keygen", "param",
    ]

    /// Elements whose text is read as it stands up to their end tag.
    static let raw: Set<String> = [
        "script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp",
    ]

    static let mayStayOpen: Set<String> = [
        "html", "head", "body", "li", "dt", "dd", "p", "rt", "rp", "optgroup", "option", "colgroup",
        "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
    ]

    static let known: Set<String> = void.union(raw).union(mayStayOpen).union([
        "a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "button",
        "canvas", "cite", "code", "data", "datalist", "del", "details", "dfn", "dialog", "div", "dl", "em",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "i", "ins", "kbd", "label", "legend", "main", "map", "mark", "math", "menu", "meter", "nav",
        "noscript", "object", "ol", "output", "picture", "pre", "progress", "q", "ruby", "s", "samp",
        "search",
        "section", "select", "selectedcontent", "slot", "small", "span", "strong", "sub", "summary", "sup",
        "svg", "table", "template", "time", "u", "ul", "var", "video",
        // Obsolete, and still met.
        "acronym", "applet", "big", "center", "dir", "font", "frameset", "marquee", "nobr", "plaintext",
        "strike", "tt",
    ])
}

private struct HTMLScanner {
    private let bytes: [UInt8]
    private var offset = 0
    private var open: [String] = []
    private var foreign = 0
    private var elements = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func problem(_ message: String) -> HTMLCheck.Problem {
        HTMLCheck.Problem(message: message, offset: offset)
    }

    mutating func read() throws(HTMLCheck.Problem) {
        let first = bytes.first { !Self.isSpace($0) }
        let last = bytes.last { !Self.isSpace($0) }
        guard first == UInt8(ascii: "<") else { throw problem("does not begin with a tag") }
        guard last == UInt8(ascii: ">") else { throw problem("does not end with a tag") }
        while offset < bytes.count {
            guard bytes[offset] == UInt8(ascii: "<") else {
                offset += 1
                continue
            }
            try markup()
        }
        guard elements > 0 else { throw problem("has no element") }
        if let name = open.last(where: { !HTMLCheck.mayStayOpen.contains($0) }) {
            throw problem("the element '\(name)' is not closed")
        }
    }

    private mutating func markup() throws(HTMLCheck.Problem) {
        if starts(with: "<!--") {
            try skip(past: "-->", from: 4, "a comment is not closed")
        } else if foreign > 0, starts(with: "<![CDATA[") {
            try skip(past: "]]>", from: 9, "a CDATA section is not closed")
        } else if starts(with: "<!") {
            guard Self.lowered(bytes[offset..<min(bytes.count, offset + 9)]) == "<!doctype" else {
                throw problem("'<!' begins neither a comment nor the doctype")
            }
            try skip(past: ">", from: 9, "the doctype is not closed")
        } else if starts(with: "</") {
            guard offset + 2 < bytes.count, Self.isLetter(bytes[offset + 2]) else {
                throw problem("an end tag has no name")
            }
            offset += 2
            let name = name()
            _ = try attributes()
            try close(name)
        } else if offset + 1 < bytes.count, Self.isLetter(bytes[offset + 1]) {
            offset += 1
            try start()
        } else if starts(with: "<?") {
            throw problem("holds an instruction of XML")
        } else {
            offset += 1
        }
    }

    private mutating func start() throws(HTMLCheck.Problem) {
        let name = name()
        guard foreign > 0 || HTMLCheck.known.contains(name) || name.contains("-") else {
            throw problem("has an element that HTML does not know")
        }
        let isClosed = try attributes()
        elements += 1
        if HTMLCheck.void.contains(name), foreign == 0 { return }
        if isClosed, foreign > 0 || name == "svg" || name == "math" { return }
        open.append(name)
        if name == "svg" || name == "math" { foreign += 1 }
        if foreign == 0, HTMLCheck.raw.contains(name) { try skipRaw(name) }
    }

    private mutating func close(_ name: String) throws(HTMLCheck.Problem) {
        while let last = open.popLast() {
            if last == "svg" || last == "math" { foreign -= 1 }
            if last == name { return }
            guard HTMLCheck.mayStayOpen.contains(last) else {
                throw problem("the element '\(last)' is not closed where another is")
            }
        }
        throw problem("an end tag has no start tag")
    }

    private mutating func name() -> String {
        let start = offset
        while offset < bytes.count, !Self.isSpace(bytes[offset]), bytes[offset] != UInt8(ascii: "/"),
            bytes[offset] != UInt8(ascii: ">")
        {
            offset += 1
        }
        return Self.lowered(bytes[start..<offset])
    }

    /// Up to the tag's `>`; whether a `/` stands before it.
    private mutating func attributes() throws(HTMLCheck.Problem) -> Bool {
        var isClosed = false
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: ">"): return isClosed
            case UInt8(ascii: "/"): isClosed = true
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                while offset < bytes.count, bytes[offset] != byte { offset += 1 }
                guard offset < bytes.count else { throw problem("an attribute's quote is not closed") }
                offset += 1
            case UInt8(ascii: "<"): throw problem("a tag is not closed before the next begins")
            default: if !Self.isSpace(byte) { isClosed = false }
            }
        }
        throw problem("a tag is not closed")
    }

    /// The text of a script or its likes, up to its end tag.
    private mutating func skipRaw(_ name: String) throws(HTMLCheck.Problem) {
        let count = name.utf8.count
        while offset + 2 + count <= bytes.count {
            if bytes[offset] == UInt8(ascii: "<"), bytes[offset + 1] == UInt8(ascii: "/"),
                Self.lowered(bytes[(offset + 2)..<(offset + 2 + count)]) == name
            {
                return
            }
            offset += 1
        }
        offset = bytes.count
        throw problem("the element '\(name)' is not closed")
    }

    private mutating func skip(
        past end: StaticString, from start: Int, _ message: String
    ) throws(HTMLCheck.Problem) {
        offset += start
        while offset < bytes.count {
            if starts(with: end) {
                offset += end.utf8CodeUnitCount
                return
            }
            offset += 1
        }
        throw problem(message)
    }

    private func starts(with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return false }
        return word.withUTF8Buffer { wanted in
            for place in 0..<count where bytes[offset + place] != wanted[place] { return false }
            return true
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || (9...13).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }

    private static func lowered(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
