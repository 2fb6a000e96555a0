import Domain
import Notation

/// One question of another tool's file, in our words.
struct ForeignRecord {
    /// As the file has it; nil: numbered.
    var id: String?
    var query = ""
    var history: [Message] = []
    var references: [String] = []
    /// Tool calls that are expected.
    var expectedTools: JSONValue?
    /// Passages that hold the answer.
    var goldTexts: [String] = []
    /// What the answer must contain.
    var required: [JSONValue] = []
    var rubric: String?
    /// What results may be sliced by.
    var columns = JSONObject()
    /// What an app answered, as often as it was asked.
    var answers: [ForeignAnswer] = []
    var place: SourcePlace

    init(at place: SourcePlace) { self.place = place }
}

/// What an app answered, in the form of a recording's row.
struct ForeignAnswer {
    var text: String?
    /// Ids, or objects under the names that retrievers give; nil: no retrieval is shown.
    var documents: [JSONValue]?
    /// `{name, arguments}` each; nil: none is shown.
    var tools: [JSONValue]?
    var inputTokens: Int?
    var outputTokens: Int?
    var cost: Double?
    var milliseconds: Double?
    var firstTokenMilliseconds: Double?
    /// Model, prompt and their likes.
    var versions: [(name: String, value: String)] = []
    /// Why there is no answer.
    var error: String?

    var isEmpty: Bool { text == nil && error == nil && documents == nil && tools == nil }
}

/// A form of another tool's files.
public struct ForeignFormat: Sendable {
    /// As the command line calls it: `ragas`.
    public let name: String
    /// As its people call it.
    public let title: String
    /// What is read, in a phrase.
    public let summary: String
    /// What becomes of what, in sentences.
    public let details: String
    let read: @Sendable (ForeignRow, inout ForeignNotes) -> ForeignRecord?
    /// Keys under which a file keeps its rows, where it is an object.
    let wrappers: [String]
    /// Whether ids of users and sessions come over as columns, as all other columns do.
    var keepsPeople = false
    /// Puts together what belongs to one question, where a file has it in several rows.
    var gather: @Sendable ([ForeignRow]) -> [ForeignRow] = { $0 }

    public static let all = [inspect, ragas, deepeval, langfuse, openinference]
}

/// What did not come over, a note a matter: how often, and where first.
struct ForeignNotes {
    private struct Key: Hashable {
        let kind: ImportNote.Kind
        let what: String
    }

    private var counts: [Key: (place: SourcePlace, mend: String, count: Int)] = [:]
    private var order: [Key] = []

    /// Notes made so far, however often.
    private(set) var count = 0

    /// - Parameter isOfFile: Whether it is about the whole file, whichever row tells of it.
    mutating func add(
        _ kind: ImportNote.Kind, at place: SourcePlace, _ what: String, mend: String, isOfFile: Bool = false
    ) {
        let key = Key(kind: kind, what: what)
        count += 1
        if isOfFile, counts[key] != nil { return }
        if counts[key] == nil { order.append(key) }
        counts[key] = (
            counts[key]?.place ?? place, counts[key]?.mend ?? mend, (counts[key]?.count ?? 0) + 1
        )
    }

    /// In the order in which they were first met.
    var notes: [ImportNote] {
        order.compactMap { key in
            guard let note = counts[key] else { return nil }
            let more = note.count > 1 ? " (\(note.count) times)" : ""
            return ImportNote(key.kind, at: note.place, key.what + more, mend: note.mend)
        }
    }
}
