/// The beginning of a body as it passes, and where there is more, its end: that is where streams and long answers say
/// what they used.
struct CapturedBytes {
    /// Bytes of the end that are kept of a body longer than the bound.
    static let tailBytes = 8 * 1024

    private(set) var head: [UInt8] = []
    /// The last bytes beyond the head, in the order of a ring that begins at `tailStart`.
    private var tail: [UInt8] = []
    private var tailStart = 0
    /// Bytes that passed.
    private(set) var count = 0
    /// Whether memory was refused.
    private(set) var isStarved = false

    var isWhole: Bool { head.count == count }

    /// The memory held.
    var held: Int { head.count + tail.count }

    /// Copies what is within the bound.
    mutating func append(_ bytes: Span<UInt8>, limit: Int, expecting length: Int?) {
        let before = count
        count += bytes.count
        guard !isStarved else { return }
        let room = limit - head.count
        var taken = 0
        if room > 0, head.count == before {
            taken = min(room, bytes.count)
            if head.isEmpty, let length { head.reserveCapacity(min(limit, max(length, taken))) }
            bytes.extracting(first: taken).withUnsafeBufferPointer { head.append(contentsOf: $0) }
        }
        if taken < bytes.count { appendTail(bytes.extracting(droppingFirst: taken)) }
    }

    private mutating func appendTail(_ bytes: Span<UInt8>) {
        let bytes = bytes.extracting(last: Self.tailBytes)
        let room = Self.tailBytes - tail.count
        let first = min(room, bytes.count)
        bytes.extracting(first: first).withUnsafeBufferPointer { tail.append(contentsOf: $0) }
        for index in first..<bytes.count {
            tail[tailStart] = bytes[index]
            tailStart = (tailStart + 1) % Self.tailBytes
        }
    }

    /// Gives back what was copied: no memory is left.
    mutating func starve() {
        head = []
        tail = []
        tailStart = 0
        isStarved = true
    }

    /// The last bytes, those of the head among them where there are few.
    var end: [UInt8] {
        if tail.isEmpty { return head }
        let ring = Array(tail[tailStart...] + tail[..<tailStart])
        // Nothing lies between the two.
        return head.count + tail.count == count ? head + ring : ring
    }
}
