/// Everything the app did with one request.
struct Reply: Sendable {
    var text = ""
    var routing: IntentClassifier.Prediction
    var documents: [Document] = []
    var citations: [Citation] = []
    var confidence = 0.0
    var guardrail = Guardrail.Outcome.allow
    var usage = TokenUsage()
    var timings = StageTimings()
    var tool: Tool?
    var session = ""

    struct Document: Sendable {
        let id: String
        let score: Double
        let text: String
    }

    /// The passage and the byte offsets in it from which the answer was taken.
    struct Citation: Sendable {
        let document: String
        let start: Int
        let end: Int
    }

    enum Tool: Sendable {
        case search(query: String, topK: Int)
        case handOver(desk: String)
    }
}

/// Milliseconds of each stage, in the order in which a request passes them.
struct StageTimings: Sendable {
    var routing = 0.0
    var retrieval = 0.0
    var generation = 0.0
    var format = 0.0
    var guardrail = 0.0

    var total: Double { routing + retrieval + generation + format + guardrail }
}

/// Tokens of a request and their price.
///
/// The app has no language model to pay, so both follow a fixed rule: four bytes of UTF-8 are a token; a
/// million tokens cost 0.50 USD in, 0.05 USD in and cached (the system prompt, from its second use on), and
/// 1.50 USD out.
struct TokenUsage: Sendable {
    var input = 0
    var cached = 0
    var output = 0

    static let inputPrice = 0.50e-6
    static let cachedPrice = 0.05e-6
    static let outputPrice = 1.50e-6

    var cost: Double {
        let micro = Double(input - cached) * 0.50 + Double(cached) * 0.05 + Double(output) * 1.50
        return (micro * 100).rounded() / 1e8
    }

    static func tokens(_ text: String) -> Int { (text.utf8.count + 3) / 4 }
}
