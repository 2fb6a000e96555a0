import Statistics

extension Bench {
    static let all = resampling + ranks + sequences + meanSequences + charts

    /// Paired differences of a thousand examples: the sums of six uniforms, so nearly normal.
    static func differences(_ count: Int, seed: UInt64) -> [Double] {
        var stream = RandomStream(seed: seed, stream: 0)
        var out: [Double] = []
        out.reserveCapacity(count)
        for _ in 0..<count {
            var sum = -3.0
            for _ in 0..<6 { sum += stream.unit() }
            out.append(sum)
        }
        return out
    }

    private static let resampling: [Bench] = [
        Bench(name: "bca-bootstrap", repeats: 1) { repeats in
            let values = differences(1_000, seed: 1)
            var kept = 0.0
            for turn in 0..<repeats {
                let drawn = try bootstrapMean(values, resamples: 10_000, seed: UInt64(turn))
                kept += try drawn.interval(confidence: 0.90).lower
            }
            return kept
        },
        Bench(name: "percentile-bootstrap", repeats: 1) { repeats in
            let values = differences(1_000, seed: 1)
            var kept = 0.0
            for turn in 0..<repeats {
                let drawn = try bootstrapMean(values, resamples: 10_000, seed: UInt64(turn))
                kept += try drawn.percentileInterval(confidence: 0.90).lower
            }
            return kept
        },
    ]
}
