/// Goes through the bytes of a segment.
enum SpoolScan {
    /// Hands out each whole frame, and each stretch in which none can be read, in order.
    ///
    /// - Parameters:
    ///   - each: Kind and payload.
    ///   - damaged: The stretch, and whether the segment ends with it (a torn write) or goes on behind it.
    static func frames(
        _ bytes: UnsafeBufferPointer<UInt8>, behind header: SpoolFormat.Header,
        each: (SpoolFormat.Kind, Range<Int>) throws -> Void, damaged: (Range<Int>, Bool) throws -> Void
    ) rethrows {
        var place = header.end
        while place < bytes.count {
            if let (kind, payload) = SpoolFormat.frame(at: place, in: bytes, seed: header.seed) {
                try each(kind, payload)
                place = payload.upperBound
                continue
            }
            var next = place + 1
            while next < bytes.count,
                bytes[next] != 0xF0 || SpoolFormat.frame(at: next, in: bytes, seed: header.seed) == nil
            {
                next += 1
            }
            try damaged(place..<next, next == bytes.count)
            place = next
        }
    }

    /// Where the last whole frame ends behind which nothing whole stands; 0 where there is not even a header.
    static func end(of bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { buffer in
            guard let header = SpoolFormat.header(of: buffer) else { return 0 }
            var end = header.end
            frames(buffer, behind: header, each: { end = $1.upperBound }, damaged: { _, _ in })
            return end
        }
    }
}
