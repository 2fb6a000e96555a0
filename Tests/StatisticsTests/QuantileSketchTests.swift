import Foundation
import Statistics
import Testing

@Suite struct QuantileSketchTests {
    static let samples: [(name: String, values: [Double])] = {
        var stream = RandomStream(seed: 11, stream: 0)
        var latencies: [Double] = []
        var wide: [Double] = []
        var signed: [Double] = []
        for _ in 0..<5_000 {
            latencies.append(40 * exp(-2 * log(1 - stream.unit())))
            let sign = stream.unit() < 0.5 ? -1.0 : 1
            wide.append(sign * exp(1_400 * stream.unit() - 700))
            signed.append((stream.unit() * 20).rounded() - 5)
        }
        return [
            ("latencies", latencies), ("wide", wide), ("signed", signed), ("zeros", [0, 0, 0, -0.0]),
            ("one", [3.7]), ("extremes", [.leastNonzeroMagnitude, .greatestFiniteMagnitude, -1e308, 0]),
        ]
    }()

    @Test(arguments: samples.indices, [0.001, 0.01, 0.05])
    func everyQuantileLiesWithinTheStatedError(sample: Int, error: Double) throws {
        let values = QuantileSketchTests.samples[sample].values
        let sketch = try QuantileSketchTests.sketch(values, error)
        #expect(sketch.relativeError <= error)
        let sorted = values.sorted()
        for level in [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
            let exact = sorted[Int(level * Double(sorted.count - 1))]
            let found = try sketch.quantile(at: level)
            #expect(abs(found - exact) <= sketch.relativeError * abs(exact) * (1 + 1e-12), "\(level)")
        }
        #expect(try sketch.quantile(at: 0) == sorted[0] && sketch.quantile(at: 1) == sorted[sorted.count - 1])
    }

    /// Values next to each bucket's ends are the hardest.
    @Test(arguments: [1, 2, 3, 35, 350])
    func theErrorHoldsAtTheEndsOfEveryBucket(bucketsPerOctave: Int) throws {
        var error = 0.5
        var sketch = try QuantileSketch(relativeError: error)
        while sketch.bucketsPerOctave < bucketsPerOctave {
            error = sketch.relativeError * 0.9999999
            sketch = try QuantileSketch(relativeError: error)
        }
        var worst = 0.0
        for step in 0...20_000 {
            let value = exp2(Double(step) / 20_000)
            var one = sketch
            // Neighbours, so that the answer is no extreme, which would be exact.
            try one.add(value / 4)
            try one.add(value)
            try one.add(value * 4)
            worst = max(worst, abs(try one.quantile(at: 0.5) / value - 1))
        }
        #expect(worst <= sketch.relativeError * (1 + 1e-12))
        #expect(worst > sketch.relativeError * 0.97)
    }

    @Test func anyOrderAndAnyPartsGiveTheSameBytes() throws {
        for (name, values) in QuantileSketchTests.samples {
            let whole = try QuantileSketchTests.sketch(values, 0.01)
            for seed in 0..<6 as Range<UInt64> {
                var stream = RandomStream(seed: seed, stream: 5)
                var shuffled = values
                for index in stride(from: shuffled.count - 1, to: 0, by: -1) {
                    shuffled.swapAt(index, stream.index(below: index + 1))
                }
                var parts: [QuantileSketch] = []
                while !shuffled.isEmpty {
                    let count = 1 + stream.index(below: shuffled.count)
                    parts.append(try QuantileSketchTests.sketch(Array(shuffled.prefix(count)), 0.01))
                    shuffled.removeFirst(count)
                }
                while parts.count > 1 {
                    let from = stream.index(below: parts.count)
                    let part = parts.remove(at: from)
                    try parts[stream.index(below: parts.count)].merge(part)
                }
                #expect(parts[0] == whole, "\(name)")
                #expect(parts[0].bytes == whole.bytes, "\(name)")
            }
        }
    }

