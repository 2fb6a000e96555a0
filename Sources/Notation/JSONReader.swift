import CSimdJSON

extension JSONValue {
    /// Reads one JSON text (RFC 8259), strictly.
    ///
    /// What the standard leaves open is decided so: a byte-order mark before the text is skipped; a repeated
    /// key keeps the place of the first and the value of the last; keys differ where their bytes do; a whole
    /// number beyond 64 bits becomes the nearest `Double` unless the limits say otherwise, as does `-0` the
    /// integer 0; a number that no `Double` can hold (`1e400`) is refused, one too small for it is 0; half a
    /// surrogate pair is refused.
    ///
    /// Linear in the length; at most 2 KB of stack a level of depth.
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw JSONError(.tooLarge(limit: limits.bytes), at: 0, in: bytes)
        }
        let text = bytes.withoutByteOrderMark
        if let value = parseFast(text, limits: limits) { return value }
        // The fast parser says neither where nor why, and refuses integers beyond 64 bits.
        var reader = JSONTextReader(bytes, start: bytes.count - text.count, limits: limits)
        return try reader.document()
    }

    /// Reads one JSON text; see ``parse(_:limits:)-(UnsafeBufferPointer<UInt8>,_)``.
    public static func parse(
        _ bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer, limits: limits) }
    }

    /// Reads one JSON text; see ``parse(_:limits:)-(UnsafeBufferPointer<UInt8>,_)``.
    public static func parse(
        _ bytes: ArraySlice<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer, limits: limits) }
    }

    /// Reads one JSON text; see ``parse(_:limits:)-(UnsafeBufferPointer<UInt8>,_)``.
    public static func parse(
        _ text: String, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        var text = text
        let result: Result<JSONValue, JSONError> = text.withUTF8 { buffer in
            do throws(JSONError) { return .success(try parse(buffer, limits: limits)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The value, or nil where the text is no JSON, or JSON that only the slow reader can hold.
    static func parseFast(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) -> JSONValue? {
        let parsed = csimdjson_parse(bytes.baseAddress, bytes.count, limits.depth)
        defer { csimdjson_trim() }
        guard parsed.error == 0, let tape = parsed.tape, let strings = parsed.strings else { return nil }
        var walk = TapeWalk(tape: tape, strings: strings)
        let value = walk.value()
        // No conditional expression: its nil would be the value null.
        guard walk.sound, !walk.repeatsKeys || !limits.refusesRepeatedKeys else { return nil }
        // The tape has no digits: only the slow reader sees what a double leaves of them.
        if limits.longNumbers != .rounded, walk.hasDoubles, DecimalDigits.mayBeMany(in: bytes) { return nil }
        return value
    }
}

extension UnsafeBufferPointer<UInt8> {
    var withoutByteOrderMark: UnsafeBufferPointer<UInt8> {
        guard count >= 3, self[0] == 0xEF, self[1] == 0xBB, self[2] == 0xBF else { return self }
        return UnsafeBufferPointer(rebasing: self[3...])
    }
}

/// Turns simdjson's tape into values. The tape's layout is the one its documentation describes: a word a
/// value, its type in the upper 8 bits; numbers in the word that follows; strings as a 32-bit length and
/// bytes in the string buffer.
private struct TapeWalk {
    let tape: UnsafePointer<UInt64>
    let strings: UnsafePointer<UInt8>
    var index = 1
    /// False once a word was of no known type.
    var sound = true
    var repeatsKeys = false
    var hasDoubles = false

    init(tape: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>) {
        self.tape = tape
        self.strings = strings
    }

    mutating func value() -> JSONValue {
        let word = tape[index]
        index += 1
        switch UInt8(truncatingIfNeeded: word >> 56) {
        case UInt8(ascii: "\""): return .string(string(word))
        case UInt8(ascii: "{"): return .object(object(word))
        case UInt8(ascii: "["): return .array(array(word))
        case UInt8(ascii: "l"):
            index += 1
            return .integer(Int64(bitPattern: tape[index - 1]))
        case UInt8(ascii: "u"):
            index += 1
            hasDoubles = true
            return .number(Double(tape[index - 1]))
        case UInt8(ascii: "d"):
            index += 1
            hasDoubles = true
            return .number(Double(bitPattern: tape[index - 1]))
        case UInt8(ascii: "t"): return .bool(true)
        case UInt8(ascii: "f"): return .bool(false)
        case UInt8(ascii: "n"): return .null
        default:
            sound = false
            return .null
        }
    }

    private func string(_ word: UInt64) -> String {
        let start = strings + Int(word & 0x00FF_FFFF_FFFF_FFFF)
        let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        let bytes = UnsafeBufferPointer(start: start + 4, count: Int(count))
        // simdjson has checked the text's UTF-8 and refuses escapes of half a surrogate pair.
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func array(_ word: UInt64) -> [JSONValue] {
        let end = Int(word & 0xFFFF_FFFF) - 1
        var elements: [JSONValue] = []
        elements.reserveCapacity(Int((word >> 32) & 0xFF_FFFF))
        while index < end { elements.append(value()) }
        index = end + 1
        return elements
    }

    private mutating func object(_ word: UInt64) -> JSONObject {
        let end = Int(word & 0xFFFF_FFFF) - 1
        var object = JSONObject()
        object.reserveCapacity(Int((word >> 32) & 0xFF_FFFF))
        while index < end {
            let key = string(tape[index])
            index += 1
            if !object.put(key, value()) { repeatsKeys = true }
        }
        index = end + 1
        return object
    }
}
