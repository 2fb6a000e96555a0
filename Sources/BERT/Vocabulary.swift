/// The word pieces of a `vocab.txt`: one a line, whose number is the piece's id.
///
/// A word's prefixes are looked up with one hash that grows byte by byte, so the longest piece at a place costs one
/// pass over at most as many bytes as the longest piece has.
public struct Vocabulary: Sendable {
    /// Number of pieces.
    public var count: Int { ends.count }

    private let bytes: [UInt8]
    /// Where each piece ends in `bytes`; it begins where the one before ended.
    private let ends: [Int32]
    private let words: Table
    private let continuations: Table

    static let file = "vocab.txt"

    /// - Parameter text: The file's bytes. A line's last `\r` is not part of its piece; of equal lines the last counts.
    public init(_ text: [UInt8]) throws(ModelProblem) {
        guard text.count < Int(Int32.max) else {
            throw ModelProblem(Self.file, "is larger than 2 GB", mend: "copy the model's folder anew")
        }
        var bytes: [UInt8] = []
        var ends: [Int32] = []
        bytes.reserveCapacity(text.count)
        ends.reserveCapacity(text.count / 7)
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0A { end += 1 }
            let stop = end > start && text[end - 1] == 0x0D ? end - 1 : end
            for place in start..<stop { bytes.append(text[place]) }
            ends.append(Int32(bytes.count))
            start = end + 1
        }
        guard !ends.isEmpty else {
            throw ModelProblem(Self.file, "is empty", mend: "copy the model's folder anew")
        }
        self.bytes = bytes
        self.ends = ends
        words = Table(bytes, ends, dropping: 0)
        continuations = Table(bytes, ends, dropping: 2)
    }

    /// The id of a whole line.
    public func id(_ piece: String) -> Int32? {
        let bytes = Array(piece.utf8)
        var hash = Table.seed
        for byte in bytes { hash = Table.step(hash, byte) }
        return words.find(hash, bytes.span, 0..<bytes.count, self.bytes.span, ends.span)
    }

    /// The text of a piece; for tests and messages.
    public func piece(_ id: Int32) -> String {
        let index = Int(id)
        guard ends.indices.contains(index) else { return "" }
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return String(decoding: bytes[start..<Int(ends[index])], as: UTF8.self)
    }

    /// The longest piece that begins at `start` of a word, and where it ends; nil where none does.
    ///
    /// - Parameter word: UTF-8; pieces end where scalars do.
    func longest(_ word: Span<UInt8>, from start: Int) -> (id: Int32, end: Int)? {
        let table = start == 0 ? words : continuations
        let pieces = bytes.span
        let ends = self.ends.span
        var hash = Table.seed
        var found: (id: Int32, end: Int)?
        var place = start
        let limit = min(word.count, start + table.longest)
        while place < limit {
            hash = Table.step(hash, word[place])
            place += 1
            // Inside a scalar no piece ends.
            if place < word.count, word[place] & 0xC0 == 0x80 { continue }
            if let id = table.find(hash, word, start..<place, pieces, ends) { found = (id, place) }
        }
        return found
    }

    /// An open hash table from a piece, without its leading `##` where it continues a word, to its id.
    private struct Table: Sendable {
        /// Upper half: of the hash; lower half: the id and 1, or 0 where the slot is free.
        private let slots: [UInt64]
        /// Bytes of the longest piece.
        let longest: Int
        private let dropped: Int

        static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

        @inline(__always)
        static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

        /// - Parameter dropping: 2 for the pieces that begin with `##`, 0 for all.
        init(_ bytes: [UInt8], _ ends: [Int32], dropping: Int) {
            var size = 16
            while size < ends.count * 2 { size *= 2 }
            var slots = [UInt64](repeating: 0, count: size)
            var longest = 0
            var start = 0
            for (index, end) in ends.enumerated() {
                defer { start = Int(end) }
                let first = start + dropping
                if first > Int(end) { continue }
                if dropping == 2, bytes[start] != 0x23 || bytes[start + 1] != 0x23 { continue }
                longest = max(longest, Int(end) - first)
                var hash = Self.seed
                for place in first..<Int(end) { hash = Self.step(hash, bytes[place]) }
                var slot = Self.slot(hash, size)
                while slots[slot] != 0 {
                    let other = Int(UInt32(truncatingIfNeeded: slots[slot])) - 1
                    let begin = (other == 0 ? 0 : Int(ends[other - 1])) + dropping
                    if bytes[begin..<Int(ends[other])] == bytes[first..<Int(end)] { break }
                    slot = (slot + 1) & (size - 1)
                }
                slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(index + 1)
            }
            self.slots = slots
            self.longest = longest
            dropped = dropping
        }

        @inline(__always)
        private static func slot(_ hash: UInt64, _ size: Int) -> Int {
            Int(truncatingIfNeeded: (hash ^ hash >> 29) & UInt64(size - 1))
        }

        @inline(__always)
        func find(
            _ hash: UInt64, _ word: Span<UInt8>, _ range: Range<Int>, _ pieces: Span<UInt8>,
            _ ends: Span<Int32>
        ) -> Int32? {
            var slot = Self.slot(hash, slots.count)
            while slots[slot] != 0 {
                let entry = slots[slot]
                slot = (slot + 1) & (slots.count - 1)
                if (entry ^ hash) >> 32 != 0 { continue }
                let index = Int(UInt32(truncatingIfNeeded: entry)) - 1
                let first = (index == 0 ? 0 : Int(ends[index - 1])) + dropped
                guard Int(ends[index]) - first == range.count else { continue }
                var offset = 0
                while offset < range.count, pieces[first + offset] == word[range.lowerBound + offset] {
                    offset += 1
                }
                if offset == range.count { return Int32(index) }
            }
            return nil
        }
    }
}
