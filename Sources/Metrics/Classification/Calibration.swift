import Domain
import Notation

/// A probability that the app gave, and whether what it was about came true: what calibration compares.
///
/// The probability is the app's `confidence`, or its `score` where it shows none or the parameter says so. What it is about
/// is the example's `match` where there is one; else whether the answer is what the example asks for (as in
/// `cost_per_success`).
struct Calibration: Sendable {
    enum Source: String, CaseIterable { case confidence, score }

    static let words = "confidence | score: which of the app's numbers is its probability"

    private let source: Source?
    private let catalogues: Catalogues

    init(_ request: MetricRequest, _ resources: MetricResources) throws(MetricProblem) {
        catalogues = Catalogues(resources.catalogues)
        source = request.parameter?.stringValue.flatMap(Source.init)
        if request.parameter != nil, source == nil {
            throw MetricProblem("'\(request.name)' is of 'confidence' or of 'score'")
        }
    }

    enum Pair {
        case known(Double, cameTrue: Bool)
        case unknown(Measurement)
    }

    func pair(_ input: inout MeasureInput) -> Pair {
        guard Self.isExpected(input.example) else { return .unknown(.notExpected("outcome")) }
        let number: Double?
        switch source {
        case .confidence: number = input.answer?.confidence
        case .score: number = input.answer?.score
        case nil: number = input.answer?.confidence ?? input.answer?.score
        }
        guard let number else { return .unknown(input.notShown(source?.rawValue ?? "confidence")) }
        guard number >= 0, number <= 1 else {
            return .unknown(.failed("the \(source?.rawValue ?? "confidence") is not between 0 and 1"))
        }
        if let match = input.example.expectedMatch { return .known(number, cameTrue: match) }
        switch input.success(catalogues) {
        case .yes: return .known(number, cameTrue: true)
        case .no: return .known(number, cameTrue: false)
        case .notExpected: return .unknown(.notExpected("outcome"))
        case .unknown(let why): return .unknown(.failed(why))
        }
    }

    static func isExpected(_ example: Example) -> Bool {
        example.expectedMatch != nil || Success.isExpected(example)
    }

    /// The width of bins' components: count, sum of probabilities and number come true for each of ten bins.
    static let binCount = 10

    static func parts(_ probability: Double, _ cameTrue: Bool) -> [Double] {
        var parts = [Double](repeating: 0, count: 3 * binCount)
        let bin = min(binCount - 1, Int(probability * Double(binCount)))
        parts[3 * bin] = 1
        parts[3 * bin + 1] = probability
        parts[3 * bin + 2] = cameTrue ? 1 : 0
        return parts
    }

    /// The gaps between mean probability and share come true, weighted with the bins' counts.
    @Sendable static func error(_ sums: [Double]) -> Double? {
        var count = 0.0
        var gap = 0.0
        for bin in 0..<binCount {
            count += sums[3 * bin]
            gap += abs(sums[3 * bin + 1] - sums[3 * bin + 2])
        }
        return count > 0 ? gap / count : nil
    }
}
