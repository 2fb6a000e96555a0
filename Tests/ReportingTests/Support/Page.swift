import Foundation
import FoundationXML

extension Unicode.Scalar {
    /// By the properties that Unicode gives it, and not by the tables of the code under test.
    var isUnseen: Bool {
        if self == "\n" || self == "\t" { return false }
        return properties.generalCategory == .control || properties.isBidiControl
            || properties.isNoncharacterCodePoint
            || (0xE0000...0xE0FFF).contains(value) || value == 0x200B || value == 0xFEFF
    }
}

/// What an XML parser that is not ours reads from a document: elements with their attributes, and text by
/// parent.
struct Page: Sendable {
    struct Element: Sendable {
        let name: String
        let attributes: [String: String]
        /// Names from the root down to the parent.
        let path: [String]
        var text = ""
    }

    let elements: [Element]
    let problem: String?

    init(_ document: String) {
        let reader = PageReader()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = reader
        let isRead = parser.parse()
        elements = reader.elements
        let place = "line \(parser.lineNumber), column \(parser.columnNumber): "
        problem = isRead ? nil : place + String(describing: parser.parserError)
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    /// Text that stands in none of these elements.
    func text(outside names: Set<String>) -> String {
        elements.filter { !names.contains($0.name) && names.isDisjoint(with: $0.path) }.map(\.text).joined(
            separator: "\n")
    }
}

private final class PageReader: NSObject, XMLParserDelegate {
    var elements: [Page.Element] = []
    private var open: [Int] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(
            Page.Element(name: name, attributes: attributes, path: open.map { elements[$0].name }))
        open.append(elements.count - 1)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if let last = open.last { elements[last].text += string }
    }
}
