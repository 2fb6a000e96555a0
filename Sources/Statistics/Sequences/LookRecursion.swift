import Glibc

/// The law of a standardised statistic over looks that may end it: the recursion of Armitage, McPherson and
/// Rowe.
///
/// At information I the statistic Z is normal with mean θ√I and variance 1, and √I·Z has independent
/// increments. Look by look this carries the density of Z on the paths that have not stopped, by
/// Gauss–Legendre quadrature on panels no wider than the narrowest step around them, so that it is exact to
/// some twelve digits.
///
/// P. Armitage, C. K. McPherson, B. C. Rowe, JRSS A 132 (1969) 235–244; C. Jennison, B. W. Turnbull, Group
/// Sequential Methods (2000), chapter 19.
struct LookRecursion {
    /// θ: the mean of Z a root of information.
    let drift: Double
    /// Of the present look.
    private(set) var information = 0.0
    /// Where the present look's paths come from: points of the look before, ascending, and what they weigh.
    private var points: [Double] = [0]
    private var masses: [Double] = [1]
    /// The step from there: Z = scale·z + shift + deviation·N(0, 1).
    private var scale = 0.0
    private var shift = 0.0
    private var deviation = 1.0
    /// Which paths of the present look go on.
    private var lower = -Double.infinity
    private var upper = Double.infinity

    init(drift: Double) { self.drift = drift }

    /// Beyond this many deviations there is nothing: 1e-23.
    private static let farthest = 10.0

    /// Moves to the next look, on the paths that went on.
    ///
    /// - Throws: `EstimateError.invalidParameter` unless the information rises, by a millionth at least:
    ///   shorter steps are no looks, and would want a grid as fine as they are.
    mutating func look(at next: Double) throws(EstimateError) {
        guard next > 0, next.isFinite, next >= information * (1 + 1e-6) else {
            throw .invalidParameter("information", must: "be positive, and rise by a millionth at each look")
        }
        guard information > 0 else {
            information = next
            shift = drift * next.squareRoot()
            return
        }
        let gain = next - information
        let newScale = (information / next).squareRoot()
        let newDeviation = (gain / next).squareRoot()
        carryOn(finest: min(deviation, newDeviation / newScale))
        scale = newScale
        deviation = newDeviation
        shift = drift * gain / next.squareRoot()
        information = next
        lower = -.infinity
        upper = .infinity
    }

    /// Lets only the paths between these bounds go on to the next look.
    mutating func goOn(from lower: Double?, to upper: Double?) {
        self.lower = lower ?? -.infinity
        self.upper = upper ?? .infinity
    }

    /// P(no stop before, Z ≥ x).
    func survival(_ x: Double) -> Double {
        var sum = 0.0
        for index in points.indices {
            let z = (x - scale * points[index] - shift) / deviation
            sum += masses[index] * erfc(z * 0.5.squareRoot())
        }
        return sum / 2
    }

    /// P(no stop before, Z ≤ x).
    func cumulative(_ x: Double) -> Double {
        var sum = 0.0
        for index in points.indices {
            let z = (x - scale * points[index] - shift) / deviation
            sum += masses[index] * erfc(-z * 0.5.squareRoot())
        }
        return sum / 2
    }

    /// The density of Z at x, without the paths that stopped before.
    func density(_ x: Double) -> Double {
        // The points that reach x: an ascending range.
        var first = 0
        if scale > 0 {
            let least = (x - shift - Self.farthest * deviation) / scale
            var high = points.count
            while first < high {
                let middle = (first + high) / 2
                if points[middle] < least { first = middle + 1 } else { high = middle }
            }
        }
        var sum = 0.0
        for index in first..<points.count {
            let z = (x - scale * points[index] - shift) / deviation
            if z < -Self.farthest, scale > 0 { break }
            sum += masses[index] * exp(-z * z / 2)
        }
        return sum / (deviation * (2 * Double.pi).squareRoot())
    }

    /// The x with P(no stop before, Z ≥ x) = `probability`, or nil where fewer paths are left.
    func upperBound(spending probability: Double) -> Double? {
        root(of: probability, sign: 1)
    }

    /// The x with P(no stop before, Z ≤ x) = `probability`, or nil where fewer paths are left.
    func lowerBound(spending probability: Double) -> Double? {
        root(of: probability, sign: -1)
    }

    private func root(of probability: Double, sign: Double) -> Double? {
        guard probability > 0 else { return nil }
        let mean = drift * information.squareRoot()
        var low = sign * mean - 40
        var high = sign * mean + 40
        func tail(_ x: Double) -> Double { sign > 0 ? survival(x) : cumulative(-x) }
        guard tail(low) >= probability, tail(high) < probability else { return nil }
        var x = sign * mean
        // Newton on the logarithm of the tail, kept inside a bracket.
        for _ in 0..<200 {
            let value = tail(x)
            if value >= probability { low = x } else { high = x }
            let slope = density(sign * x)
            var next = x + value / slope * log(value / probability)
            if !(next > low && next < high) { next = (low + high) / 2 }
            if abs(next - x) < 1e-13 * (1 + abs(x)) {
                x = next
                break
            }
            x = next
        }
        return sign * x
    }

    /// Replaces the points by ones of the present look, between its bounds.
    private mutating func carryOn(finest: Double) {
        let mean = drift * information.squareRoot()
        let from = max(lower, mean - Self.farthest)
        let to = min(upper, mean + Self.farthest)
        guard from < to else {
            points = []
            masses = []
            return
        }
        let panels = max(1, Int(((to - from) / (3 * finest)).rounded(.up)))
        let half = (to - from) / Double(2 * panels)
        var newPoints: [Double] = []
        var newMasses: [Double] = []
        newPoints.reserveCapacity(panels * GaussLegendre.nodes.count)
        newMasses.reserveCapacity(panels * GaussLegendre.nodes.count)
        for panel in 0..<panels {
            let middle = from + half * Double(2 * panel + 1)
            for (node, weight) in zip(GaussLegendre.nodes, GaussLegendre.weights) {
                let x = middle + half * node
                newPoints.append(x)
                newMasses.append(half * weight * density(x))
            }
        }
        points = newPoints
        masses = newMasses
    }
}

/// Sixteen points on [−1, 1].
enum GaussLegendre {
    static let nodes: [Double] = rule.map(\.node)
    static let weights: [Double] = rule.map(\.weight)

    /// Roots of the Legendre polynomial by Newton's method, ascending.
    private static let rule: [(node: Double, weight: Double)] = {
        let n = 16
        var rule: [(node: Double, weight: Double)] = []
        for index in 0..<n {
            var x = -cos(Double.pi * (Double(index) + 0.75) / (Double(n) + 0.5))
            var slope = 0.0
            for _ in 0..<20 {
                var before = 1.0
                var value = x
                for degree in 2...n {
                    let k = Double(degree)
                    (before, value) = (value, ((2 * k - 1) * x * value - (k - 1) * before) / k)
                }
                slope = Double(n) * (x * value - before) / (x * x - 1)
                x -= value / slope
            }
            rule.append((x, 2 / ((1 - x * x) * slope * slope)))
        }
        return rule
    }()
}
