/// Whether a text is a well-formed XML document.
///
/// XML 1.0, fifth edition, without namespaces. Nothing is fetched, and no entity is expanded: each that is declared in
/// the document is looked at once, so that a document of entities within entities costs no more than its length.
/// What the document type says of elements and attributes is read over, not held to (validity is another matter).
public enum XMLCheck {
    /// Why a text is not well formed, and where: in bytes of UTF-8 from its start.
    public struct Problem: Error, Sendable, Hashable {
        public let message: String
        public let offset: Int
    }

    /// The first problem, or nil where the text is well formed. Linear in the text.
    public static func problem(in text: String) -> Problem? {
        var scanner = XMLScanner(Array(text.utf8))
        do throws(Problem) {
            try scanner.document()
            return nil
        } catch { return error }
    }
}

/// Reads a document and keeps nothing of it but what well-formedness asks for.
struct XMLScanner {
    private var reader: XMLReader
    private var entities = XMLEntities()

    init(_ bytes: [UInt8]) { reader = XMLReader(bytes) }

    mutating func document() throws(XMLCheck.Problem) {
        _ = reader.take("\u{FEFF}")
        try declaration()
        try miscellany()
        if reader.take("<!DOCTYPE") {
            try documentType()
            try miscellany()
        }
        guard reader.next == UInt8(ascii: "<") else { throw reader.problem("has no element") }
        try XMLContent.read(&reader, &entities, isDocument: true, depth: 0)
        try miscellany()
        guard reader.isAtEnd else { throw reader.problem("has something behind its element") }
    }

    private mutating func declaration() throws(XMLCheck.Problem) {
        guard reader.starts(with: "<?xml"), reader.isSpace(at: 5) else { return }
        _ = reader.take("<?xml")
        try pseudoAttribute("version", isRequired: true) { value in
            value.count > 2 && value.starts(with: [49, 46]) && value.dropFirst(2).allSatisfy { $0 &- 48 < 10 }
        }
        try pseudoAttribute("encoding", isRequired: false) { value in
            guard let first = value.first, XMLReader.isASCIILetter(first) else { return false }
            return value.allSatisfy {
                XMLReader.isASCIILetter($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95
            }
        }
        try pseudoAttribute("standalone", isRequired: false) {
            $0 == Array("yes".utf8) || $0 == Array("no".utf8)
        }
        reader.skipSpace()
        try reader.expect("?>", "the XML declaration does not end")
    }

    private mutating func pseudoAttribute(
        _ name: StaticString, isRequired: Bool, _ accepts: ([UInt8]) -> Bool
    ) throws(XMLCheck.Problem) {
        let before = reader
        guard reader.skipSpace(), reader.take(name) else {
            guard isRequired else {
                reader = before
                return
            }
            throw reader.problem("the XML declaration lacks its version")
        }
        try reader.equals()
        let value = try reader.literal()
        guard accepts(value) else { throw reader.problem("the XML declaration has a value that cannot be") }
    }

    private mutating func miscellany() throws(XMLCheck.Problem) {
        while true {
            reader.skipSpace()
            if reader.take("<!--") {
                try reader.comment()
            } else if reader.take("<?") {
                try reader.instruction()
            } else {
                return
            }
        }
    }

    private mutating func documentType() throws(XMLCheck.Problem) {
        guard reader.skipSpace() else { throw reader.problem("the document type lacks a space") }
        _ = try reader.name()
        let spaced = reader.skipSpace()
        if spaced, reader.starts(with: "SYSTEM") || reader.starts(with: "PUBLIC") {
            try externalID()
            entities.mayBeElsewhere = true
        }
        reader.skipSpace()
        if reader.take("[") {
            try subset()
            reader.skipSpace()
        }
        try reader.expect(">", "the document type does not end")
    }

    private mutating func externalID() throws(XMLCheck.Problem) {
        let isPublic = reader.take("PUBLIC")
        if !isPublic { _ = reader.take("SYSTEM") }
        for _ in 0..<(isPublic ? 2 : 1) {
            guard reader.skipSpace() else { throw reader.problem("an external identifier lacks a space") }
            _ = try reader.literal()
        }
    }

    private mutating func subset() throws(XMLCheck.Problem) {
        while true {
            reader.skipSpace()
            if reader.take("]") { return }
            if reader.take("%") {
                _ = try reader.name()
                try reader.expect(";", "a reference does not end")
                entities.mayBeElsewhere = true
            } else if reader.take("<!--") {
                try reader.comment()
            } else if reader.take("<?") {
                try reader.instruction()
            } else if reader.take("<!ENTITY") {
                try entity()
            } else if reader.take("<!ELEMENT") {
                try otherDeclaration(isElement: true)
            } else if reader.take("<!ATTLIST") || reader.take("<!NOTATION") {
                try otherDeclaration(isElement: false)
            } else {
                throw reader.problem("the document type holds what is no declaration")
            }
        }
    }

    private mutating func entity() throws(XMLCheck.Problem) {
        guard reader.skipSpace() else { throw reader.problem("a declaration lacks a space") }
        var isParameter = false
        if reader.take("%") {
            isParameter = true
            guard reader.skipSpace() else { throw reader.problem("a declaration lacks a space") }
        }
        let name = try reader.name()
        guard reader.skipSpace() else { throw reader.problem("a declaration lacks a space") }
        if reader.starts(with: "SYSTEM") || reader.starts(with: "PUBLIC") {
            try externalID()
            if !isParameter { entities.declare(name, nil) }
            try restOfDeclaration()
            return
        }
        let value = try reader.literal()
        if !isParameter { entities.declare(name, try XMLReader.expandingCharacters(value)) }
        reader.skipSpace()
        try reader.expect(">", "a declaration does not end")
    }

    private mutating func otherDeclaration(isElement: Bool) throws(XMLCheck.Problem) {
        guard reader.skipSpace() else { throw reader.problem("a declaration lacks a space") }
        _ = try reader.name()
        guard reader.skipSpace() || (!isElement && reader.next == UInt8(ascii: ">")) else {
            throw reader.problem("a declaration lacks a space")
        }
        if isElement, let byte = reader.next, byte != UInt8(ascii: "("), byte != UInt8(ascii: "%"),
            !reader.starts(with: "EMPTY"), !reader.starts(with: "ANY")
        {
            throw reader.problem("a declaration says of an element what cannot be said")
        }
        try restOfDeclaration()
    }

    private mutating func restOfDeclaration() throws(XMLCheck.Problem) {
        while let byte = reader.next {
            switch byte {
            case UInt8(ascii: ">"):
                reader.advance()
                return
            case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try reader.literal()
            case UInt8(ascii: "<"): throw reader.problem("a declaration holds '<'")
            default: try reader.character()
            }
        }
        throw reader.problem("a declaration does not end")
    }
}
