/// The columns of a data set that have a meaning of their own, each with the names that others give it.
///
/// A name is looked up in snake case and lower case, so `expectedScore`, `Expected Score` and
/// `expected-score` are `expected_score`.
public enum DatasetField: String, Sendable, Hashable, CaseIterable {
    case id = "query_id"
    case datasetVersion = "dataset_version"
    case query
    case history = "conversation_history"
    /// A whole conversation whose last user turn is the query.
    case messages
    case context
    case expectedIntent = "expected_intent"
    case references = "reference_response"
    case expectedResult = "expected_result"
    case rubric
    case required = "required_elements"
    case prohibited = "prohibited_elements"
    case goldDocuments = "retrieval_gold_doc_ids"
    case goldSpans = "gold_source_spans"
    case expectedGuardrail = "expected_guardrail"
    /// The same expectation as a yes or no.
    case shouldBlock = "should_block"
    case expectedScore = "expected_score"
    case match
    case category
    case tags
    case provenance
    case repeats
    /// That the example is asked no more; its row stays.
    case retired

    /// Further names that load unchanged, in snake case.
    public var aliases: [String] {
        switch self {
        case .id: ["id", "example_id", "case_id", "test_id", "qid"]
        case .datasetVersion: []
        case .query: ["question", "input", "prompt", "user_input", "user_query", "utterance"]
        case .history: ["history", "chat_history", "conversation", "previous_turns"]
        case .messages: []
        case .context: ["contexts", "passages"]
        case .expectedIntent: ["intent", "gold_intent", "expected_class", "expected_label", "expected_route"]
        case .references:
            [
                "reference_responses", "reference", "references", "reference_answer", "reference_answers",
                "expected_answer", "expected_answers", "expected_response", "expected_responses",
                "expected_output", "gold_answer", "gold_answers", "ground_truth", "ground_truths", "ideal",
            ]
        case .expectedResult: ["expected_json", "expected_tool_calls"]
        case .rubric: ["grading_rubric", "criteria"]
        // What an answer must name as missing is something that it must contain.
        case .required: ["must_include", "must_contain", "required", "missing_elements"]
        case .prohibited: ["must_not_include", "must_not_contain", "prohibited", "forbidden_elements"]
        case .goldDocuments:
            [
                "expected_chunks", "gold_doc_ids", "gold_documents", "gold_docs", "expected_documents",
                "expected_docs", "expected_doc_ids", "relevant_documents", "relevant_docs",
                "relevant_doc_ids",
            ]
        case .goldSpans: ["gold_spans", "expected_source", "expected_sources", "gold_source", "gold_sources"]
        case .expectedGuardrail: ["guardrail", "expected_guardrail_outcome"]
        case .shouldBlock: ["expected_block", "should_refuse"]
        case .expectedScore: ["expected_score_band", "expected_band"]
        case .match: ["expected_match", "is_match", "is_duplicate", "expected_duplicate"]
        case .category: []
        case .tags: []
        case .provenance: []
        case .repeats: ["repeat"]
        case .retired: []
        }
    }

    /// Whether several columns of a row may give it together: their values follow one another.
    public var isCollected: Bool {
        switch self {
        case .required, .prohibited, .references, .tags, .context, .goldSpans: true
        default: false
        }
    }

    /// What a column's name means, or nil for a column of the user's own. Linear in the name's length.
    public init?(column: String) {
        guard let field = Self.byName[Self.normalised(column)] else { return nil }
        self = field
    }

    /// As `init(column:)` for a name that is written as the table has it.
    init?(exactly column: String) {
        guard let field = Self.byName[column] else { return nil }
        self = field
    }

    /// The known name that a column's name is probably a slip of, or nil.
    public static func nearest(to column: String) -> String? {
        let name = Array(normalised(column).utf8)
        guard name.count >= 4 else { return nil }
        var best: (name: String, distance: Int)?
        for known in sortedNames {
            let allowed = min(2, max(1, known.utf8.count / 5))
            let distance = editDistance(name, Array(known.utf8), limit: allowed)
            if distance <= allowed, distance < best?.distance ?? .max { best = (known, distance) }
        }
        return best?.name
    }

    /// Snake case and lower case of ASCII letters: `expectedScore` → `expected_score`.
    public static func normalised(_ column: String) -> String {
        var out: [UInt8] = []
        var afterSmall = false
        for byte in column.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if afterSmall { out.append(UInt8(ascii: "_")) }
                out.append(byte | 0x20)
                afterSmall = false
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."):
                out.append(UInt8(ascii: "_"))
                afterSmall = false
            default:
                out.append(byte)
                afterSmall = byte != UInt8(ascii: "_")
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let byName: [String: DatasetField] = {
        var names: [String: DatasetField] = [:]
        for field in allCases {
            for name in [field.rawValue] + field.aliases { names[name] = field }
        }
        return names
    }()

    /// Short and common words are left out: `tag`, `type` or `notes` are columns, not slips.
    private static let sortedNames: [String] = byName.keys.filter { $0.utf8.count >= 5 }.sorted()
}

/// The optimal string alignment distance (a swap of neighbours counts once), or `limit + 1` where it is
/// larger.
func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
    if abs(left.count - right.count) > limit { return limit + 1 }
    var twoBack = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    var current = previous
    for row in 0..<left.count {
        current[0] = row + 1
        for column in 0..<right.count {
            let cost = left[row] == right[column] ? 0 : 1
            var best = min(previous[column] + cost, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, twoBack[column - 1] + 1)
            }
            current[column + 1] = best
        }
        (twoBack, previous, current) = (previous, current, twoBack)
    }
    return min(previous[right.count], limit + 1)
}
