import Digest
import Domain
import Glibc
import Interchange

/// Data sets as runs used them, under their digests: `datasets/DIGEST.jsonl.zst` in the folder of runs.
///
/// A run knows the digest of its set; with the set itself kept, a later edit takes nothing from the run: it is shown,
/// judged again and compared over what it was made with.
public struct SetSnapshots: Sendable {
    private let store: String

    /// - Parameter store: Usually `.sluice`.
    public init(store: String) { self.store = store }

    private func path(_ digest: ContentDigest) -> String { store + "/datasets/\(digest.hex).jsonl.zst" }

    /// Keeps a set that a run begins with; what is kept already stays as it is.
    public func keep(_ set: DatasetFiles) throws(StoreError) {
        let path = path(set.digest)
        if Files.exists(path) { return }
        try Files.makeFolder(store + "/datasets")
        try PackedSet.write(set, to: path, level: 3)
    }

    public func has(_ digest: String) -> Bool {
        ContentDigest(digest).map { Files.exists(path($0)) } ?? false
    }

    /// The set of a digest, as it was when it was kept.
    ///
    /// - Throws: `missing` where it was not kept; `damaged` where the file is no longer what was kept.
    public func open(
        _ digest: String, visit: DatasetReader.Emit = { _, _ in }
    ) throws(StoreError) -> DatasetFiles {
        guard let known = ContentDigest(digest), Files.exists(path(known)) else {
            throw StoreError(.missing, "\(store) keeps no data set \(digest)")
        }
        return try PackedSet.open(
            path(known), digest: known.description, scratch: store + "/scratch", visit: visit)
    }
}
