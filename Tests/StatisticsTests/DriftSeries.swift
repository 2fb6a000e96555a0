import Foundation
import Statistics

/// Seeded series for tests of charts and drift.
struct DriftSeries {
    private var stream: RandomStream
    private var spare: Double?

    init(seed: UInt64, run: Int = 0) {
        stream = RandomStream(seed: seed, stream: UInt64(run))
    }

    mutating func unit() -> Double { stream.unit() }

    /// A standard normal number (G. E. P. Box, M. E. Muller).
    mutating func normal() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * log(1 - stream.unit())).squareRoot()
        let angle = 2 * Double.pi * stream.unit()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    mutating func normals(_ count: Int, mean: Double = 0) -> [Double] {
        (0..<count).map { _ in mean + normal() }
    }

    /// A stationary first-order autoregression with innovations of deviation 1.
    mutating func autoregression(_ count: Int, _ phi: Double) -> [Double] {
        var last = normal() / (1 - phi * phi).squareRoot()
        var out: [Double] = []
        for _ in 0..<count {
            out.append(last)
            last = phi * last + normal()
        }
        return out
    }

    /// Counts of `size` draws from shares.
    mutating func counts(_ size: Int, _ shares: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: shares.count)
        for _ in 0..<size {
            var rest = unit()
            var place = 0
            while place + 1 < shares.count, rest >= shares[place] {
                rest -= shares[place]
                place += 1
            }
            counts[place] += 1
        }
        return counts
    }
}
