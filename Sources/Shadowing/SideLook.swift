import Domain
import Statistics
import Text

/// One arm's answer with what is worked out of it once.
struct SideLook {
    let side: ShadowPair.Side
    let answer: Answer?
    let look: TextLook?
    let cost: Double?

    init(_ side: ShadowPair.Side, _ prices: ReleasePolicy.Prices?) {
        self.side = side
        answer = side.answer
        look = side.answer?.text.map { TextLook($0) }
        cost = side.answer?.usage?.money(at: prices)
    }

    /// Nil where the app shows no guardrail.
    var blocks: Bool? { answer?.guardrail.map { $0.outcome == .block } }

    var status: String? {
        if let status = side.status { return String(status) }
        return side.failure.map { $0.kind.rawValue }
    }
}

/// What an arm chooses among words.
enum Word: String, CaseIterable {
    case status, failure, intent, tool, guardrail, label, form, language

    var summary: String {
        switch self {
        case .status: "status of the answer"
        case .failure: "kind of failure"
        case .intent: "intent that the app routed to"
        case .tool: "first tool that the app called"
        case .guardrail: "decision of the app's guardrail"
        case .label: "class that the app put on its score"
        case .form: "form of the text"
        case .language: "language of the text"
        }
    }

    func of(_ look: SideLook) -> String? {
        switch self {
        case .status: look.status
        case .failure: look.side.failure?.kind.rawValue ?? "answered"
        case .intent: look.answer?.intent
        case .tool: look.answer?.tools.map { $0.first?.name ?? "(none)" }
        case .guardrail: look.answer?.guardrail?.outcome.rawValue
        case .label: look.answer?.scoreLabel
        case .form: look.look?.form.rawValue
        case .language:
            look.look.flatMap { $0.words < 6 ? nil : look.answer?.text.flatMap { Self.language($0) } }
        }
    }

    private static func language(_ text: String) -> String? {
        LanguageFinder.find(text)?.language
    }
}

/// Something that is so of an answer, or not.
struct Rate: Sendable {
    let name: String
    let summary: String
    let of: @Sendable (SideLook) -> Bool?

    static let all: [Rate] = [
        Rate(name: "errors", summary: "requests that the arm failed", of: { $0.side.isError }),
        Rate(name: "guardrail blocks", summary: "answers that the guardrail held back", of: \.blocks),
        Rate(
            name: "tool calls", summary: "answers that call a tool",
            of: { $0.answer?.tools.map { !$0.isEmpty } }),
        Rate(
            name: "nothing retrieved", summary: "answers without a document",
            of: { $0.answer?.documents.map(\.isEmpty) }),
        Rate(
            name: "empty text", summary: "answers with nothing in their text",
            of: { $0.look.map { $0.words == 0 } }),
        Rate(name: "emoji", summary: "texts with an emoji", of: { $0.look.map { $0.emoji > 0 } }),
        Rate(
            name: "headings", summary: "texts with a Markdown heading",
            of: { $0.look.map { $0.headings > 0 } }),
        Rate(name: "bullets", summary: "texts with a list", of: { $0.look.map { $0.bullets > 0 } }),
        Rate(name: "bold", summary: "texts with bold words", of: { $0.look.map(\.hasBold) }),
        Rate(name: "links", summary: "texts with a Markdown link", of: { $0.look.map { $0.links > 0 } }),
        Rate(
            name: "code", summary: "texts with a fenced code block", of: { $0.look.map { $0.codeBlocks > 0 } }
        ),
        Rate(
            name: "exclamations", summary: "texts with an exclamation mark",
            of: { $0.look.map { $0.exclamations > 0 } }),
        Rate(
            name: "closing question", summary: "texts that end in a question",
            of: { $0.look.map(\.endsWithQuestion) }),
    ]
}

/// Something that an answer has more or less of.
struct Number: Sendable {
    let name: String
    let unit: String
    let summary: String
    let of: @Sendable (SideLook) -> Double?

    /// Whether it hangs on the load that an arm carries.
    var isTime: Bool { ["latency", "time to first token", "tokens per second"].contains(name) }

    static let all: [Number] = [
        Number(
            name: "latency", unit: "milliseconds", summary: "to the last byte",
            of: { $0.answer?.latencyMilliseconds }),
        Number(
            name: "time to first token", unit: "milliseconds", summary: "to the first piece of a stream",
            of: { $0.answer?.timeToFirstTokenMilliseconds }),
        Number(
            name: "tokens per second", unit: "count", summary: "from the first token to the last byte",
            of: { $0.side.tokensPerSecond }),
        Number(
            name: "length", unit: "characters", summary: "of the text",
            of: { $0.look.map { Double($0.characters) } }),
        Number(
            name: "output tokens", unit: "tokens", summary: "as the app counts them",
            of: { $0.answer?.usage?.outputTokens.map(Double.init) }),
        Number(
            name: "input tokens", unit: "tokens", summary: "as the app counts them",
            of: { $0.answer?.usage?.inputTokens.map(Double.init) }),
        Number(
            name: "cost", unit: "currency", summary: "as the app says, or by the policy's prices", of: \.cost),
        Number(
            name: "confidence", unit: "ratio", summary: "the app's own", of: { $0.answer?.confidence }),
        Number(name: "score", unit: "ratio", summary: "the app's own", of: { $0.answer?.score }),
        Number(
            name: "documents", unit: "count", summary: "retrieved",
            of: { $0.answer?.documents.map { Double($0.count) } }),
    ]
}

/// How alike two answers are.
enum Overlap: String, CaseIterable {
    case words = "words in common"
    case documents = "documents in common"
    case ranking = "ranking of documents"

    var summary: String {
        switch self {
        case .words: "F1 of the words that both texts have"
        case .documents: "Jaccard: documents of both over documents of either"
        case .ranking: "rank-biased overlap, persistence 0.9"
        }
    }

    func of(_ before: SideLook, _ after: SideLook) -> Double? {
        switch self {
        case .words:
            guard let old = before.answer?.text, let new = after.answer?.text else { return nil }
            return wordLikeness(old, new)
        case .documents:
            guard let (old, new) = Self.documents(before, after) else { return nil }
            let shared = Set(old).intersection(new).count
            return Double(shared) / Double(old.count + new.count - shared)
        case .ranking:
            guard let (old, new) = Self.documents(before, after) else { return nil }
            return try? rankBiasedOverlap(old, new)
        }
    }

    /// Ids best first, each once; nil where an arm shows none at all, and where both found nothing.
    private static func documents(_ before: SideLook, _ after: SideLook) -> ([String], [String])? {
        guard let old = before.answer?.documents, let new = after.answer?.documents,
            !old.isEmpty || !new.isEmpty
        else { return nil }
        guard let old = identities(old), let new = identities(new) else { return nil }
        return (old, new)
    }

    /// Whether documents are there, and nothing tells one from another.
    static func isNameless(_ before: SideLook, _ after: SideLook) -> Bool {
        [before, after].contains { look in
            look.answer?.documents.map { identities($0) == nil } ?? false
        }
    }

    /// What each document is told by: its id or source, else its text; nil where one has neither. A rank that stands
    /// in for an id names a place, and no document.
    private static func identities(_ documents: [RetrievedDocument]) -> [String]? {
        var seen: Set<String> = []
        var names: [String] = []
        for (index, document) in documents.enumerated() {
            var name = document.id
            if name == "#\(index + 1)" {
                guard let text = document.text, !text.isEmpty else { return nil }
                name = "text " + text
            }
            if seen.insert(name).inserted { names.append(name) }
        }
        return names
    }
}
