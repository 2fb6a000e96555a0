/// The values in ascending order; a negative zero comes back as zero, so that equal values have equal bits.
///
/// From 1,024 values on a radix sort over the bit patterns, eleven bits a pass, without passes in which all
/// values agree. Values are finite. O(n).
func ascending(_ values: [Double]) -> [Double] {
    // Adding zero takes the sign from a negative zero, and changes nothing else.
    if values.count < 1024 { return values.map { $0 + 0.0 }.sorted() }
    let count = values.count
    let passes = 6
    let buckets = 1 << 11
    var keys = [UInt64](unsafeUninitializedCapacity: count) { keys, used in
        for index in 0..<count {
            let bits = (values[index] + 0.0).bitPattern
            // Negative numbers ascend as their bits descend, and stand below the positive ones.
            keys[index] = bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | (1 << 63))
        }
        used = count
    }
    var counts = [Int](repeating: 0, count: passes * buckets)
    for key in keys {
        counts[Int(key & 2047)] += 1
        counts[buckets + Int((key >> 11) & 2047)] += 1
        counts[2 * buckets + Int((key >> 22) & 2047)] += 1
        counts[3 * buckets + Int((key >> 33) & 2047)] += 1
        counts[4 * buckets + Int((key >> 44) & 2047)] += 1
        counts[5 * buckets + Int(key >> 55)] += 1
    }
    var other = [UInt64](repeating: 0, count: count)
    for pass in 0..<passes {
        let shift = UInt64(11 * pass)
        let table = pass * buckets
        if counts[table + Int((keys[0] >> shift) & 2047)] == count { continue }
        var place = 0
        for bucket in table..<(table + buckets) {
            let size = counts[bucket]
            counts[bucket] = place
            place += size
        }
        scatter(keys, into: &other, &counts, table: table, shift: shift)
        swap(&keys, &other)
    }
    return [Double](unsafeUninitializedCapacity: count) { sorted, used in
        for index in 0..<count {
            let key = keys[index]
            // The top bit is set for what was positive.
            let mask = key >> 63 == 1 ? 1 << 63 : UInt64.max
            sorted[index] = Double(bitPattern: key ^ mask)
        }
        used = count
    }
}

private func scatter(
    _ keys: [UInt64], into other: inout [UInt64], _ counts: inout [Int], table: Int, shift: UInt64
) {
    keys.withUnsafeBufferPointer { keys in
        other.withUnsafeMutableBufferPointer { other in
            counts.withUnsafeMutableBufferPointer { counts in
                for key in keys {
                    let bucket = table + Int((key >> shift) & 2047)
                    other[counts[bucket]] = key
                    counts[bucket] += 1
                }
            }
        }
    }
}
