/// Writes numbers as few bytes that never change their meaning: the stored form of sketches.
struct CompactWriter {
    private(set) var bytes: [UInt8] = []

    /// Seven bits a byte, low ones first; the high bit says that more follow (LEB128).
    mutating func count(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small distances from 0 either way take one byte.
    mutating func signed(_ value: Int) { count((value << 1) ^ (value >> (Int.bitWidth - 1))) }

    mutating func double(_ value: Double) {
        var bits = value.bitPattern
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
        }
    }

    mutating func text(_ value: String) {
        count(value.utf8.count)
        bytes += value.utf8
    }
}

/// Reads what `CompactWriter` wrote; anything else is an error that names the stored form.
struct CompactReader {
    private let bytes: [UInt8]
    private var place = 0
    private let name: String

    init(_ bytes: [UInt8], _ name: String) {
        self.bytes = bytes
        self.name = name
    }

    var broken: EstimateError { .invalidParameter("stored \(name)", must: "be as it was written") }

    mutating func byte() throws(EstimateError) -> UInt8 {
        guard place < bytes.count else { throw broken }
        place += 1
        return bytes[place - 1]
    }

    mutating func count() throws(EstimateError) -> Int {
        let value = try word()
        guard value <= UInt64(Int.max) else { throw broken }
        return Int(value)
    }

    mutating func signed() throws(EstimateError) -> Int {
        let value = try word()
        return Int(value >> 1) ^ -Int(value & 1)
    }

    mutating func double() throws(EstimateError) -> Double {
        var bits: UInt64 = 0
        for index in 0..<8 { bits |= UInt64(try byte()) << UInt64(8 * index) }
        return Double(bitPattern: bits)
    }

    mutating func text() throws(EstimateError) -> String {
        let length = try count()
        guard length <= bytes.count - place else { throw broken }
        guard let text = String(validating: bytes[place..<(place + length)], as: UTF8.self) else {
            throw broken
        }
        place += length
        return text
    }

    /// That nothing is left.
    func end() throws(EstimateError) {
        guard place == bytes.count else { throw broken }
    }

    private mutating func word() throws(EstimateError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let next = try byte()
            // A tenth byte holds one bit; a last byte of zero would be a second spelling.
            guard shift < 63 || next <= 1, next != 0 || shift == 0 else { throw broken }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw broken
    }
}
