import Glibc

/// A sentence with the intent a person gave it.
struct LabelledText: Sendable {
    let text: String
    let label: String
}

/// Multinomial logistic regression over hashed words, word pairs and letter groups of a lower-cased text.
///
/// Trained by stochastic gradient descent with a linearly falling rate; the order of the examples is fixed,
/// so the same examples give the same weights.
struct IntentClassifier: Sendable {
    struct Prediction: Sendable {
        let intent: String
        let confidence: Double
        /// All intents with their probabilities, the likeliest first.
        let ranked: [(intent: String, probability: Double)]
    }

    static let outOfScope = "oos"
    static let knowledge = "knowledge"

    let labels: [String]
    private let weights: [Float]
    private static let buckets = 1 << 14

    /// Below this a text is out of scope; an open question is a wider class than a desk and may be less sure.
    private static let deskThreshold = 0.41
    private static let knowledgeThreshold = 0.30

    init(training examples: [LabelledText], epochs: Int = 4, rate: Float = 3) {
        let labels = Set(examples.map(\.label)).sorted()
        self.labels = labels
        let position = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        // Every label has its position: both come from these examples.
        let encoded = examples.map { (Self.features(of: $0.text), position[$0.label]!) }
        var order = Array(examples.indices)
        let classes = labels.count
        var weights = [Float](repeating: 0, count: Self.buckets * classes)
        var scores = [Float](repeating: 0, count: classes)
        for epoch in 0..<epochs {
            order.sort { mixed(UInt64($0 + epoch * 1_000_003)) < mixed(UInt64($1 + epoch * 1_000_003)) }
            let step = rate * (1 - Float(epoch) / Float(epochs))
            weights.withUnsafeMutableBufferPointer { weights in
                scores.withUnsafeMutableBufferPointer { scores in
                    for index in order {
                        let (features, gold) = encoded[index]
                        Self.learn(features, gold, step, weights.baseAddress!, scores.baseAddress!, classes)
                    }
                }
            }
        }
        self.weights = weights
    }

    /// Probabilities of all labels, in the order of `labels`.
    func probabilities(of text: String) -> [Double] {
        let features = Self.features(of: text)
        let classes = labels.count
        var scores = [Float](repeating: 0, count: classes)
        weights.withUnsafeBufferPointer { weights in
            scores.withUnsafeMutableBufferPointer { scores in
                Self.score(features, weights.baseAddress!, scores.baseAddress!, classes)
            }
        }
        return scores.map(Double.init)
    }

    /// Routes a text; `context` is what the user said before, given where the text leans on it.
    func predict(_ text: String, context: String?) -> Prediction {
        var probabilities = probabilities(of: text)
        if let context {
            let before = self.probabilities(of: context)
            for index in probabilities.indices {
                probabilities[index] = 0.5 * probabilities[index] + 0.5 * before[index]
            }
        }
        let order = labels.indices.sorted {
            probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
        }
        let ranked = order.map { (intent: labels[$0], probability: probabilities[$0]) }
        let best = ranked[0]
        let threshold = best.intent == Self.knowledge ? Self.knowledgeThreshold : Self.deskThreshold
        let intent = best.probability < threshold ? Self.outOfScope : best.intent
        return Prediction(intent: intent, confidence: best.probability, ranked: ranked)
    }

    private static func score(
        _ features: [Int32], _ weights: UnsafePointer<Float>, _ scores: UnsafeMutablePointer<Float>,
        _ classes: Int
    ) {
        var label = 0
        while label < classes {
            scores[label] = 0
            label += 1
        }
        for feature in features {
            let row = weights + Int(feature) * classes
            label = 0
            while label < classes {
                scores[label] += row[label]
                label += 1
            }
        }
        let scale = 1 / Float(max(1, features.count)).squareRoot()
        var highest = -Float.infinity
        label = 0
        while label < classes {
            scores[label] *= scale
            if scores[label] > highest { highest = scores[label] }
            label += 1
        }
        var sum: Float = 0
        label = 0
        while label < classes {
            scores[label] = expf(scores[label] - highest)
            sum += scores[label]
            label += 1
        }
        label = 0
        while label < classes {
            scores[label] /= sum
            label += 1
        }
    }

    private static func learn(
        _ features: [Int32], _ gold: Int, _ step: Float, _ weights: UnsafeMutablePointer<Float>,
        _ scores: UnsafeMutablePointer<Float>, _ classes: Int
    ) {
        score(features, weights, scores, classes)
        scores[gold] -= 1
        let scale = step / Float(max(1, features.count)).squareRoot()
        for feature in features {
            let row = weights + Int(feature) * classes
            var label = 0
            while label < classes {
                row[label] -= scale * scores[label]
                label += 1
            }
        }
    }

    /// The buckets of a text's words, word pairs, and groups of three and four letters, each once, ascending.
    static func features(of text: String) -> [Int32] {
        let mask = UInt64(buckets - 1)
        var found: [Int32] = []
        func add(_ hash: UInt64) { found.append(Int32(truncatingIfNeeded: mixed(hash) & mask)) }
        var previous = fnv(fnvOffset, 0x5e)
        for word in words(of: text) {
            var hash = fnvOffset
            for byte in word { hash = fnv(hash, byte) }
            add(hash &+ 1)
            add(previous &* 31 &+ hash)
            previous = hash
            let framed = [0x3c] + word + [0x3e]
            for length in 3...4 where framed.count >= length {
                for start in 0...(framed.count - length) {
                    var group = fnv(fnvOffset, 0x23)
                    for index in start..<(start + length) { group = fnv(group, framed[index]) }
                    add(group)
                }
            }
        }
        add(previous &* 31 &+ 7)
        found.sort()
        var unique: [Int32] = []
        unique.reserveCapacity(found.count)
        for feature in found where feature != unique.last { unique.append(feature) }
        return unique
    }

    /// Runs of letters, digits and apostrophes, lower-cased where they are ASCII.
    static func words(of text: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5a: word.append(byte | 0x20)
            case 0x61...0x7a, 0x30...0x39, 0x27, 0x80...0xff: word.append(byte)
            default:
                if !word.isEmpty { words.append(word) }
                word = []
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
