import Domain
import Text

/// What the metrics of meaning share: which vectors they want, and how two texts are compared.
///
/// A text without a visible character has no meaning to compare: it is never embedded, and its cosine is 0 to any text,
/// or 1 to another such text.
enum Meaning {
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            if scalar.properties.isWhitespace { return true }
            switch scalar.properties.generalCategory {
            case .control, .format: return true
            default: return false
            }
        }
    }

    /// One request a text that has a meaning.
    static func requests(_ texts: [String], _ detail: EmbeddingDetail = .texts) -> [ModelRequest] {
        texts.filter { !isBlank($0) }.map { .embedding(ExactText($0), detail) }
    }

    /// The cosine of two texts' vectors.
    ///
    /// - Throws: `ModelGap`, where the model gave none, or vectors that cannot be compared.
    static func cosine(_ one: String, _ other: String, _ models: ModelAnswers) throws(ModelGap) -> Double {
        switch (isBlank(one), isBlank(other)) {
        case (true, true): return 1
        case (true, false), (false, true): return 0
        case (false, false): break
        }
        let left = try models.embedding(of: one, .texts).vector
        let right = try models.embedding(of: other, .texts).vector
        do throws(EmbeddingProblem) { return try left.cosine(to: right) } catch {
            throw ModelGap(error.description)
        }
    }

    /// The greatest cosine of a text to one of several; nil for none.
    static func nearest(
        _ text: String, _ others: [String], _ models: ModelAnswers
    ) throws(ModelGap) -> Double? {
        var best: Double?
        for other in others { best = max(best ?? -1, try cosine(text, other, models)) }
        return best
    }

    /// What comes of a measuring that may find a gap.
    static func measured(_ body: () throws(ModelGap) -> Measurement) -> Measurement {
        // What a model did not give is nobody's answer's fault.
        do throws(ModelGap) { return try body() } catch { return .unmeasured(error.reason) }
    }

    /// A cosine from which something counts, of a policy's mapping.
    static func threshold(
        _ options: borrowing MetricOptions, default value: Double
    ) throws(MetricProblem) -> Double {
        let threshold = try options.number("threshold", default: value)
        guard (-1...1).contains(threshold) else {
            throw MetricProblem("'threshold' of '\(options.metric)' is a number from -1 to 1")
        }
        return threshold
    }
}