    @Test func itIsStoredAndRestored() throws {
        for (name, values) in QuantileSketchTests.samples {
            let sketch = try QuantileSketchTests.sketch(values, 0.02)
            #expect(try QuantileSketch(bytes: sketch.bytes) == sketch, "\(name)")
            let json = try JSONEncoder().encode(sketch)
            #expect(try JSONDecoder().decode(QuantileSketch.self, from: json) == sketch, "\(name)")
            for cut in 0..<min(60, sketch.bytes.count) {
                #expect(throws: EstimateError.invalidParameter("stored sketch", must: "be as it was written"))
                {
                    try QuantileSketch(bytes: Array(sketch.bytes.prefix(cut)))
                }
            }
        }
        let empty = try QuantileSketch()
        #expect(try QuantileSketch(bytes: empty.bytes) == empty)
        // Written once: a change of the form would lose what gateways have stored.
        let small = try QuantileSketchTests.sketch([1, 2, 2, -4, 0], 0.01)
        #expect(small.bytes.prefix(12) == [1, 35, 1, 1, 140, 1, 1, 2, 0, 1, 35, 2])
        #expect(small.bytes.count == 28)
    }

    @Test func anyBytesAreASketchOrAnError() throws {
        let good = try QuantileSketchTests.sketch([1, 2, 2, -4, 0, 100], 0.01).bytes
        var stream = RandomStream(seed: 1, stream: 0)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...stream.index(below: 3) {
                bytes[stream.index(below: bytes.count)] = UInt8(stream.index(below: 256))
            }
            do throws(EstimateError) {
                let sketch = try QuantileSketch(bytes: bytes)
                // What is accepted is written as it was read.
                #expect(sketch.bytes == bytes)
            } catch { refused += 1 }
        }
        #expect(refused > 10_000)
    }

    @Test func memoryIsBoundedByTheOctavesSeen() throws {
        let latencies = try QuantileSketchTests.sketch([1, 100_000], 0.01)
        #expect(latencies.buckets == 17 * 35)
        let widest = try QuantileSketchTests.sketch(
            [.leastNonzeroMagnitude, .greatestFiniteMagnitude, -.leastNonzeroMagnitude, -1e308], 0.01)
        #expect(widest.buckets == 2 * 2_098 * 35)
    }

    @Test func badInputIsAnErrorAndChangesNothing() throws {
        var sketch = try QuantileSketchTests.sketch([1, 2, 3], 0.01)
        let before = sketch
        #expect(throws: EstimateError.notFinite(index: 3)) { try sketch.add(.nan) }
        #expect(throws: EstimateError.notFinite(index: 3)) { try sketch.add(.infinity) }
        #expect(throws: EstimateError.invalidCounts("times")) { try sketch.add(1, times: -1) }
        #expect(throws: EstimateError.overflow) { try sketch.add(1, times: 1 << 53) }
        #expect(
            throws: EstimateError.invalidParameter("relative error", must: "be the same in both sketches")
        ) {
            try sketch.merge(QuantileSketch(relativeError: 0.02))
        }
        try sketch.add(7, times: 0)
        #expect(sketch == before)
        #expect(throws: EstimateError.tooFew(count: 0, needed: 1, of: "values")) {
            try QuantileSketch().quantile(at: 0.5)
        }
        for level in [-0.1, 1.1, .nan] {
            #expect(throws: EstimateError.invalidParameter("level", must: "lie in 0...1")) {
                try sketch.quantile(at: level)
            }
        }
        for error in [0, 0.0001, 0.6, Double.nan] {
            #expect(throws: EstimateError.invalidParameter("relative error", must: "lie in 0.001...0.5")) {
                try QuantileSketch(relativeError: error)
            }
        }
    }

    private static func sketch(_ values: [Double], _ error: Double) throws -> QuantileSketch {
        var sketch = try QuantileSketch(relativeError: error)
        for value in values { try sketch.add(value) }
        return sketch
    }
}
