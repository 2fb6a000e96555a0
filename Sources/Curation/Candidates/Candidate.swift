import Domain
import Notation

/// An input that may become an example: held, with why and from where, until a person says what is right.
public struct Candidate: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable { case open, accepted, rejected }

    /// Why it is here: one entry for each time it was seen to go wrong.
    public struct Signal: Sendable, Hashable {
        public let kind: CandidateSignal
        /// Where it was seen: `run r-…`, a file's name.
        public let source: String
        /// Tells one sighting from another, so that none is counted twice.
        public let reference: String
        public let at: String?
        /// Figures or a comment: `recall@3 1 → 0`.
        public let note: String

        public init(
            _ kind: CandidateSignal, source: String, reference: String, at: String? = nil, note: String = ""
        ) {
            self.kind = kind
            self.source = source
            self.reference = reference
            self.at = at
            self.note = note
        }
    }

    /// An example of the set that is like it.
    public struct Neighbour: Sendable, Hashable {
        public let id: String
        public let similarity: Double
    }

    /// A slice that it probably lies in.
    public struct Slice: Sendable, Hashable {
        public let name: String
        public let value: String
        /// `row`, or the examples that say so.
        public let basis: String

        public init(name: String, value: String, basis: String) {
            self.name = name
            self.value = value
            self.basis = basis
        }
    }

    public struct Decision: Sendable, Hashable {
        public let by: String
        public let on: String
        public let why: String?
        /// The example that it became.
        public let example: String?

        public init(by: String, on: String, why: String? = nil, example: String? = nil) {
            self.by = by
            self.on = on
            self.why = why
            self.example = example
        }
    }

    /// `c-` and 12 digits of its input's digest: the same input has the same id in every file and on every day.
    public internal(set) var id = ""
    public var state = State.open
    public var query: String
    public var history: [Message] = []
    public var context: [String] = []
    /// What its row said of slices.
    public var columns: [Example.Column] = []
    /// What the app answered. It is shown, and never becomes a reference by itself.
    public var observed: [String] = []
    /// What somebody said the answer should have been.
    public var correction: String?
    public var signals: [Signal] = []
    /// The first candidate that it is nearly the same as; itself where there is none.
    public internal(set) var cluster = ""
    /// The example of the set that asks the same.
    public internal(set) var inSet: String?
    public internal(set) var near: [Neighbour] = []
    public internal(set) var slices: [Slice] = []
    public var isAnonymised = false
    public var collected = ""
    public var decision: Decision?
    /// Members of its row that nobody here knows: a person's notes.
    public var other = JSONObject()

    public init(query: String) { self.query = query }

    /// The gravest of its signals.
    public var gravest: CandidateSignal {
        CandidateSignal.allCases.first { kind in signals.contains { $0.kind == kind } } ?? .exchange
    }

    /// As an example without any expectation, for everything that looks at inputs.
    public var input: Example {
        var example = Example(id: id, query: query)
        example.history = history
        example.context = context
        example.columns = columns
        return example
    }
}
