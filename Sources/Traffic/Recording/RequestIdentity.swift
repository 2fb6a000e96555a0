import Digest
import HTTPServer
import Synchronization

/// By what a request is known on its whole way: `X-Request-ID` and W3C `traceparent`, as they came or made here.
///
/// Level 1 of W3C Trace Context (2021): version 00, lower-case hexadecimal, no field of zeros; of a higher version the
/// first four fields are read, as it asks. What is not valid is replaced, and `tracestate` with it.
public struct RequestIdentity: Sendable, Hashable {
    public let id: String
    /// Whether the client sent the id. Only such an id can come twice.
    public let isClients: Bool
    public let traceparent: String
    /// Whether the client's trace goes on.
    public let continuesTrace: Bool
    /// The hash of the id, by which retries are known.
    public let hash: UInt64

    /// Keeps what the client sent where it is valid, and makes the rest.
    ///
    /// An id is 1 to 128 visible ASCII characters; several of them are none.
    public init(_ headers: HTTPFields) {
        var ids = 0
        var sentID: String?
        var traces = 0
        var sentTrace: String?
        headers.withEachField { name, value in
            if name.count == 12, Self.isNamed(name, "x-request-id") {
                ids += 1
                sentID = String(decoding: value, as: UTF8.self)
            } else if name.count == 11, Self.isNamed(name, "traceparent") {
                traces += 1
                sentTrace = String(decoding: value, as: UTF8.self)
            }
        }
        if traces == 1, let sentTrace, Self.isTraceparent(sentTrace) {
            traceparent = sentTrace
            continuesTrace = true
        } else {
            traceparent = Self.newTrace()
            continuesTrace = false
        }
        if ids == 1, let sentID, Self.isID(sentID) {
            id = sentID
            isClients = true
        } else {
            id = Self.newID()
            isClients = false
        }
        hash = XXHash.xxh3(id)
    }

    private static func isNamed(_ name: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        let letters = word.utf8Start
        // Every sign of these names but the dash has the bit of small letters, as the dash has.
        for index in 0..<name.count where name[index] | 0x20 != letters[index] { return false }
        return true
    }

    /// What the request to an arm bears in place of what came: the fields that were made here.
    public var fieldsToAdd: HTTPFields {
        var fields = HTTPFields()
        if !isClients { fields.append("X-Request-ID", id) }
        if !continuesTrace { fields.append("traceparent", traceparent) }
        return fields
    }

    /// Names to take out of what came: the state of a trace that does not go on.
    public var fieldsToRemove: [String] { continuesTrace ? [] : Self.stateOfTrace }

    private static let stateOfTrace = ["tracestate"]

    private static func isID(_ text: String) -> Bool {
        let count = text.utf8.count
        return count >= 1 && count <= 128 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Whether a text is a `traceparent` whose trace may go on.
    public static func isTraceparent(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D else { return false }
        func isHexadecimal(_ range: Range<Int>) -> Bool {
            bytes[range].allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
        }
        func isZero(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == 0x30 } }
        guard isHexadecimal(0..<2), isHexadecimal(3..<35), isHexadecimal(36..<52), isHexadecimal(53..<55),
            !isZero(3..<35), !isZero(36..<52)
        else { return false }
        if bytes[0] == 0x66, bytes[1] == 0x66 { return false }
        // Version 00 ends here; later ones may go on behind another dash.
        return bytes.count == 55 || (!isZero(0..<2) && bytes[55] == 0x2D)
    }

    // Numbers that no two gateways share: a random start, then SplitMix64 over a counter.
    private static let start = UInt64.random(in: .min ... .max)
    private static let counter = Atomic<UInt64>(0)

    private static func next() -> UInt64 {
        let count = counter.wrappingAdd(1, ordering: .relaxed).oldValue
        var word = start &+ count &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        return word == 0 ? 1 : word
    }

    /// 32 lower-case hexadecimal digits.
    private static func newID() -> String {
        let words = (next(), next())
        return String(unsafeUninitializedCapacity: 32) { buffer in  // every byte is written below
            write(words.0, to: buffer, at: 0)
            write(words.1, to: buffer, at: 16)
            return 32
        }
    }

    /// Version 00, a trace and a parent of its own, and the flag that spans are to be kept.
    private static func newTrace() -> String {
        let words = (next(), next(), next())
        return String(unsafeUninitializedCapacity: 55) { buffer in  // every byte is written below
            for (index, byte) in frame.enumerated() { buffer[index] = byte }
            write(words.0, to: buffer, at: 3)
            write(words.1, to: buffer, at: 19)
            write(words.2, to: buffer, at: 36)
            return 55
        }
    }

    private static let frame = Array("00-00000000000000000000000000000000-0000000000000000-01".utf8)

    private static func write(_ word: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at place: Int) {
        for index in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(index))) & 0xF
            buffer[place + index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
        }
    }
}
