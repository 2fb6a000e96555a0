/// A map of values to whole levels that never turns their order: for counting and sorting in passes.
///
/// Even steps over thrice the spread of a small sample; what lies outside goes to the first or last level, so
/// that no outlier spoils the others.
struct ValueLevels {
    /// A power of two.
    let count: Int
    private let low: Double
    private let scale: Double
    private let top: Double

    /// - Parameter samples: Finite values.
    /// - Returns: Nil where a sample of them has no spread, or too large a one.
    init?(_ samples: [[Double]], bits: Int) {
        var picked: [Double] = []
        for values in samples {
            let step = max(1, values.count / 256)
            for index in stride(from: step / 2, to: values.count, by: step) { picked.append(values[index]) }
        }
        picked.sort()
        guard let first = picked.first, let last = picked.last else { return nil }
        let spread = last - first
        let width = 3 * spread
        count = 1 << bits
        low = first - spread
        scale = Double(count) / width
        top = Double(count - 1)
        guard spread > 0, width.isFinite, scale.isFinite, low.isFinite else { return nil }
    }

    @inline(__always)
    func level(of value: Double) -> Int {
        // Added to 2⁵², a number's last bits are itself, rounded: cheaper than a conversion.
        let place = min(max((value - low) * scale, 0), top) + 0x1p52
        return Int(truncatingIfNeeded: place.bitPattern) & (count - 1)
    }
}

/// The values in ascending order; a negative zero comes back as zero.
///
/// From 2,048 values on by two counting passes over 2²² levels, after which few neighbours are out of order.
/// Values are finite. O(n) for values that are spread at all evenly, never more than O(n log n).
func ascending(_ values: [Double]) -> [Double] {
    guard values.count >= 2_048, values.count < 1 << 31, let levels = ValueLevels([values], bits: 22) else {
        // Adding zero takes the sign from a negative zero, and changes nothing else.
        return values.map { $0 + 0.0 }.sorted()
    }
    let count = values.count
    let half = 1 << 11
    var places = [Int32](repeating: 0, count: 2 * half)
    return [Double](unsafeUninitializedCapacity: count) { sorted, used in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { between in
            values.withUnsafeBufferPointer { values in
                places.withUnsafeMutableBufferPointer { places in
                    for value in values {
                        let level = levels.level(of: value)
                        places[level & (half - 1)] &+= 1
                        places[half + level >> 11] &+= 1
                    }
                    var (low, high): (Int32, Int32) = (0, 0)
                    for digit in 0..<half {
                        (places[digit], low) = (low, low + places[digit])
                        (places[half + digit], high) = (high, high + places[half + digit])
                    }
                    for value in values {
                        let digit = levels.level(of: value) & (half - 1)
                        between[Int(places[digit])] = value + 0.0
                        places[digit] &+= 1
                    }
                    for value in between {
                        let digit = half + levels.level(of: value) >> 11
                        sorted[Int(places[digit])] = value
                        places[digit] &+= 1
                    }
                }
            }
        }
        settle(&sorted)
        used = count
    }
}

/// Puts values in order that nearly are, by insertion; those that are not nearly in order are sorted.
private func settle(_ values: inout UnsafeMutableBufferPointer<Double>) {
    var moves = 0
    for index in 1..<values.count {
        let value = values[index]
        if values[index - 1] <= value { continue }
        var place = index
        repeat {
            values[place] = values[place - 1]
            place -= 1
        } while place > 0 && values[place - 1] > value
        values[place] = value
        moves += index - place
        if moves > 8 * values.count {
            values.sort()
            return
        }
    }
}
