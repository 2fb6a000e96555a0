import Notation

/// One golden case: what is asked, what is expected, and who says so.
///
/// An absent expectation is nil (or, for lists that have no other meaning when empty, empty): a metric that needs
/// it is *not applicable*. `goldDocuments` tells nil (nothing said) from `[]` (nothing should be found).
public struct Example: Sendable, Hashable {
    public var id: String
    /// The user's last turn: what the scored answer answers.
    public var query: String
    /// Earlier turns, oldest first.
    public var history: [Message]
    /// Passages handed to the app with the question, where the app takes them.
    public var context: [String]
    public var expectedIntent: String?
    /// Accepted answers; one of them suffices.
    public var references: [String]
    /// A structured answer that is expected as a whole, for exact match and tool calls.
    public var expectedResult: JSONValue?
    public var rubric: String?
    public var required: [Element]
    public var prohibited: [Element]
    public var goldDocuments: [String]?
    /// Grades of documents, judged irrelevant ones included; nil where nothing but gold documents is known.
    public var relevance: [RelevanceGrade]?
    public var goldSpans: [SourceSpan]?
    public var expectedGuardrail: GuardrailOutcome?
    public var expectedScore: ExpectedScore?
    /// Whether the two things compared are the same (duplicate detection and its likes).
    public var expectedMatch: Bool?
    public var category: String?
    public var tags: [String]
    /// Every further column of the row, in order: what the results may be sliced by.
    public var columns: [Column]
    public var provenance: Provenance?
    /// How often to ask, where this example overrides the run's `--repeat`.
    public var repeats: Int?
    public var datasetVersion: String?
    /// Set where the example is asked no more.
    public var retired: Retirement?
    public var place: SourcePlace

    public init(id: String, query: String, place: SourcePlace = SourcePlace(file: "", line: 0)) {
        self.id = id
        self.query = query
        self.place = place
        history = []
        context = []
        references = []
        required = []
        prohibited = []
        tags = []
        columns = []
    }

    /// A further column: its name and its value as text.
    public struct Column: Sendable, Hashable {
        public let name: String
        public let value: String
        /// The value as the row had it, where it was no text; for requests that send it on.
        public let json: JSONValue?

        public init(name: String, value: String, json: JSONValue? = nil) {
            self.name = name
            self.value = value
            self.json = json
        }
    }
}

/// One turn of a conversation.
public struct Message: Sendable, Hashable {
    public enum Role: String, Sendable, Hashable, CaseIterable { case system, user, assistant, tool }

    public let role: Role
    public let content: String

    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}

/// Something that an answer must, or must not, contain.
public struct Element: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The text occurs, letter case aside.
        case text(String)
        /// One of the texts occurs.
        case anyOf([String])
        /// The pattern (PCRE2) matches somewhere.
        case regex(String)
        /// The text occurs at least, and at most, so many times.
        case count(String, atLeast: Int, atMost: Int?)
        /// One of a catalogue's entries occurs; a catalogue is a named list of the policy.
        case catalogue(String)
        /// A judge decides whether the statement holds.
        case judge(String)
    }

    public let kind: Kind
    /// False where the row gave a bare phrase, which may be a description and not a literal text.
    public let isTyped: Bool

    public init(kind: Kind, isTyped: Bool = true) {
        self.kind = kind
        self.isTyped = isTyped
    }
}

/// A stretch of a source that holds the answer; it survives a change of chunking, which document ids do not.
public struct SourceSpan: Sendable, Hashable {
    public let source: String
    public let page: Int?
    /// The text itself, or nil where only the place is known.
    public let text: String?

    public init(source: String, page: Int? = nil, text: String? = nil) {
        self.source = source
        self.page = page
        self.text = text
    }
}

/// The score an example should receive: a number, or a band.
public enum ExpectedScore: Sendable, Hashable {
    case value(Double)
    case band(ScoreBand)
    case range(ClosedRange<Double>)
}

/// The field's bands of a similarity score, half-open: `high` [.90, 1], `medium` [.70, .90), `low` [.50, .70),
/// `trueNegative` [0, .50).
public enum ScoreBand: String, Sendable, Hashable, CaseIterable {
    case high = "HIGH"
    case medium = "MEDIUM"
    case low = "LOW"
    case trueNegative = "TRUE NEGATIVE"

    /// The band of a score, or nil outside `[0, 1]`.
    public init?(score: Double) {
        switch score {
        case 0.90...1: self = .high
        case 0.70..<0.90: self = .medium
        case 0.50..<0.70: self = .low
        case 0..<0.50: self = .trueNegative
        default: return nil
        }
    }
}

/// Who made an expectation, and from what.
public struct Provenance: Sendable, Hashable {
    public var source: String?
    public var annotator: String?
    public var licence: String?
    public var date: String?
    /// Everything else the row said, as it said it.
    public var other: JSONObject

    public init(
        source: String? = nil, annotator: String? = nil, licence: String? = nil, date: String? = nil,
        other: JSONObject = JSONObject()
    ) {
        self.source = source
        self.annotator = annotator
        self.licence = licence
        self.date = date
        self.other = other
    }
}

/// Where a thing was read: a file and, from 1, its line and column (0: unknown).
public struct SourcePlace: Sendable, Hashable {
    public let file: String
    public let line: Int
    public let column: Int

    public init(file: String, line: Int, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// How relevant a document is to an example's query.
public struct RelevanceGrade: Sendable, Hashable {
    public let id: String
    /// From 1: relevant; 0: judged and not relevant; -1: in the pool that was judged in part, and not judged.
    public let grade: Int

    public init(id: String, grade: Int) {
        self.id = id
        self.grade = grade
    }
}
