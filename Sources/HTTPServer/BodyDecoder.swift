/// Takes a message's body out of its framing (RFC 9112, 6 and 7). Pure: bytes in, places of data out.
///
/// Chunks are read more strictly than the standard asks: every line ends in CR LF, no white space stands
/// before an extension, extensions and trailers are made of the characters of field values and are bounded
/// together with the sizes. Trailers are checked and dropped.
struct BodyDecoder {
    enum Framing: Equatable, Sendable {
        case none
        case counted(Int)
        case chunked
        /// The end of the connection ends the body: in responses alone.
        case untilClose
    }

    enum Step: Equatable {
        /// Where data lie in what was given.
        case data(Range<Int>)
        /// All was taken; there is more to come.
        case more
        case end
    }

    enum Fault: Error, Equatable {
        case malformed(String)
        /// Sizes, extensions and trailers without measure.
        case overhead
        case tooLarge
    }

    private enum State {
        case data(Int)
        case openEnded
        case size(digits: Int, value: Int)
        case chunkExtension(value: Int)
        case sizeLineFeed(value: Int)
        case dataReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
        case end
    }

    private var state: State
    private let isChunked: Bool
    private let limit: Int
    private let allowance: Int
    private var overhead = 0

    /// Bytes of data so far.
    private(set) var count = 0

    /// - Parameters:
    ///   - limit: Bytes of data at most.
    ///   - overhead: Bytes that are no data, beyond sixteen a byte of data.
    init(_ framing: Framing, limit: Int, overhead: Int) {
        self.limit = limit
        allowance = overhead
        isChunked = framing == .chunked
        state =
            switch framing {
            case .none, .counted(0): .end
            case .counted(let count): .data(count)
            case .chunked: .size(digits: 0, value: 0)
            case .untilClose: .openEnded
            }
    }

    var isAtEnd: Bool { if case .end = state { true } else { false } }

    /// Whether the end of the connection now is the body's end.
    var endsWithConnection: Bool { if case .openEnded = state { true } else { false } }

    /// How much is still to come, where that is known.
    var remaining: Int? {
        switch state {
        case .end: 0
        case .data(let rest) where !isChunked: rest
        default: nil
        }
    }

    /// Reads on from `offset`, which it moves.
    mutating func step(
        _ bytes: UnsafeBufferPointer<UInt8>, from offset: inout Int
    ) throws(Fault) -> Step {
        while true {
            switch state {
            case .end: return .end
            case .data, .openEnded:
                guard offset < bytes.count else { return .more }
                return .data(try take(bytes.count - offset, from: &offset))
            default:
                guard offset < bytes.count else { return .more }
                try frame(bytes[offset])
                offset += 1
                overhead += 1
                guard overhead <= allowance + 16 * count else { throw .overhead }
            }
        }
    }

    private mutating func take(_ available: Int, from offset: inout Int) throws(Fault) -> Range<Int> {
        var taken = available
        if case .data(let rest) = state {
            taken = min(taken, rest)
            let left = rest - taken
            state = left > 0 ? .data(left) : isChunked ? .dataReturn : .end
        }
        count += taken
        guard count <= limit else { throw .tooLarge }
        defer { offset += taken }
        return offset..<(offset + taken)
    }

    private mutating func frame(_ byte: UInt8) throws(Fault) {
        switch state {
        case .size(let digits, let value):
            if let digit = hexadecimal(byte) {
                guard value < 1 << 56 else { throw .malformed("a chunk size beyond measure") }
                state = .size(digits: digits + 1, value: value << 4 | Int(digit))
            } else if digits > 0, byte == 13 {
                state = .sizeLineFeed(value: value)
            } else if digits > 0, byte == UInt8(ascii: ";") {
                state = .chunkExtension(value: value)
            } else {
                throw .malformed("an invalid chunk size")
            }
        case .chunkExtension(let value):
            if byte == 13 {
                state = .sizeLineFeed(value: value)
            } else if !isValueByte(byte) {
                throw .malformed("an invalid chunk extension")
            }
        case .sizeLineFeed(let value):
            guard byte == 10 else { throw .malformed("a chunk size without CR LF") }
            guard value <= limit - count else { throw .tooLarge }
            state = value == 0 ? .trailerStart : .data(value)
        case .dataReturn:
            guard byte == 13 else { throw .malformed("a chunk without CR LF") }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == 10 else { throw .malformed("a chunk without CR LF") }
            state = .size(digits: 0, value: 0)
        case .trailerStart where byte == 13: state = .lastLineFeed
        case .trailerStart, .trailerName:
            if case .trailerName = state, byte == UInt8(ascii: ":") {
                state = .trailerValue
            } else if isTokenByte(byte) {
                state = .trailerName
            } else {
                throw .malformed("an invalid trailer")
            }
        case .trailerValue:
            if byte == 13 {
                state = .trailerLineFeed
            } else if !isValueByte(byte) {
                throw .malformed("an invalid trailer")
            }
        case .trailerLineFeed:
            guard byte == 10 else { throw .malformed("a trailer without CR LF") }
            state = .trailerStart
        case .lastLineFeed:
            guard byte == 10 else { throw .malformed("the body ends without CR LF") }
            state = .end
        case .data, .openEnded, .end: break
        }
    }

    private func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
