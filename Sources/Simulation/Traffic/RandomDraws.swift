import Glibc
import Statistics

/// Draws from the distributions that traffic is made of.
///
/// Each is exact up to the precision of a double, whatever its mean: inversion where the mean is small, transformed
/// rejection where it is not.
extension RandomStream {
    /// A time to the next event of a process with one event a unit of time on average.
    mutating func exponential() -> Double { -log1p(-unit()) }

    /// A standard normal number, by the polar method without its second half.
    ///
    /// G. Marsaglia, T. A. Bray, SIAM Review 6 (1964) 260–264.
    mutating func normal() -> Double {
        while true {
            let x = 2 * unit() - 1
            let y = 2 * unit() - 1
            let square = x * x + y * y
            if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
        }
    }

    /// The number of events of a Poisson process; none for a mean that is not above zero.
    ///
    /// W. Hörmann, Insurance: Mathematics and Economics 12 (1993) 39–45 (PTRS).
    mutating func poisson(_ mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        if mean < 10 { return smallPoisson(mean) }
        let root = mean.squareRoot()
        let b = 0.931 + 2.53 * root
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let limit = 0.9277 - 3.6224 / (b - 2)
        let logMean = log(mean)
        while true {
            let u = unit() - 0.5
            let v = unit()
            let edge = 0.5 - abs(u)
            let k = ((2 * a / edge + b) * u + mean + 0.43).rounded(.down)
            if edge >= 0.07, v <= limit { return Int(k) }
            if k < 0 || (edge < 0.013 && v > edge) { continue }
            let left = log(v) + log(inverseAlpha) - log(a / (edge * edge) + b)
            if left <= k * logMean - mean - logFactorial(k) { return Int(k) }
        }
    }

    private mutating func smallPoisson(_ mean: Double) -> Int {
        var mass = exp(-mean)
        var rest = unit()
        var k = 0
        while rest >= mass, mass > 0 || k < 10 {
            rest -= mass
            k += 1
            mass *= mean / Double(k)
        }
        return k
    }

    /// Successes of independent trials; the probability is held to `0...1`.
    ///
    /// W. Hörmann, J. Statist. Comput. Simul. 46 (1993) 101–110 (BTRS).
    mutating func binomial(_ trials: Int, _ probability: Double) -> Int {
        guard trials > 0, probability > 0 else { return 0 }
        guard probability < 1 else { return trials }
        if probability > 0.5 { return trials - binomial(trials, 1 - probability) }
        let n = Double(trials)
        guard n * probability >= 10 else { return smallBinomial(trials, probability) }
        let root = (n * probability * (1 - probability)).squareRoot()
        let b = 1.15 + 2.53 * root
        let a = -0.0873 + 0.0248 * b + 0.01 * probability
        let centre = n * probability + 0.5
        let limit = 0.92 - 4.2 / b
        let alpha = (2.83 + 5.1 / b) * root
        let mode = ((n + 1) * probability).rounded(.down)
        let odds = log(probability / (1 - probability))
        while true {
            let u = unit() - 0.5
            var v = unit()
            let edge = 0.5 - abs(u)
            let k = ((2 * a / edge + b) * u + centre).rounded(.down)
            if k < 0 || k > n { continue }
            if edge >= 0.07, v <= limit { return Int(k) }
            v *= alpha / (a / (edge * edge) + b)
            let atMode = logFactorial(mode) + logFactorial(n - mode)
            let atK = logFactorial(k) + logFactorial(n - k)
            if log(v) <= atMode - atK + (k - mode) * odds { return Int(k) }
        }
    }

    private mutating func smallBinomial(_ trials: Int, _ probability: Double) -> Int {
        // Waiting times between successes: as many draws as there are successes.
        let scale = log1p(-probability)
        var position = 0.0
        var successes = 0
        while true {
            position += (log1p(-unit()) / scale).rounded(.down) + 1
            if position > Double(trials) { return successes }
            successes += 1
        }
    }
}

private func logFactorial(_ k: Double) -> Double {
    let (value, _) = lgamma(k + 1)
    return value
}
