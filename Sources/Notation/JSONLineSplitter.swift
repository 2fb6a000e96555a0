import Glibc

/// Cuts a stream of bytes, fed in chunks of any size, into the lines of a JSON Lines file.
///
/// A line ends with LF or CRLF, the last also with the end of the stream. A byte-order mark before the first
/// line is dropped. Blank lines are counted and not handed out. Memory holds one unfinished line at most.
public struct JSONLineSplitter: Sendable {
    /// A line that is longer than allowed; nothing after it has been handed out.
    public struct LineTooLong: Error, Sendable, Hashable, CustomStringConvertible {
        /// Counted from 1.
        public let line: Int
        public let limit: Int
        public var description: String { "line \(line) is longer than \(limit) bytes" }
    }

    public let maximumLineBytes: Int
    /// Lines that were finished so far, blank ones included.
    public private(set) var lines = 0
    private var pending: [UInt8] = []

    /// - Parameter maximumLineBytes: The longest line that is taken, without its line end; 50 MB by default.
    public init(maximumLineBytes: Int = 50_000_000) {
        self.maximumLineBytes = maximumLineBytes
    }

    /// Takes the next bytes of the stream, and hands out each line that they finish with its number from 1.
    ///
    /// The bytes of a line hold only during the call of `body`.
    public mutating func feed(
        _ chunk: UnsafeBufferPointer<UInt8>, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        var rest = chunk
        while let newline = Self.lineFeed(in: rest) {
            let head = UnsafeBufferPointer(rebasing: rest[..<newline])
            rest = UnsafeBufferPointer(rebasing: rest[(newline + 1)...])
            if pending.isEmpty {
                try hand(head, to: body)
            } else {
                try keep(head)
                try handPending(to: body)
            }
        }
        try keep(rest)
    }

    /// Takes the next bytes of the stream; see ``feed(_:_:)-(UnsafeBufferPointer<UInt8>,_)``.
    public mutating func feed(
        _ chunk: [UInt8], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try chunk.withUnsafeBufferPointer { try feed($0, body) }
    }

    /// Ends the stream: hands out the last line where no line feed ended it.
    public mutating func finish(_ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        if !pending.isEmpty { try handPending(to: body) }
    }

    private static func lineFeed(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, 0x0A, bytes.count) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    private mutating func keep(_ part: UnsafeBufferPointer<UInt8>) throws {
        // One byte more for a carriage return and three for a byte-order mark; `hand` counts exactly.
        guard pending.count + part.count <= maximumLineBytes + 4 else { throw tooLong }
        pending.append(contentsOf: part)
    }

    private var tooLong: LineTooLong { LineTooLong(line: lines + 1, limit: maximumLineBytes) }

    private mutating func handPending(to body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        var line: [UInt8] = []
        swap(&line, &pending)
        try line.withUnsafeBufferPointer { try hand($0, to: body) }
        line.removeAll(keepingCapacity: line.count < 1 << 20)
        swap(&line, &pending)
    }

    private mutating func hand(
        _ whole: UnsafeBufferPointer<UInt8>, to body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        var line = lines == 0 ? whole.withoutByteOrderMark : whole
        if line.last == 0x0D { line = UnsafeBufferPointer(rebasing: line.dropLast()) }
        guard line.count <= maximumLineBytes else { throw tooLong }
        lines += 1
        let blank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        if !blank { try body(lines, line) }
    }
}
