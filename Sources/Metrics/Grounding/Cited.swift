import Domain

/// An answer's sentences with the chunks that they cite: the common frame of the citations' metrics.
struct Cited: Sendable {
    struct Sentence: Sendable {
        let statement: Statement
        /// Of each citation, the place of its chunk; nil where it names nothing that was retrieved.
        var places: [Int?]
    }

    static let words = "{ by: either | words | meaning, threshold: support, 0 to 1 }"

    let sentences: [Sentence]
    /// The texts of all documents; those that are not cited may be empty.
    let chunks: [Chunk]

    /// - Throws: the measurement, where there is nothing to read.
    private init(_ input: borrowing MeasureInput) throws(Chunk.Unshown) {
        guard let text = input.answer?.text else { throw Chunk.Unshown(input.notShown("text")) }
        guard let documents = input.answer?.documents else {
            throw Chunk.Unshown(input.notShown("documents"))
        }
        let ids = Set(documents.map { $0.id.lowercased() })
        var sentences: [Sentence] = []
        for sentence in Citations.sentences(of: text, ids: ids) {
            let statement = Statement(sentence.text)
            let places = sentence.marks.map { Citations.place(of: $0, in: documents) }
            if !statement.words.isEmpty {
                sentences.append(Sentence(statement: statement, places: places))
            } else if !places.isEmpty, !sentences.isEmpty {
                sentences[sentences.count - 1].places += places
            }
        }
        let wanted = Set(sentences.flatMap { $0.places.compactMap { $0 } })
        guard wanted.allSatisfy({ documents[$0].text != nil }) else {
            throw Chunk.Unshown(input.notShown("documents", "text of its documents"))
        }
        self.sentences = sentences
        chunks = documents.indices.map { Chunk(wanted.contains($0) ? documents[$0].text ?? "" : "") }
    }

    static func define(
        _ request: MetricRequest, _ family: MetricFamily,
        _ score: @escaping @Sendable (Cited, Support, Double, ModelAnswers) throws(ModelGap) -> Measurement
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try MetricOptions(request, ["by", "threshold"])
        let basis: Support.Basis = try options.choice("by", default: .either)
        let threshold = try options.number("threshold", default: 0.5)
        guard (0...1).contains(threshold) else {
            throw MetricProblem("'threshold' of '\(request.name)' is a number from 0 to 1")
        }
        let series = "\(family.name)/1 by \(basis.rawValue), threshold \(threshold)"
        let need = MetricDefinition.ModelNeed([.embedding], series: series) { input in
            guard let cited = try? Cited(input) else { return [] }
            let support = Support(basis, input.example)
            return cited.sentences.flatMap { sentence in
                let chunks = sentence.places.compactMap { $0.map { cited.chunks[$0] } }
                return Meaning.requests(chunks.flatMap { support.texts([sentence.statement], [$0]) })
            }
        }
        return MetricDefinition(
            request, of: family, .share(.generation), whenAppFailed: .worst(Groundedness.worst),
            models: basis == .words ? nil : need,
            measure: { input in
                let cited: Cited
                do throws(Chunk.Unshown) { cited = try Cited(input) } catch { return error.measurement }
                let support = Support(basis, input.example)
                let models = input.models
                return Meaning.measured { () throws(ModelGap) in
                    try score(cited, support, threshold, models)
                }
            })
    }
}
