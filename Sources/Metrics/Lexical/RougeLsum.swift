import Domain
import Notation
import Text

/// ROUGE-L of texts of several lines: each line of the reference against all lines of the answer, as F1.
///
/// Lines end at a line feed. For each line of the reference the union of its longest common subsequences with
/// the answer's lines counts, each word as often as both texts have it. Options as for `rouge_1`. Failed
/// where all pairs of lines together need more than 16 million steps. Not applicable without a reference, or
/// where none has a word; failed without a text.
enum RougeLsum {
    static let family = MetricFamily(
        name: "rouge_lsum", parameter: Rouge.parameter,
        needs: [.observed("text"), .expected("reference_response")],
        summary: "Longest common sequences of words, line by line, with the best reference, as F1.",
        source: Rouge.explained,
        example: #"{"reference_response": "a b c\nd e", "text": "d e\na x c"} → 0.8"#,
        make: define)

    private static let limit = 1 << 24

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let cut: RougeCut = try request.options(["words"]).choice("words", of: "rouge_lsum", default: .words)
        return MetricDefinition(
            request, of: family, .share(.generation),
            whenAppFailed: .worst(0, where: "reference") { !$0.references.isEmpty },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                let texts = input.example.references + [text]
                if !texts.contains(where: { $0.utf8.contains(lineFeed) }), let tokens = input.rouge(cut) {
                    return best(tokens, of: input.features.rouge(cut))
                }
                let answer = lines(text, cut)
                var best: Double?
                for reference in input.example.references {
                    let wanted = lines(reference, cut)
                    if wanted.allSatisfy(\.isEmpty) { continue }
                    guard let score = score(answer, wanted) else {
                        return .failed("the texts are too long to be compared")
                    }
                    best = max(best ?? 0, score.f1)
                }
                guard let best else { return .notApplicable("the reference has no words") }
                return .value(best)
            })
    }

    private static let lineFeed = UInt8(ascii: "\n")

    /// Texts of one line each: the union is that of a single sequence, whose words both texts have.
    private static func best(_ answer: RougeTokens, of references: [RougeTokens]) -> Measurement {
        var best: Double?
        for reference in references where !reference.ordered.isEmpty {
            let counts = (answer.ordered.count, reference.ordered.count)
            guard counts.0 == 0 || counts.1 <= limit / counts.0,
                let hits = commonSubsequenceLength(answer.ordered, reference.ordered)
            else { return .failed("the texts are too long to be compared") }
            best = max(best ?? 0, Rouge.Score(hits: hits, answer: counts.0, reference: counts.1).f1)
        }
        guard let best else { return .notApplicable("the reference has no words") }
        return .value(best)
    }

    static func lines(_ text: String, _ cut: RougeCut) -> [[UInt64]] {
        text.split(separator: "\n").map { cut.keys(String($0)) }
    }

    /// Nil where it would cost too much.
    static func score(_ answer: [[UInt64]], _ reference: [[UInt64]]) -> Rouge.Score? {
        let answerCount = answer.reduce(0) { $0 + $1.count }
        let referenceCount = reference.reduce(0) { $0 + $1.count }
        guard answerCount == 0 || referenceCount <= limit / answerCount else { return nil }
        var answerLeft: [UInt64: Int] = [:]
        var referenceLeft: [UInt64: Int] = [:]
        for line in answer { for key in line { answerLeft[key, default: 0] += 1 } }
        for line in reference { for key in line { referenceLeft[key, default: 0] += 1 } }
        var hits = 0
        for line in reference {
            var inUnion = [Bool](repeating: false, count: line.count)
            for other in answer { markCommon(line, other, &inUnion) }
            for index in line.indices where inUnion[index] {
                let key = line[index]
                guard let a = answerLeft[key], let b = referenceLeft[key], a > 0, b > 0 else { continue }
                hits += 1
                answerLeft[key] = a - 1
                referenceLeft[key] = b - 1
            }
        }
        return Rouge.Score(hits: hits, answer: answerCount, reference: referenceCount)
    }

    /// Marks the words of `line` that are in its longest common subsequence with `other`; of several, the one
    /// that rouge-score's walk back through the table finds.
    private static func markCommon(_ line: [UInt64], _ other: [UInt64], _ marks: inout [Bool]) {
        let width = other.count + 1
        var table = [Int32](repeating: 0, count: (line.count + 1) * width)
        for i in line.indices {
            for j in other.indices {
                let above = table[i * width + j + 1]
                let before = table[(i + 1) * width + j]
                let diagonal = table[i * width + j]
                table[(i + 1) * width + j + 1] = line[i] == other[j] ? diagonal + 1 : max(above, before)
            }
        }
        var i = line.count
        var j = other.count
        while i > 0, j > 0 {
            if line[i - 1] == other[j - 1] {
                marks[i - 1] = true
                i -= 1
                j -= 1
            } else if table[i * width + j - 1] > table[(i - 1) * width + j] {
                j -= 1
            } else {
                i -= 1
            }
        }
    }
}
