/// The entities that a document declares, each looked at once.
struct XMLEntities {
    private enum State {
        /// Its replacement, not looked at yet; nil where it stands elsewhere.
        case declared([UInt8]?)
        case beingRead
        case wellFormed(hasMarkup: Bool)
    }

    /// Whether entities may be declared in a part that is not read.
    var mayBeElsewhere = false
    private var states: [[UInt8]: State] = [:]
    private static let predefined: Set<[UInt8]> = Set(
        ["lt", "gt", "amp", "apos", "quot"].map { Array($0.utf8) })
    /// Entities within entities.
    private static let deepest = 40

    /// The first declaration of a name holds.
    mutating func declare(_ name: [UInt8], _ value: [UInt8]?) {
        if states[name] == nil { states[name] = .declared(value) }
    }

    /// A reference in content or, where `inValue`, in an attribute's value.
    mutating func use(
        _ name: [UInt8], inValue: Bool, at reader: XMLReader, depth: Int
    ) throws(XMLCheck.Problem) {
        if Self.predefined.contains(name) { return }
        guard let state = states[name] else {
            if mayBeElsewhere { return }
            throw reader.problem("the entity '\(String(decoding: name, as: UTF8.self))' is not declared")
        }
        var hasMarkup = false
        switch state {
        case .beingRead: throw reader.problem("an entity refers to itself")
        case .wellFormed(let markup): hasMarkup = markup
        case .declared(nil):
            if inValue { throw reader.problem("an attribute refers to an entity that stands elsewhere") }
        case .declared(let value?):
            guard depth < Self.deepest else { throw reader.problem("entities are nested too deeply") }
            states[name] = .beingRead
            hasMarkup = value.contains(UInt8(ascii: "<"))
            var inner = XMLReader(value)
            do throws(XMLCheck.Problem) {
                try XMLContent.read(&inner, &self, isDocument: false, depth: depth + 1)
            } catch { throw reader.problem("an entity's text is not well formed: it \(error.message)") }
            states[name] = .wellFormed(hasMarkup: hasMarkup)
        }
        if inValue, hasMarkup { throw reader.problem("an attribute's value holds '<' by an entity") }
    }
}

/// Elements, texts, references and what else stands between an element's tags.
enum XMLContent {
    /// Reads one element with all it holds, or the content of an entity up to its end.
    static func read(
        _ reader: inout XMLReader, _ entities: inout XMLEntities, isDocument: Bool, depth: Int
    ) throws(XMLCheck.Problem) {
        var open: [[UInt8]] = []
        while let byte = reader.next {
            switch byte {
            case UInt8(ascii: "<"):
                try markup(&reader, &entities, &open, depth)
                if isDocument, open.isEmpty { return }
            case UInt8(ascii: "&"):
                reader.advance()
                if let name = try reader.reference() {
                    try entities.use(name, inValue: false, at: reader, depth: depth)
                }
            default:
                if reader.starts(with: "]]>") { throw reader.problem("a text holds ']]>'") }
                try reader.character()
            }
        }
        if let last = open.last {
            throw reader.problem("the element '\(String(decoding: last, as: UTF8.self))' is not closed")
        }
    }

    private static func markup(
        _ reader: inout XMLReader, _ entities: inout XMLEntities, _ open: inout [[UInt8]], _ depth: Int
    ) throws(XMLCheck.Problem) {
        if reader.take("<!--") { return try reader.comment() }
        if reader.take("<![CDATA[") { return try reader.section() }
        if reader.take("<?") { return try reader.instruction() }
        if reader.take("</") {
            let name = try reader.name()
            reader.skipSpace()
            try reader.expect(">", "a closing tag does not end")
            guard open.popLast() == name else {
                throw reader.problem(
                    "'</\(String(decoding: name, as: UTF8.self))>' closes another element than is open")
            }
            return
        }
        reader.advance()
        let name = try reader.name()
        var seen: Set<[UInt8]> = []
        while true {
            let spaced = reader.skipSpace()
            if reader.take("/>") { return }
            if reader.take(">") {
                open.append(name)
                return
            }
            guard spaced else { throw reader.problem("a tag is not well formed") }
            let attribute = try reader.name()
            guard seen.insert(attribute).inserted else {
                throw reader.problem("an attribute stands twice in a tag")
            }
            try reader.equals()
            try value(&reader, &entities, depth)
        }
    }

    private static func value(
        _ reader: inout XMLReader, _ entities: inout XMLEntities, _ depth: Int
    ) throws(XMLCheck.Problem) {
        guard let quote = reader.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw reader.problem("an attribute's value is not quoted")
        }
        reader.advance()
        while let byte = reader.next {
            switch byte {
            case quote:
                reader.advance()
                return
            case UInt8(ascii: "<"): throw reader.problem("an attribute's value holds '<'")
            case UInt8(ascii: "&"):
                reader.advance()
                if let name = try reader.reference() {
                    try entities.use(name, inValue: true, at: reader, depth: depth)
                }
            default: try reader.character()
            }
        }
        throw reader.problem("an attribute's quote is not closed")
    }
}
