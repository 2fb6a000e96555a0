import Digest
import Domain
import Glibc
import Interchange

/// Frozen data sets in a folder that people review and commit, usually `frozen/`:
///
/// - `TAG.json`: the digest that the tag names, counts, who froze it and why.
/// - `TAG.jsonl.zst`: the rows, so that a later edit can be told line by line, and undone.
public struct FrozenSets: Sendable {
    public let folder: String

    public init(folder: String) { self.folder = folder }

    private func path(_ tag: String, _ ending: String) -> String { folder + "/" + tag + ending }

    /// Gives a set a name. The JSON file is written last, so that what was cut short is no tag.
    ///
    /// - Throws: `denied` for what can be no tag, or where the tag names another set already: a tag is never moved.
    /// - Returns: The tag; the earlier one where it names this very set.
    public func freeze(
        _ set: DatasetFiles, tag: String, who: String, why: String, at time: String,
        categories: [FrozenSet.Count]
    ) throws(StoreError) -> FrozenSet {
        try check(tag)
        if Files.exists(path(tag, ".json")) {
            let known = try load(tag)
            if known.digest == set.digest.description { return known }
            throw StoreError(
                .denied,
                "'\(tag)' names another set since \(known.frozenAt) (\(known.count) examples, "
                    + "\(known.digest)), and a tag is never moved; choose another")
        }
        try Files.makeFolder(folder)
        let packed = path(tag, ".jsonl.zst")
        try PackedSet.write(set, to: packed, level: 12)
        let frozen = FrozenSet(
            tag: tag, digest: set.digest.description, count: set.count, retired: set.retired.count,
            files: set.paths, version: set.version, who: who, why: why, frozenAt: time,
            categories: categories,
            packed: FrozenSet.Packed(
                file: tag + ".jsonl.zst", digest: try Files.digest(packed).description))
        try Files.replace(path(tag, ".json"), with: FrozenSetCodec.encode(frozen))
        return frozen
    }

    private func check(_ tag: String) throws(StoreError) {
        guard FrozenSet.isTag(tag) else {
            throw StoreError(
                .denied,
                "a tag has letters, digits, '-', '_' and '.', a letter or digit first, such as 2026-q4: not this one"
            )
        }
    }

    /// All tags, sorted.
    public func list() throws(StoreError) -> [String] {
        var tags: [String] = []
        for file in try Files.list(folder) where file.hasSuffix(".json") {
            let tag = String(file.dropLast(5))
            if FrozenSet.isTag(tag) { tags.append(tag) }
        }
        return tags
    }

    public func has(_ tag: String) -> Bool { FrozenSet.isTag(tag) && Files.exists(path(tag, ".json")) }

    /// What a tag stands for.
    ///
    /// - Throws: `missing` where there is none, with those that there are; `damaged` where the file was changed.
    public func load(_ tag: String) throws(StoreError) -> FrozenSet {
        try check(tag)
        let file = path(tag, ".json")
        guard Files.exists(file) else {
            let known = (try? list()) ?? []
            let others = known.isEmpty ? "there is none yet" : "there are: " + known.joined(separator: ", ")
            throw StoreError(
                .missing,
                "there is no frozen set '\(tag)' in \(folder); \(others); make one with sluice dataset freeze"
            )
        }
        let bytes = try Files.read(file)
        let set: FrozenSet
        do throws(FrozenSetCodec.Problem) { set = try FrozenSetCodec.decode(bytes) } catch {
            throw StoreError(
                .damaged, "\(file) is no frozen set: \(error.description); take it from version control")
        }
        guard set.tag == tag, set.packed.file == tag + ".jsonl.zst", ContentDigest(set.digest) != nil else {
            throw StoreError(
                .damaged,
                "\(file) is the frozen set '\(set.tag)' under another name; take it from version control")
        }
        return set
    }

    /// The rows of a frozen set, as they were.
    ///
    /// - Parameter scratch: A folder for them while they are used.
    /// - Throws: `damaged` where the packed file is not the one that was frozen.
    public func open(
        _ tag: String, scratch: String, visit: DatasetReader.Emit = { _, _ in }
    ) throws(StoreError) -> DatasetFiles {
        let set = try load(tag)
        let packed = path(tag, ".jsonl.zst")
        guard Files.exists(packed) else {
            throw StoreError(
                .missing,
                "\(packed) is not there, although \(path(tag, ".json")) names it; take both from version control"
            )
        }
        guard try Files.digest(packed).description == set.packed.digest else {
            throw StoreError(
                .damaged,
                "\(packed) is not the file that '\(tag)' was frozen with; take both from version control")
        }
        return try PackedSet.open(packed, digest: set.digest, scratch: scratch, visit: visit)
    }

    /// The tags that name a digest, sorted; a tag that cannot be read names none.
    public func tags(of digest: String) -> [String] {
        ((try? list()) ?? []).filter { (try? load($0))?.digest == digest }
    }
}
