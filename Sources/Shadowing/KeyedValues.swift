import Statistics

/// Values of both arms over pairs, with the key that each pair belongs to: the key is the unit that was drawn, so
/// every estimate is a mean over keys of each key's mean, and every test exchanges arms within keys.
struct KeyedValues: Sendable {
    private(set) var keys: [Int32] = []
    private(set) var production: [Double] = []
    private(set) var candidate: [Double] = []

    var count: Int { keys.count }

    mutating func add(key: Int32, _ production: Double, _ candidate: Double) {
        keys.append(key)
        self.production.append(production)
        self.candidate.append(candidate)
    }

    mutating func add(key: Int32, _ production: Bool, _ candidate: Bool) {
        add(key: key, production ? 1 : 0, candidate ? 1 : 0)
    }

    /// One value a key, in the order of the keys' first pairs.
    struct Means {
        var keys: [Int32] = []
        var production: [Double] = []
        var candidate: [Double] = []
        /// Whether each key has one pair.
        var isSingle = true

        var differences: [Double] { zip(production, candidate).map { $1 - $0 } }
        var count: Int { keys.count }

        /// Keys whose mean rose, fell and stayed.
        var moves: (up: Int, down: Int, same: Int) {
            var moves = (up: 0, down: 0, same: 0)
            for index in keys.indices {
                // Sums of few small numbers: what rounding moves is no move.
                let step = candidate[index] - production[index]
                let size = max(abs(candidate[index]), abs(production[index])) * 1e-12
                if step > size {
                    moves.up += 1
                } else if step < -size {
                    moves.down += 1
                } else {
                    moves.same += 1
                }
            }
            return moves
        }
    }

    var means: Means {
        var means = Means()
        var places: [Int32: Int] = [:]
        var counts: [Double] = []
        for index in keys.indices {
            if let place = places[keys[index]] {
                means.production[place] += production[index]
                means.candidate[place] += candidate[index]
                counts[place] += 1
                means.isSingle = false
            } else {
                places[keys[index]] = means.keys.count
                means.keys.append(keys[index])
                means.production.append(production[index])
                means.candidate.append(candidate[index])
                counts.append(1)
            }
        }
        guard !means.isSingle else { return means }
        for index in counts.indices where counts[index] > 1 {
            means.production[index] /= counts[index]
            means.candidate[index] /= counts[index]
        }
        return means
    }
}

/// An estimate, or why there is none.
public struct Reading: Sendable, Hashable {
    public let value: Double
    public let interval: Interval?
    /// Why there is no interval.
    public let gap: String?
    /// Keys.
    public let n: Int
    public let method: String

    init(_ value: Double, n: Int, method: String, _ interval: () throws(EstimateError) -> Interval) {
        self.value = value
        self.n = n
        self.method = method
        do throws(EstimateError) {
            self.interval = try interval()
            gap = nil
        } catch {
            self.interval = nil
            gap = error.description
        }
    }
}

/// The interval of a mean over keys: Student below 200 keys, analytic BCa from there; equal values by their range.
///
/// By the number of keys alone, never by what they say; a bootstrap's resamples would cost more for every slice.
func keyedInterval(
    _ values: [Double], range: ClosedRange<Double>?, confidence: Double
) throws(EstimateError) -> Interval {
    let sample = try moments(values)
    guard sample.n >= 2 else { throw .tooFew(count: sample.n, needed: 2, of: "keys") }
    if sample.isConstant {
        guard let range else { throw .allEqual(value: sample.mean, of: "keys") }
        return try allEqualInterval(value: sample.mean, range: range, n: sample.n, confidence: confidence)
    }
    let interval =
        sample.n < 200
        ? try studentInterval(sample, confidence: confidence)
        : try analyticBCaInterval(sample, confidence: confidence)
    return range.map { interval.clamped(to: $0) } ?? interval
}

/// The exact sign test over keys: with one pair a key, McNemar's exact test.
func signTest(
    up: Int, down: Int, of keys: Int, _ alternative: Alternative
) throws(EstimateError) -> TestResult {
    let counts = try PairedCounts(both: 0, onlyBaseline: down, onlyCandidate: up, neither: keys - up - down)
    return try exactMcNemar(counts, alternative: alternative)
}
