import Domain
import Notation

/// Reads a chunk of an index, as one writes it out to be looked through: an object under the names that retrievers
/// give, as a retrieved document has them.
public enum ChunkReader {
    /// The chunk, or nil where the row is none: no object, or one without an id and a source.
    public static func chunk(_ row: JSONValue) -> RetrievedDocument? {
        guard case .object = row else { return nil }
        let read = DocumentReader.read(.array([row]))
        return read.problem == nil ? read.documents?.first : nil
    }
}
