import Glibc
import Notation

/// Fits the weights of a span model on the questions that the golden set leaves.
///
/// Maximises the probability of the candidates that share most with the annotated answer, by AdaGrad over
/// single questions (Duchi, Hazan and Singer, JMLR 12 (2011)), with weights drawn towards 0.
struct SpanFitting {
    let library: Library
    let model: GenerationSettings.Model
    let spanModel: SpanModel

    private static let folds = 5

    private struct Case {
        let spans: [Span]
        let overlaps: [Double]
    }

    /// Writes the weights into the data folder; five-fold
    /// cross-validation says how good they are.
    func run() throws(FileProblem) {
        let cases = cases()
        var quality = 0.0
        for fold in 0..<Self.folds {
            let held = cases.enumerated().filter { $0.offset % Self.folds == fold }.map(\.element)
            let rest = cases.enumerated().filter { $0.offset % Self.folds != fold }.map(\.element)
            quality += f1(held, fit(rest)) / Double(Self.folds)
        }
        let ceiling = cases.map { $0.overlaps.max() ?? 0 }.reduce(0, +) / Double(cases.count)
        let weights = fit(cases)
        let document: JSONValue = [
            "model": .string(model.rawValue),
            "held_out_f1": .number(rounded(quality)),
            "weights": .array(weights.map { .number(Double(($0 * 1e4).rounded()) / 1e4) }),
        ]
        try writeFile(library.folder + "/models/\(model.rawValue).json", document.bytes() + [0x0a])
        let found = "token F1 \(fixed(quality, 3)) held out, of \(fixed(ceiling, 3)) possible"
        print("\(model.rawValue): \(cases.count) questions, \(found)")
    }

    private func cases() -> [Case] {
        var settings = RetrievalSettings()
        settings.stems = true
        settings.dropsStopwords = true
        settings.indexedTokens = nil
        let retriever = Retriever(library.passages, settings: settings)
        let spans = spanModel
        var cases: [Case] = []
        for item in library.openQuestions {
            let question = Question(item.text)
            let hits = retriever.search(question.tokens, context: []) { UInt64($0) }
            let candidates = spans.candidates(question, context: [], hits: Array(hits.prefix(3)))
            let overlaps = candidates.map { span in
                let passage = library.passages[span.passage]
                let text = passage.text(from: span.first, through: span.last)
                return item.answers.map { TokenOverlap.f1(text, $0) }.max() ?? 0
            }
            cases.append(Case(spans: candidates, overlaps: overlaps))
        }
        return cases
    }

    private func fit(_ cases: [Case]) -> [Float] {
        var weights = [Float](repeating: 0, count: FeatureIndex.count)
        var squares = [Float](repeating: 1e-3, count: FeatureIndex.count)
        var gradient = [Float](repeating: 0, count: FeatureIndex.count)
        for _ in 0..<20 {
            for item in cases {
                guard let best = item.overlaps.max(), best > 0.4 else { continue }
                let scores = item.spans.map { SpanModel.score($0, weights) }
                let highest = scores.max() ?? 0
                let shares = scores.map { expf($0 - highest) }
                let total = shares.reduce(0, +)
                let wanted = item.overlaps.map { $0 >= best - 0.05 }
                var right: Float = 0
                for (index, isWanted) in wanted.enumerated() where isWanted { right += shares[index] }
                var touched: [Int] = []
                for (index, span) in item.spans.enumerated() {
                    let pull = (wanted[index] ? shares[index] / max(right, 1e-9) : 0) - shares[index] / total
                    if abs(pull) < 1e-4 { continue }
                    for feature in span.features where isUsed(feature.index) {
                        gradient[Int(feature.index)] += pull * feature.value
                        touched.append(Int(feature.index))
                    }
                }
                for index in touched where gradient[index] != 0 {
                    let slope = gradient[index] - 1e-2 * weights[index]
                    squares[index] += slope * slope
                    weights[index] += 0.1 * slope / squares[index].squareRoot()
                    gradient[index] = 0
                }
            }
        }
        return weights
    }

    /// The first model does not see how far the question's words stand from a span, nor its focus.
    private func isUsed(_ feature: Int32) -> Bool {
        switch model {
        case .spans2: true
        case .spans1:
            !(FeatureIndex.leftWindow...FeatureIndex.rightWindow).contains(feature)
                && !(FeatureIndex.focusInside...FeatureIndex.focusBefore).contains(feature)
                && (feature < FeatureIndex.askedBefore
                    || (FeatureIndex.order..<FeatureIndex.openQuestion).contains(feature))
        }
    }

    private func f1(_ cases: [Case], _ weights: [Float]) -> Double {
        let model = spanModel
        var sum = 0.0
        for item in cases {
            guard let choice = model.rank(item.spans, weights: weights, limit: 1).first?.span else {
                continue
            }
            let index = item.spans.firstIndex {
                $0.passage == choice.passage && $0.first == choice.first && $0.last == choice.last
            }
            sum += index.map { item.overlaps[$0] } ?? 0
        }
        return sum / Double(cases.count)
    }
}
