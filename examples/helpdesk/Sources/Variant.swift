/// One release of the app: everything that may differ between two of them, and nothing else.
///
/// A broken release differs from `v1` in one stage alone, as a plausible mistake would make it differ.
struct Variant: Sendable {
    var name: String
    var summary: String
    var labels = LabelMap.current
    var retrieval = RetrievalSettings()
    var generation = GenerationSettings()
    var format = FormatSettings()
    var guardrail = GuardrailSettings()

    /// What routing calls an intent: the domains of today, or the map of a release that had fewer of them.
    enum LabelMap: String, Sendable {
        case current = "domains-2026-03"
        case stale = "domains-2025-09"
    }

    /// The release with this name, or nil where there is none.
    static func named(_ name: String) -> Variant? { all.first { $0.name == name } }

    static let all: [Variant] = [
        v1, better, retriever, classifier, verbose, format, guardrail, overblocking, slow,
    ]

    private static let v1 = Variant(name: "v1", summary: "what is live today")

    private static let better: Variant = {
        var variant = Variant(
            name: "v2-better", summary: "stemmed index over whole passages, trained span model")
        variant.retrieval.stems = true
        variant.retrieval.dropsStopwords = true
        variant.retrieval.indexedTokens = nil
        variant.generation.model = .spans2
        variant.generation.prompt = "answer-15"
        variant.generation.readsDocuments = 2
        return variant
    }()

    private static let retriever: Variant = {
        var variant = v1
        variant.name = "broken-retriever"
        variant.summary = "the nightly import stopped after 190 of 240 passages, and top_k went from 5 to 3"
        variant.retrieval.importedDocuments = 190
        variant.retrieval.topK = 3
        return variant
    }()

    private static let classifier: Variant = {
        var variant = v1
        variant.name = "broken-classifier"
        variant.summary = "trained on the label map of an old release, in which two domains did not exist yet"
        variant.labels = .stale
        return variant
    }()

    private static let verbose: Variant = {
        var variant = v1
        variant.name = "broken-verbose"
        variant.summary = "a prompt edit asks for a friendly tone, and answers drown in it"
        variant.generation.prompt = "answer-15-friendly"
        variant.generation.friendly = true
        return variant
    }()

    private static let format: Variant = {
        var variant = v1
        variant.name = "broken-format"
        variant.summary = "a list with one citation is written as the citation itself"
        variant.format.unwrapsSingleCitation = true
        return variant
    }()

    private static let guardrail: Variant = {
        var variant = v1
        variant.name = "broken-guardrail"
        variant.summary = "rules match adjacent words only, and disguised text is no longer undone"
        variant.guardrail.window = 1
        variant.guardrail.undoesDisguise = false
        variant.guardrail.rules = "rules-8-fast"
        return variant
    }()

    private static let overblocking: Variant = {
        var variant = v1
        variant.name = "broken-overblock"
        variant.summary = "a list of alarming words was put before the rules"
        variant.guardrail.blocksAlarmingWords = true
        variant.guardrail.rules = "rules-8-strict"
        return variant
    }()

    private static let slow: Variant = {
        var variant = v1
        variant.name = "broken-slow"
        variant.summary = "retrieved passages go through a reranker that changes nothing and takes 60 ms"
        variant.retrieval.rerankMilliseconds = 60
        return variant
    }()
}

struct RetrievalSettings: Sendable {
    var topK = 5
    /// How many passages the index holds, in their order; nil: all of them.
    var importedDocuments: Int?
    /// How many tokens of a passage are indexed; nil: all of them.
    var indexedTokens: Int? = 96
    var stems = false
    var dropsStopwords = false
    var k1 = 1.2
    var b = 0.75
    var rerankMilliseconds = 0.0
}

struct GenerationSettings: Sendable {
    enum Model: String, Sendable {
        case spans1 = "spans-1"
        case spans2 = "spans-2"
    }
    var model = Model.spans1
    var prompt = "answer-14"
    var friendly = false
    /// How many of the retrieved passages the answer may come from.
    var readsDocuments = 3
}

struct FormatSettings: Sendable {
    var unwrapsSingleCitation = false
}

struct GuardrailSettings: Sendable {
    /// How many words may stand between the two halves of a rule.
    var window = 8
    var undoesDisguise = true
    var blocksAlarmingWords = false
    var rules = "rules-8"
}
