/// The app: routing, retrieval, generation, format and guardrail, in that order.
///
/// The guardrail stands last, where nothing passes it: it sees the query and replaces the draft.
struct Pipeline: Sendable {
    let variant: Variant
    let random: RandomNumbers
    let jitterMilliseconds: Double
    private let passages: [Passage]
    private let classifier: IntentClassifier
    private let indices: [Chunking: Index]
    private let spans: SpanModel
    private let weights: [Float]
    private let guardrail: Guardrail
    let promptText: String
    private let promptTokens: Int

    init(library: Library, variant: Variant, seed: UInt64, jitterMilliseconds: Double) throws(FileProblem) {
        self.variant = variant
        self.jitterMilliseconds = jitterMilliseconds
        random = RandomNumbers(seed: seed)
        passages = library.passages
        classifier = IntentClassifier(training: library.trainingExamples(variant.labels))
        indices = Self.indices(library.passages, variant.retrieval)
        spans = SpanModel(library.passages)
        weights = try library.weights(variant.generation.model)
        guardrail = Guardrail(settings: variant.guardrail)
        promptText = try library.prompt(variant.generation.prompt)
        promptTokens = TokenUsage.tokens(promptText)
    }

    /// What is searched, and what its documents are.
    private struct Index: Sendable {
        let retriever: Retriever
        let chunks: [Chunk]
    }

    private static func indices(_ passages: [Passage], _ settings: RetrievalSettings) -> [Chunking: Index] {
        let imported = Array(passages.prefix(settings.importedDocuments ?? passages.count))
        var indices: [Chunking: Index] = [:]
        for chunking in Chunking.allCases {
            let chunks = Chunk.cut(imported, chunking)
            let retriever: Retriever
            switch chunking {
            case .head: retriever = Retriever(passages, settings: settings)
            case .paragraph, .fixed:
                let texts = chunks.map { $0.parts.flatMap { imported[$0.passage].tokens[$0.tokens] } }
                retriever = Retriever(texts: texts, settings: settings)
            }
            indices[chunking] = Index(retriever: retriever, chunks: chunks)
        }
        return indices
    }

    func indexedDocuments(_ options: RequestOptions = RequestOptions()) -> Int {
        indices[options.chunking ?? .head]?.retriever.documents ?? 0
    }

    /// Answers one request. What a real app would spend waiting (decoding, reranking) is in the timings, and
    /// the caller's to wait; see ``Waiting``.
    ///
    /// - Parameter options: What this request wants done otherwise.
    func answer(
        _ query: String, history: [Turn], session: String?, options: RequestOptions = RequestOptions()
    ) -> (reply: Reply, waiting: Waiting) {
        let conversation = Conversation(query, history: history)
        var waiting = Waiting()
        var clock = StageClock()

        var reply = Reply(routing: classifier.predict(query, context: conversation.askedBefore))
        reply.session = session ?? "s-" + hexadecimal(random.bits("session", query, "\(history.count)"))
        reply.timings.routing = clock.lap()

        let isKnowledge = reply.routing.intent == IntentClassifier.knowledge
        let found = isKnowledge ? retrieve(conversation, options) : []
        reply.documents = found.map {
            Reply.Document(
                id: passages[$0.chunk.passage].id, score: rounded($0.score), text: $0.chunk.text(passages))
        }
        if isKnowledge { waiting.retrieval = variant.retrieval.rerankMilliseconds }
        reply.timings.retrieval = clock.lap() + waiting.retrieval

        generate(conversation, found, options, into: &reply)
        count(conversation, reads: reads(options), into: &reply)
        waiting.generation =
            1 + 0.02 * Double(reply.usage.output) + random.uniform("wait", query) * jitterMilliseconds
        reply.timings.generation = clock.lap() + waiting.generation

        // The place of the format stage: its time is taken where the answer is written.
        reply.guardrail = guardrail.check(query)
        if case .block(_, let reason) = reply.guardrail {
            reply.text = "I cannot help with that: \(reason)."
            reply.citations = []
            reply.confidence = 1
            reply.tool = nil
        }
        reply.timings.guardrail = clock.lap()
        return (reply, waiting)
    }

    private struct Found {
        let chunk: Chunk
        let score: Double
    }

