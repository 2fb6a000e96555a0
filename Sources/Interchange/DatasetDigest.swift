import Digest

/// The digest of a data set: the same for the same examples in any order of rows, columns and white space.
///
/// What of an example is in, says `RowDigest`; its id is in too, since results pair by it. 32 bytes an
/// example.
public struct DatasetDigest: Sendable {
    private var rows: [Row] = []

    private struct Row: Comparable {
        let words: (UInt64, UInt64, UInt64, UInt64)

        static func == (left: Row, right: Row) -> Bool { left.words == right.words }
        static func < (left: Row, right: Row) -> Bool { left.words < right.words }
    }

    public init() {}

    /// Examples added.
    public var count: Int { rows.count }

    mutating func add(_ row: ContentDigest, id: String) {
        var bytes = row.bytes
        bytes.append(contentsOf: id.utf8)
        let digest = ContentDigest(of: bytes).bytes
        rows.append(
            digest.withUnsafeBytes { raw in
                func word(_ index: Int) -> UInt64 {
                    UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
                }
                return Row(words: (word(0), word(1), word(2), word(3)))
            })
    }

    /// The digest of all examples added so far. n log n.
    public var value: ContentDigest {
        var bytes = Array("sluice data set 1\n".utf8)
        bytes.reserveCapacity(bytes.count + rows.count * 32)
        for row in rows.sorted() {
            for word in [row.words.0, row.words.1, row.words.2, row.words.3] {
                withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return ContentDigest(of: bytes)
    }
}
