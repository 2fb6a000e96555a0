import Domain
import Notation

/// A retrieved passage in the forms of LangChain, LlamaIndex, vector stores and their likes, as a recording has it.
enum Passage {
    /// The passages of a retriever's output; nil where it cannot be read as a list of them: nothing is then known of
    /// what was retrieved, which is not the same as nothing.
    static func list(_ output: JSONValue?) -> [JSONValue]? {
        guard let elements = elements(output) else { return nil }
        let found = elements.compactMap(read)
        return found.count == elements.count ? found : nil
    }

    /// The list that an output is or holds, whose elements may be passages.
    private static func elements(_ output: JSONValue?) -> [JSONValue]? {
        guard let output else { return nil }
        if let text = output.stringValue { return ForeignRow.parsed(text).flatMap { elements($0) } }
        if let object = output.objectValue {
            let names = [
                "documents", "nodes", "chunks", "matches", "results", "contexts", "passages", "hits",
                "source_nodes",
                "source_documents", "output", "data",
            ]
            for name in names { if let found = elements(object[name]) { return found } }
            return nil
        }
        guard let elements = output.arrayValue, elements.allSatisfy({ read($0) != nil }) else { return nil }
        return elements
    }

    /// Adds what of an output's passages is not in ``list(_:)``.
    static func note(_ output: JSONValue?, at place: SourcePlace, _ notes: inout ForeignNotes) {
        var left: Set<String> = []
        var isNameless = false
        for element in elements(output) ?? [] {
            if let read = read(element), read["id"] == nil, read["source"] == nil { isNameless = true }
            guard let outer = element.objectValue else { continue }
            let metadata = (inner(outer)["metadata"] ?? outer["metadata"])?.objectValue ?? JSONObject()
            for member in metadata.members where ForeignRow.says(member.value) && !taken.contains(member.key)
            {
                left.insert(member.key)
            }
        }
        if !left.isEmpty {
            let names = left.sorted().prefix(5).map { "'\(ProbeReading.shown($0))'" }.joined(separator: ", ")
            let more = left.count > 5 ? " and \(left.count - 5) more" : ""
            notes.add(
                .left, at: place, "\(names)\(more) of the documents' metadata are not carried",
                mend: "id, source, page, text and score are; have the app show what else a metric needs")
        }
        if isNameless {
            notes.add(
                .changed, at: place, "retrieved documents have neither an id nor a source",
                mend: "log the document's id: recall by id has nothing to compare, and looks at texts alone")
        }
    }

    private static let ids = ["id", "doc_id", "document_id", "chunk_id", "id_", "node_id", "_id"]
    private static let texts = [
        "page_content", "pageContent", "text", "content", "passage", "snippet", "chunk", "body",
    ]
    private static let sources = ["source", "file_name", "file_path", "url", "title"]
    private static let pages = ["page", "page_label", "page_number"]
    private static let scores = ["score", "similarity", "relevance_score"]
    /// Members of metadata that a passage is read from.
    private static let taken = Set(ids + texts + sources + pages + scores)

    /// LlamaIndex wraps the node beside its score, LangChain's serialiser the document in `kwargs`.
    private static func inner(_ outer: JSONObject) -> JSONObject {
        outer["node"]?.objectValue ?? outer["document"]?.objectValue ?? outer["kwargs"]?.objectValue ?? outer
    }

    static func read(_ value: JSONValue) -> JSONValue? {
        if let text = value.stringValue { return ["text": .string(text)] }
        guard let outer = value.objectValue else { return nil }
        let inner = inner(outer)
        var object = JSONObject()
        func first(_ names: [String], _ places: [JSONObject]) -> JSONValue? {
            for place in places {
                for name in names { if let value = place[name], ForeignRow.says(value) { return value } }
            }
            return nil
        }
        let metadata = (inner["metadata"] ?? outer["metadata"])?.objectValue ?? JSONObject()
        // LangChain's documents carry theirs among the metadata.
        if let id = first(ids, [inner, outer]) ?? first(ids, [metadata]) {
            object["id"] =
                id.stringValue.map { .string($0) } ?? .string(String(decoding: id.bytes(), as: UTF8.self))
        }
        if let text = first(
            texts,
            [inner, outer, metadata, (inner["payload"] ?? outer["_source"])?.objectValue ?? JSONObject()])?
            .stringValue
        {
            object["text"] = .string(text)
        }
        if let score = first(scores, [outer, inner, metadata])?.doubleValue {
            object["score"] = .number(score)
        }
        if let source = first(sources, [inner, metadata])?
            .stringValue
        {
            object["source"] = .string(source)
        }
        if let page = first(pages, [inner, metadata])?.intValue {
            object["page"] = .integer(Int64(page))
        }
        return object["id"] == nil && object["text"] == nil ? nil : .object(object)
    }
}