    private func retrieve(_ conversation: Conversation, _ options: RequestOptions) -> [Found] {
        guard let index = indices[options.chunking ?? .head] else { return [] }
        let hits = index.retriever.search(
            conversation.tokens, context: conversation.contextTokens, topK: options.topK
        ) { document in
            random.bits("tie", conversation.query, name(index.chunks[document]))
        }
        let least = (options.threshold ?? 0) * (hits.first?.score ?? 0)
        // The best one always reaches its own score.
        return hits.filter { $0.score >= least }
            .map { Found(chunk: index.chunks[$0.document], score: $0.score) }
    }

    private func name(_ chunk: Chunk) -> String {
        let id = passages[chunk.parts[0].passage].id
        let start = chunk.parts[0].tokens.lowerBound
        return start == 0 ? id : "\(id)+\(start)"
    }

    private func generate(
        _ conversation: Conversation, _ found: [Found], _ options: RequestOptions, into reply: inout Reply
    ) {
        switch reply.routing.intent {
        case IntentClassifier.outOfScope:
            reply.text = "I am sorry, that is outside what this help desk does."
            reply.confidence = rounded(reply.routing.confidence)
        case IntentClassifier.knowledge:
            reply.tool = .search(query: conversation.query, topK: options.topK ?? variant.retrieval.topK)
            extract(conversation, found, reads: reads(options), into: &reply)
        case let desk:
            reply.tool = .handOver(desk: desk)
            reply.text = "I have passed this to our \(desk.replacing("_", with: " ")) desk."
            reply.confidence = rounded(reply.routing.confidence)
        }
        if variant.generation.friendly, reply.routing.intent == IntentClassifier.knowledge {
            reply.text = friendly(reply.text, asked: conversation.query)
        }
    }

    /// Passages that the answer may come from: whoever asks for some wants all of them read.
    private func reads(_ options: RequestOptions) -> Int { options.topK ?? variant.generation.readsDocuments }

    private func extract(
        _ conversation: Conversation, _ found: [Found], reads: Int, into reply: inout Reply
    ) {
        let question = Question(tokens: conversation.tokens)
        var read: [Hit] = []
        for (rank, item) in found.prefix(reads).enumerated() {
            for part in item.chunk.parts {
                read.append(
                    Hit(document: part.passage, score: item.score, tokens: part.tokens, rank: rank))
            }
        }
        let candidates = spans.candidates(question, context: conversation.contextTokens, hits: read)
        let choices = spans.rank(candidates, weights: weights)
        guard var choice = choices.first else {
            reply.text = "I could not find that in our documents."
            return
        }
        // Of two answers as good as each other the seed now and then says the second, as sampling would.
        if choices.count > 1, choices[1].expectedOverlap > Self.nearTie * choice.expectedOverlap,
            random.bits("draw", conversation.query) & 3 == 3
        {
            choice = choices[1]
        }
        let passage = passages[choice.span.passage]
        reply.text = passage.text(from: choice.span.first, through: choice.span.last)
        reply.confidence = rounded(choice.expectedOverlap)
        reply.citations = [
            Reply.Citation(
                document: passage.id, start: passage.tokens[choice.span.first].start,
                end: passage.tokens[choice.span.last].end)
        ]
    }

    private static let nearTie = 0.9985

    private func friendly(_ answer: String, asked question: String) -> String {
        """
        Thank you so much for reaching out to us today, that is a wonderful question! As an AI assistant I have \
        looked very carefully through all of the documents that are available to me in order to find what you \
        need. You asked: "\(question)" After weighing everything I have read, the answer that I would like to \
        offer you is the following: \(answer). I do hope that this is helpful to you! Please do not hesitate to \
        come back at any time if there is anything else at all that I can do for you, and have a lovely day.
        """
    }

    private func count(_ conversation: Conversation, reads: Int, into reply: inout Reply) {
        var input = promptTokens + TokenUsage.tokens(conversation.query)
        input += TokenUsage.tokens(conversation.context ?? "")
        for document in reply.documents.prefix(reads) {
            input += TokenUsage.tokens(document.text)
        }
        reply.usage = TokenUsage(input: input, cached: promptTokens, output: TokenUsage.tokens(reply.text))
    }
}

/// Milliseconds that a real app would spend waiting for others.
struct Waiting: Sendable {
    var retrieval = 0.0
    var generation = 0.0
    var total: Double { retrieval + generation }
}

/// Takes the time between one stage and the next.
struct StageClock {
    private var last = monotonicMilliseconds()

    mutating func lap() -> Double {
        let now = monotonicMilliseconds()
        defer { last = now }
        return now - last
    }
}

func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }

func hexadecimal(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
