import Domain
import Notation

/// Reads retrieved documents, best first: a list of ids, or of objects under the names that retrievers give.
///
/// Id: `id`, `doc_id`, `document_id`, `chunk_id`, `_id`, `ref`, `uuid`, `key`; score: `score`, `similarity`, `relevance_score`;
/// text: `text`, `content`, `page_content`, `passage`, `snippet`; `source` and `page`, also within
/// `metadata`. The object may stand in a `document` beside its score. A document without id takes its
/// source's name, else its rank. A list with an element that is no document is none: what is left of it
/// would be scored as if the app had found nothing else.
enum DocumentReader {
    static func read(_ value: JSONValue) -> (documents: [RetrievedDocument]?, problem: String?) {
        guard let list = value.arrayValue else {
            return (nil, "the documents are \(withArticle(value.typeName)), not a list")
        }
        var documents: [RetrievedDocument] = []
        documents.reserveCapacity(list.count)
        var problem: String?
        for (index, element) in list.enumerated() {
            switch element {
            case .string(let id): documents.append(RetrievedDocument(id: id))
            case .integer(let id): documents.append(RetrievedDocument(id: String(id)))
            case .object(let object):
                var reading = Reading(outer: object, rank: index + 1)
                documents.append(reading.document())
                problem = problem ?? reading.problem
            default:
                let what = withArticle(element.typeName)
                return (nil, "document \(index + 1) is \(what), neither an id nor an object")
            }
        }
        return (documents, problem)
    }

    private struct Reading {
        let outer: JSONObject
        let inner: JSONObject?
        let metadata: JSONObject?
        let rank: Int
        var problem: String?

        init(outer: JSONObject, rank: Int) {
            self.outer = outer
            self.rank = rank
            inner = outer["document"]?.objectValue
            metadata = (outer["metadata"] ?? inner?["metadata"])?.objectValue
        }

        mutating func document() -> RetrievedDocument {
            let source = string(["source", "file", "url", "uri", "title", "name"])
            let page = page()
            let text = string(["text", "content", "page_content", "passage", "snippet"])
            let score = score()
            let id = id(source: source, page: page)
            return RetrievedDocument(id: id, score: score, text: text, source: source, page: page)
        }

        private static let ids = [
            "id", "doc_id", "document_id", "chunk_id", "_id", "ref", "uuid", "key",
        ]

        private mutating func id(source: String?, page: Int?) -> String {
            switch first(Self.ids) {
            case .string(let text)? where !text.isEmpty: return text
            case .integer(let number)?: return String(number)
            case nil:
                if let source { return page.map { "\(source)#\($0)" } ?? source }
                problem = problem ?? "document \(rank) has neither an id nor a source"
            case let other?:
                problem =
                    problem
                    ?? "the id of document \(rank) is \(other == "" ? "empty" : withArticle(other.typeName))"
            }
            return "#\(rank)"
        }

        private mutating func score() -> Double? {
            guard let value = first(["score", "similarity", "relevance_score"]) else { return nil }
            if let number = value.doubleValue { return number }
            problem =
                problem ?? "the score of document \(rank) is \(withArticle(value.typeName)), not a number"
            return nil
        }

        private mutating func page() -> Int? {
            guard let value = first(["page", "page_number"]) else { return nil }
            if let number = value.intValue ?? value.stringValue.flatMap({ Int($0) }) { return number }
            problem = problem ?? "the page of document \(rank) is no whole number"
            return nil
        }

        private mutating func string(_ names: [String]) -> String? {
            guard let value = first(names) else { return nil }
            if let text = value.stringValue { return text }
            problem =
                problem ?? "the \(names[0]) of document \(rank) is \(withArticle(value.typeName)), not a text"
            return nil
        }

        private func first(_ names: [String]) -> JSONValue? {
            for name in names {
                if let value = outer[name], !value.isNull { return value }
            }
            if inner == nil && metadata == nil { return nil }
            for name in names {
                if let value = inner?[name] ?? metadata?[name], !value.isNull { return value }
            }
            return nil
        }
    }
}
