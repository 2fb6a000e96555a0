/// Writes the fields of a record: counts in groups of seven bits, low ones first (LEB128); bytes behind their count.
struct RecordWriter {
    var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func count(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        if rest < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: rest)) }
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func word(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func double(_ value: Double) { word(value.bitPattern) }

    mutating func run(_ run: [UInt8]) {
        count(run.count)
        bytes.append(contentsOf: run)
    }

    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { text in
            count(text.count)
            bytes.append(contentsOf: text)
        }
    }

    /// Nil has the count 0, what is there one more than its length.
    mutating func optional(_ text: String?) {
        guard var text else { return count(0) }
        text.withUTF8 { text in
            count(text.count + 1)
            bytes.append(contentsOf: text)
        }
    }

    mutating func optional(_ run: [UInt8]?) {
        guard let run else { return count(0) }
        count(run.count + 1)
        bytes.append(contentsOf: run)
    }
}

/// Reads what `RecordWriter` wrote; anything else is `Malformed`.
struct RecordReader {
    struct Malformed: Error {}

    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    var isAtEnd: Bool { at == bytes.endIndex }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard at < bytes.endIndex else { throw Malformed() }
        at += 1
        return bytes[at - 1]
    }

    mutating func count() throws(Malformed) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 64, shift < 63 || next <= 1 else { throw Malformed() }
            value |= UInt64(next & 0x7F) << shift
            if next & 0x80 == 0 {
                // None is written that is below zero, and arithmetic with the least of them would end the reader.
                guard let count = Int(exactly: value) else { throw Malformed() }
                return count
            }
            shift += 7
        }
    }

    mutating func word() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(try byte()) << UInt64(8 * index) }
        return value
    }

    mutating func double() throws(Malformed) -> Double { Double(bitPattern: try word()) }

    mutating func run() throws(Malformed) -> [UInt8] { try take(try count()) }

    mutating func text() throws(Malformed) -> String { String(decoding: try run(), as: UTF8.self) }

    mutating func optionalText() throws(Malformed) -> String? {
        try optionalRun().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func optionalRun() throws(Malformed) -> [UInt8]? {
        let length = try count()
        return length == 0 ? nil : try take(length - 1)
    }

    private mutating func take(_ length: Int) throws(Malformed) -> [UInt8] {
        guard length >= 0, length <= bytes.endIndex - at else { throw Malformed() }
        at += length
        return Array(bytes[(at - length)..<at])
    }
}
