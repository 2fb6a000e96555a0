import Domain
import Interchange
import Notation

/// A candidate on its way into the set: with what a person expects of it, and their name.
public struct Acceptance: Sendable {
    /// Who says so.
    public var by: String
    public var day: Day
    public var guideline: String?
    /// The id of the example; nil: the candidate's own.
    public var id: String?
    /// A variant to ask in the input's place.
    public var query: String?
    /// Slices that the person sets; an empty value leaves one out.
    public var slices: [(name: String, value: String)] = []
    /// Columns of the data set's table that say what is right.
    public var expectations = JSONObject()

    public init(by: String, day: Day) {
        self.by = by
        self.day = day
    }

    public struct Refusal: Error, Sendable, Hashable {
        public let message: String
        public let mend: String

        init(_ message: String, mend: String) {
            self.message = message
            self.mend = mend
        }
    }

    /// Whether a name can be that of who labels: a person's, not the system's under test or a model's.
    public static func check(person name: String, systems: [SystemName]) throws(Refusal) {
        guard name.contains(where: \.isLetter) else {
            throw Refusal("'\(name)' is nobody's name", mend: "say who labels it: --by NAME")
        }
        if let why = LabellerCheck(systems: systems).refusal(of: name) {
            throw Refusal(
                "\(quoted(name)) \(why)",
                mend: "a person says what is right: a system agrees with its own mistakes")
        }
    }

    private static let expecting: Set<DatasetField> = [
        .expectedIntent, .references, .expectedResult, .rubric, .required, .prohibited, .goldDocuments,
        .goldSpans,
        .expectedGuardrail, .shouldBlock, .expectedScore, .match,
    ]

    /// The row of the example that a candidate becomes.
    ///
    /// - Throws: where nothing is expected, the set asks the same already, or a column is none of these.
    public func row(for candidate: Candidate) throws(Refusal) -> JSONObject {
        if let same = candidate.inSet, query == nil {
            throw Refusal(
                "\(candidate.id) asks what \(quoted(same)) of the set asks already",
                mend: "give a variant with --query, mend that example, or reject it")
        }
        var row = JSONObject()
        row["query_id"] = .string(id ?? candidate.id)
        row["query"] = .string(query ?? candidate.query)
        if !candidate.history.isEmpty {
            row["conversation_history"] = CandidateCodec.history(candidate.history)
        }
        if !candidate.context.isEmpty { row["context"] = .array(candidate.context.map { .string($0) }) }
        var isExpecting = false
        for member in expectations.members where member.key != "candidate" && !member.value.isNull {
            let field = DatasetField(column: member.key)
            switch field {
            case .id?, .query?, .history?, .messages?, .context?, .provenance?, .datasetVersion?:
                throw Refusal(
                    "\(quoted(member.key)) is no expectation",
                    mend: "--id and --query set these; leave it out")
            default: break
            }
            if let field, Self.expecting.contains(field), !Self.isBlank(member.value) { isExpecting = true }
            row[member.key] = member.value
        }
        guard isExpecting else {
            throw Refusal(
                "nothing is expected of \(candidate.id), so that no answer could be wrong",
                mend: "say what is right: --reference TEXT, --correction, or --expect FILE")
        }
        addSlices(candidate, &row)
        row["provenance"] = .object(provenance(candidate))
        return row
    }

    private static func isBlank(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.allSatisfy(\.isWhitespace)
        case .array(let elements): !elements.isEmpty && elements.allSatisfy(isBlank)
        default: false
        }
    }

    private func addSlices(_ candidate: Candidate, _ row: inout JSONObject) {
        for slice in candidate.slices {
            // What is expected is the person's to say, whatever its neighbours expect.
            if let field = DatasetField(column: slice.name), field != .category { continue }
            if ["intent", "guardrail", "turn_count"].contains(slice.name) || row[slice.name] != nil {
                continue
            }
            let own = candidate.columns.first { $0.name == slice.name }
            row[slice.name] = own?.json ?? (slice.value == "true" ? .bool(true) : .string(slice.value))
        }
        for slice in slices { row[slice.name] = slice.value.isEmpty ? nil : .string(slice.value) }
    }

    private func provenance(_ candidate: Candidate) -> JSONObject {
        var provenance = JSONObject()
        let sources = candidate.signals.map { "\($0.kind.rawValue), \($0.source)" }
        var told: [String] = []
        for source in sources where !told.contains(source) && told.count < 3 { told.append(source) }
        provenance["source"] = .string("candidate \(candidate.id): " + told.joined(separator: "; "))
        provenance["annotator"] = .string(by)
        provenance["date"] = .string(day.description)
        provenance["guideline"] = guideline.map { .string($0) }
        provenance["anonymised"] = .bool(candidate.isAnonymised)
        if query != nil { provenance["variant_of"] = .string(candidate.inSet ?? candidate.id) }
        return provenance
    }

    /// Whether an example came from a candidate.
    public static func isFromCandidate(_ example: Example) -> Bool {
        example.provenance(.source)?.hasPrefix("candidate c-") ?? false
    }
}
