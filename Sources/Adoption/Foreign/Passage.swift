import Notation

/// A retrieved passage in the forms of LangChain, LlamaIndex, vector stores and their likes, as a recording has it.
enum Passage {
    /// The passages of a retriever's output; nil where it cannot be read as a list of them: nothing is then known of
    /// what was retrieved, which is not the same as nothing.
    static func list(_ output: JSONValue?) -> [JSONValue]? {
        guard let output else { return nil }
        if let text = output.stringValue { return ForeignRow.parsed(text).flatMap { list($0) } }
        if let object = output.objectValue {
            let names = [
                "documents", "nodes", "chunks", "matches", "results", "contexts", "passages", "hits",
                "source_nodes",
                "source_documents", "output", "data",
            ]
            for name in names { if let found = list(object[name]) { return found } }
            return nil
        }
        guard let elements = output.arrayValue else { return nil }
        let found = elements.compactMap(read)
        return found.count == elements.count ? found : nil
    }

    static func read(_ value: JSONValue) -> JSONValue? {
        if let text = value.stringValue { return ["text": .string(text)] }
        guard let outer = value.objectValue else { return nil }
        // LlamaIndex wraps the node beside its score, LangChain's serialiser the document in `kwargs`.
        let inner =
            outer["node"]?.objectValue ?? outer["document"]?.objectValue ?? outer["kwargs"]?.objectValue
            ?? outer
        var object = JSONObject()
        func first(_ names: [String], _ places: [JSONObject]) -> JSONValue? {
            for place in places {
                for name in names { if let value = place[name], ForeignRow.says(value) { return value } }
            }
            return nil
        }
        let metadata = (inner["metadata"] ?? outer["metadata"])?.objectValue ?? JSONObject()
        if let id = first(
            ["id", "doc_id", "document_id", "chunk_id", "id_", "node_id", "_id"], [inner, outer])
        {
            object["id"] =
                id.stringValue.map { .string($0) } ?? .string(String(decoding: id.bytes(), as: UTF8.self))
        }
        if let text = first(
            ["page_content", "pageContent", "text", "content", "passage", "snippet", "chunk", "body"],
            [inner, outer, metadata, (inner["payload"] ?? outer["_source"])?.objectValue ?? JSONObject()])?
            .stringValue
        {
            object["text"] = .string(text)
        }
        if let score = first(["score", "similarity", "relevance_score"], [outer, inner])?.doubleValue {
            object["score"] = .number(score)
        }
        if let source = first(["source", "file_name", "file_path", "url", "title"], [inner, metadata])?
            .stringValue
        {
            object["source"] = .string(source)
        }
        if let page = first(["page", "page_label", "page_number"], [inner, metadata])?.intValue {
            object["page"] = .integer(Int64(page))
        }
        return object["id"] == nil && object["text"] == nil ? nil : .object(object)
    }
}
