import Statistics

extension Bench {
    /// One update each of the sequences of means, and of the sketches that gateways send.
    static let meanSequences: [Bench] = [
        Bench(name: "update asymptotic difference of means", repeats: 2_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            let share = try CanaryShare(0.1)
            var sequence = try AsymptoticDifferenceSequence(
                mixture: NormalMixture(tunedTo: 10_000, alpha: 0.002))
            for _ in 0..<repeats {
                try sequence.add(stream.unit(), inCanary: stream.next() & 7 == 0, share: share)
            }
            return Double(sequence.canaryCount)
        },
        Bench(name: "update empirical-Bernstein mean", repeats: 2_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            var sequence = try EmpiricalBernsteinSequence()
            for _ in 0..<repeats { try sequence.add(stream.unit()) }
            return Double(sequence.count)
        },
        Bench(name: "update quantile sketch", repeats: 2_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            var sketch = try QuantileSketch()
            for _ in 0..<repeats { try sketch.add(1 + 1_000 * stream.unit()) }
            return try sketch.quantile(at: 0.95)
        },
        Bench(name: "update moments", repeats: 2_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            var moments = RunningMoments()
            for _ in 0..<repeats { try moments.add(stream.unit()) }
            return Double(moments.n)
        },
    ]
}
