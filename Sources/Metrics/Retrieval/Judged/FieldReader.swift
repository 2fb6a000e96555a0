import Glibc

/// Reads a file of fields set apart by white space, line by line, without copying.
struct FieldReader {
    private let bytes: [UInt8]
    private var position = 0
    /// The line that was read last, from 1.
    private(set) var line = 0
    private var fields: [Range<Int>] = []

    /// A byte-order mark before the first line is no part of it.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The fields of the next line that has any and is no comment; nil at the end.
    mutating func next() -> [Range<Int>]? {
        while position < bytes.count {
            line += 1
            fields.removeAll(keepingCapacity: true)
            var start: Int?
            while position < bytes.count, bytes[position] != 10 {
                let isSpace = bytes[position] == 32 || bytes[position] == 9 || bytes[position] == 13
                if isSpace {
                    if let first = start { fields.append(first..<position) }
                    start = nil
                } else if start == nil {
                    start = position
                }
                position += 1
            }
            if let first = start { fields.append(first..<position) }
            position += 1
            guard let first = fields.first, bytes[first.lowerBound] != UInt8(ascii: "#") else { continue }
            return fields
        }
        return nil
    }

    func text(_ field: Range<Int>) -> String { String(decoding: bytes[field], as: UTF8.self) }

    func isSame(_ field: Range<Int>, _ text: String) -> Bool {
        text.utf8.count == field.count && text.utf8.elementsEqual(bytes[field])
    }

    /// A hash by which equal fields are known; two different ones share it with a chance of 2⁻⁶⁴.
    func key(_ field: Range<Int>) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for place in field { state = (state ^ UInt64(bytes[place])) &* 0x0000_0100_0000_01b3 }
        state ^= state >> 32
        state &*= 0xff51_afd7_ed55_8ccd
        return state ^ state >> 29
    }

    func integer(_ field: Range<Int>) -> Int? { field.count > 18 ? nil : Int(text(field)) }

    func number(_ field: Range<Int>) -> Double? {
        guard field.count < 64 else { return nil }
        guard let value = Double(text(field)), !value.isNaN else { return nil }
        return value
    }
}
