/// The stored form of a quantile sketch: equal sketches have equal bytes, however their values came.
extension QuantileSketch: Codable {
    /// Version, buckets an octave, zeros, both sides, and the extremes: two bytes or so a bucket that is not empty.
    public var bytes: [UInt8] {
        var writer = CompactWriter()
        writer.count(1)
        writer.count(bucketsPerOctave)
        writer.count(zeros)
        for side in [negativeSide, positiveSide] {
            writer.count(side.count)
            var last = 0
            for (index, entry) in side.enumerated() {
                if index == 0 { writer.signed(entry.bucket) } else { writer.count(entry.bucket - last) }
                writer.count(entry.count)
                last = entry.bucket
            }
        }
        if let minimum, let maximum {
            writer.double(minimum)
            writer.double(maximum)
        }
        return writer.bytes
    }

    /// From the stored form.
    ///
    /// - Throws: `EstimateError.invalidParameter` where the bytes are no such form, or say what no values can.
    public init(bytes: [UInt8]) throws(EstimateError) {
        var reader = CompactReader(bytes, "sketch")
        guard try reader.count() == 1 else { throw reader.broken }
        let width = try reader.count()
        guard width >= 1, width <= 350 else { throw reader.broken }
        let zeros = try reader.count()
        var sides: [[(bucket: Int, count: Int)]] = [[], []]
        for side in sides.indices {
            let entries = try reader.count()
            // No more than there are doubles' octaves.
            guard entries <= 2_200 * width else { throw reader.broken }
            var bucket = 0
            for index in 0..<entries {
                let step = index == 0 ? try reader.signed() : try reader.count()
                guard abs(step) <= 2_200 * width, index == 0 || step > 0 else { throw reader.broken }
                bucket += step
                guard bucket >= -1_074 * width, bucket < 1_024 * width else { throw reader.broken }
                let count = try reader.count()
                guard count > 0, count <= 1 << 52 else { throw reader.broken }
                sides[side].append((bucket, count))
            }
        }
        let isEmpty = zeros == 0 && sides[0].isEmpty && sides[1].isEmpty
        let minimum = isEmpty ? nil : try reader.double()
        let maximum = isEmpty ? nil : try reader.double()
        try reader.end()
        guard
            let restored = QuantileSketch(
                width: width, zeros: zeros, negative: sides[0], positive: sides[1], minimum: minimum,
                maximum: maximum)
        else { throw reader.broken }
        self = restored
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        try self.init(bytes: container.decode([UInt8].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
