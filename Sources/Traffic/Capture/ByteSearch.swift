import Glibc

/// Finds short words in bytes.
enum ByteSearch {
    /// - Parameter pivot: Which byte of the word to look for first: the rarest is best.
    static func contains(_ bytes: [UInt8], _ word: StaticString, pivot: Int = 0) -> Bool {
        let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return bytes.withUnsafeBufferPointer { first(word, in: $0, from: 0, pivot: pivot) != nil }
    }

    static func contains(_ bytes: [UInt8], byte: UInt8) -> Bool {
        bytes.withUnsafeBytes { $0.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false }
    }

    /// Where the word stands first, from a place on.
    static func first(_ word: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            word.withUnsafeBufferPointer { first($0, in: bytes, from: start, pivot: 0) }
        }
    }

    /// Where the word stands last.
    static func last(_ word: StaticString, in bytes: [UInt8]) -> Int? {
        let word = Array(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        var found: Int?
        var start = 0
        while let place = first(word, in: bytes, from: start) {
            found = place
            start = place + 1
        }
        return found
    }

    private static func first(
        _ word: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, pivot: Int
    ) -> Int? {
        guard let base = UnsafeRawPointer(bytes.baseAddress), !word.isEmpty else { return nil }
        var at = start + pivot
        while at < bytes.count, let hit = memchr(base + at, Int32(word[pivot]), bytes.count - at) {
            let place = UnsafeRawPointer(hit) - base
            let begin = place - pivot
            if begin >= start, begin + word.count <= bytes.count,
                memcmp(base + begin, word.baseAddress!, word.count) == 0
            {
                return begin
            }
            at = place + 1
        }
        return nil
    }
}
