/// Reads a stream of server-sent events, fed in chunks that may be cut anywhere.
///
/// Line ends are LF, CR or CRLF; a byte-order mark before the first line is dropped; lines of `data` are
/// joined by line feeds; comments and unknown fields are passed over; an event without data is none. What
/// stands after the last empty line is no event: ``hasUnfinishedEvent`` tells that the stream was cut. Memory
/// holds one event.
///
/// WHATWG HTML Living Standard, 9.2.6 "Interpreting an event stream".
public struct ServerSentEvents: Sendable {
    public struct Event: Sendable, Hashable {
        /// The `event` field; `message` where there was none.
        public let name: String
        public let data: [UInt8]
        /// The last `id` seen on the stream.
        public let id: String

        public init(name: String = "message", data: [UInt8], id: String = "") {
            self.name = name
            self.data = data
            self.id = id
        }

        /// The data as text, with U+FFFD for what is no UTF-8.
        public var text: String { String(decoding: data, as: UTF8.self) }
    }

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var name = ""
    private var id = ""
    private var isFirstLine = true
    private var skipsLineFeed = false
    /// The `retry` field, in milliseconds.
    public private(set) var retryMilliseconds: Int?

    public init() {}

    /// Whether bytes were taken that no empty line has made an event of.
    public var hasUnfinishedEvent: Bool { !line.isEmpty || hasData }

    /// Takes the next bytes, and hands out each event that they complete.
    public mutating func feed(_ bytes: some Collection<UInt8>, _ body: (Event) -> Void) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { feed($0, body) }
        if done == nil { Array(bytes).withUnsafeBufferPointer { feed($0, body) } }
    }

    private mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Event) -> Void) {
        var start = 0
        if skipsLineFeed, let first = bytes.first {
            skipsLineFeed = false
            if first == 0x0A { start = 1 }
        }
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x0A || byte == 0x0D else {
                index += 1
                continue
            }
            line.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
            endLine(body)
            index += 1
            if byte == 0x0D {
                if index == bytes.count { skipsLineFeed = true } else if bytes[index] == 0x0A { index += 1 }
            }
            start = index
        }
        line.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func endLine(_ body: (Event) -> Void) {
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { dispatch(body) } else { takeField() }
        line.removeAll(keepingCapacity: line.count < 1 << 20)
    }

    private mutating func dispatch(_ body: (Event) -> Void) {
        if hasData {
            body(Event(name: name.isEmpty ? "message" : name, data: data, id: id))
        }
        data.removeAll(keepingCapacity: data.count < 1 << 20)
        hasData = false
        name = ""
    }

    private mutating func takeField() {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var start = min(colon + 1, line.endIndex)
        if start < line.endIndex, line[start] == 0x20 { start += 1 }
        let field = line[..<colon]
        let value = line[start...]
        // By far the most frequent first.
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(0x0A) }
            data.append(contentsOf: value)
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            name = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8) {
            if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        } else if field.elementsEqual("retry".utf8) {
            let isNumber = !value.isEmpty && value.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            if isNumber { retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) }
        }
    }
}
