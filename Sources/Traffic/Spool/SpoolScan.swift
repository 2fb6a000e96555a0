/// Goes through the bytes of a segment.
enum SpoolScan {
    /// The gateway's name and where the first frame begins; nil for what is no segment.
    static func header(_ bytes: UnsafeBufferPointer<UInt8>) -> (gateway: String, end: Int)? {
        let magic = SpoolFormat.magic.count
        guard bytes.count > magic, bytes[..<magic].elementsEqual(SpoolFormat.magic) else { return nil }
        let end = magic + 1 + Int(bytes[magic]) + 8
        guard bytes.count >= end else { return nil }
        return (String(decoding: bytes[(magic + 1)..<(end - 8)], as: UTF8.self), end)
    }

    /// Hands out each whole frame, and each stretch in which none can be read, in order.
    ///
    /// - Parameters:
    ///   - each: Kind and payload.
    ///   - damaged: The stretch, and whether the segment ends with it (a torn write) or goes on behind it.
    static func frames(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int,
        each: (SpoolFormat.Kind, Range<Int>) throws -> Void, damaged: (Range<Int>, Bool) throws -> Void
    ) rethrows {
        var place = start
        while place < bytes.count {
            if let (kind, payload) = SpoolFormat.frame(at: place, in: bytes) {
                try each(kind, payload)
                place = payload.upperBound
                continue
            }
            var next = place + 1
            while next < bytes.count, bytes[next] != 0xF0 || SpoolFormat.frame(at: next, in: bytes) == nil {
                next += 1
            }
            try damaged(place..<next, next == bytes.count)
            place = next
        }
    }

    /// Where the last whole frame ends behind which nothing whole stands; 0 where there is not even a header.
    static func end(of bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { buffer in
            guard let header = header(buffer) else { return 0 }
            var end = header.end
            frames(buffer, from: header.end, each: { end = $1.upperBound }, damaged: { _, _ in })
            return end
        }
    }
}
