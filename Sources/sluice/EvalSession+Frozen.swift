import Curation
import Digest
import Domain
import Interchange
import Reporting
import Storage
import Text

/// Sets that bear a name, and what became of a set since something was done over it.
extension EvalSession {
    /// The tag that the command line or, for its own data set, the policy wants.
    var wantedTag: String? {
        arguments.value("frozen") ?? (arguments.has("dataset") ? nil : policy.frozen)
    }

    /// - Throws: Status 65, after what changed was said, where the set is not the frozen one.
    func checkFrozen(_ set: DatasetFiles) throws {
        guard let tag = wantedTag else { return }
        try FrozenCheck.check(
            set, tag: tag, FrozenSets(folder: file.folder + "frozen"), scratch: store + "/scratch", console)
    }

    /// The tag of a set: the one that is wanted, else one that names its digest.
    func frozenTag(_ set: DatasetFiles) -> String? {
        let sets = FrozenSets(folder: file.folder + "frozen")
        let tags = sets.tags(of: set.digest.description)
        if let wanted = wantedTag, tags.contains(wanted) { return wanted }
        return tags.last
    }

    /// Says what changed since a digest, where the store or a tag still has that set.
    func tellChanges(since digest: String, to set: DatasetFiles) {
        var before = SetState()
        let kept = SetSnapshots(store: store)
        let sets = FrozenSets(folder: file.folder + "frozen")
        var old = try? kept.open(digest) { before.note($0, $1) }
        if old == nil, let tag = sets.tags(of: digest).first {
            before = SetState()
            old = try? sets.open(tag, scratch: store + "/scratch") { before.note($0, $1) }
        }
        guard let old, let diff = try? FrozenCheck.diff(from: old, before, to: set), !diff.isEmpty else {
            return
        }
        console.error("note: since the blessing " + DiffText.brief(diff))
    }
}

/// Whether a set is the one that its name stands for.
enum FrozenCheck {
    static func check(
        _ set: DatasetFiles, tag: String, _ sets: FrozenSets, scratch: String, _ console: Console
    ) throws {
        let frozen = try sets.load(tag)
        if frozen.digest == set.digest.description { return }
        var before = SetState()
        let old = try sets.open(tag, scratch: scratch) { before.note($0, $1) }
        let changes = DiffText.brief(try diff(from: old, before, to: set))
        let name = set.paths.count == 1 ? set.paths[0] : set.paths.first ?? "the data set"
        console.error(
            "sluice: the data set is not the one that was frozen as '\(tag)' (\(Prose.counted(frozen.count, "example")), "
                + "\(frozen.digest)): \(changes)\nsee it with   sluice dataset diff tag:\(tag) \(ShellWord.quoted(name))"
                + "\ngo back with   sluice dataset export tag:\(tag) --out FILE.jsonl"
                + "\nor give the new set a name of its own: sluice dataset freeze --tag TAG")
        throw PolicyFile.Shown(status: ExitStatus.badInput)
    }

    static func diff(
        from old: DatasetFiles, _ before: SetState, to set: DatasetFiles
    ) throws(StoreError) -> DatasetDiff {
        var after = SetState()
        // Read again: a diff wants what the first reading did not keep.
        try set.forEachExample { after.note($0, $1) }
        return try SetComparison.diff(
            from: SetComparison.Side(before, old, retired: old.retired),
            to: SetComparison.Side(after, set, retired: set.retired), most: 20)
    }
}
