import Curation
import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// A data set as command lines name it: a file or folder, the set of a run, a frozen set's tag, or a digest.
struct NamedSet {
    /// As it was named.
    let name: String
    let files: DatasetFiles
    let state: SetState
    /// The tag, where it was named by one.
    let tag: String?

    /// Where frozen sets lie: beside the policy.
    static func frozen(_ arguments: Arguments) -> FrozenSets {
        let path = PolicyFile.path(arguments)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return FrozenSets(folder: folder + "frozen")
    }

    private enum Form {
        case paths([String])
        case run(String)
        case tag(String)
        case digest(String)
    }

    /// Finds and reads a set.
    ///
    /// - Parameter slices: The policy's, by which a diff is broken down.
    /// - Throws: Status 65, said already, where rows cannot be read: what is unread would count as gone.
    static func open(
        _ word: String, _ arguments: Arguments, _ console: Console, slices: [String] = []
    ) throws -> NamedSet {
        let store = arguments.value("store") ?? ".sluice"
        let frozen = frozen(arguments)
        let form = try form(of: word, frozen, store: store)
        var state = SetState(slices: slices)
        let visit: DatasetReader.Emit = { state.note($0, $1) }
        let snapshots = SetSnapshots(store: store)
        var tag: String?
        let files: DatasetFiles
        switch form {
        case .paths(let paths): files = try read(paths, console, visit)
        case .tag(let name):
            files = try frozen.open(name, scratch: store + "/scratch", visit: visit)
            tag = name
        case .digest(let digest): files = try snapshots.open(digest, visit: visit)
        case .run(let run): files = try self.run(run, store, console, visit)
        }
        return NamedSet(name: word, files: files, state: state, tag: tag)
    }

    /// The data set of the policy, or files.
    static func open(
        paths: [String], _ console: Console, slices: [String] = []
    ) throws -> NamedSet {
        var state = SetState(slices: slices)
        let files = try read(paths, console) { state.note($0, $1) }
        let shown = paths.prefix(3).joined(separator: " ") + (paths.count > 3 ? " …" : "")
        return NamedSet(name: shown, files: files, state: state, tag: nil)
    }

    private static func form(of word: String, _ frozen: FrozenSets, store: String) throws(StoreError) -> Form
    {
        if word.hasPrefix("run:") { return .run(String(word.dropFirst(4))) }
        if word.hasPrefix("tag:") { return .tag(String(word.dropFirst(4))) }
        if InputFile.exists(word) { return .paths([word]) }
        let isRun = (try? DirectoryEvidence(root: store).get(run: word, name: "manifest.json")) ?? nil
        if isRun != nil { return .run(word) }
        if frozen.has(word) { return .tag(word) }
        if ContentDigest(word) != nil { return .digest(word) }
        if word.contains("/") || word.hasSuffix(".jsonl") { return .paths([word]) }
        let tags = (try? frozen.list()) ?? []
        let hint = nearest(word, in: tags).map { "did you mean the frozen set '\($0)'?" }
        let known = tags.isEmpty ? "" : "; frozen sets: " + tags.joined(separator: ", ")
        throw StoreError(
            .missing,
            "there is no file, run or frozen set '\(word)'; " + (hint ?? "name one that there is" + known))
    }

    private static func read(
        _ paths: [String], _ console: Console, _ visit: DatasetReader.Emit
    ) throws(PolicyFile.Shown) -> DatasetFiles {
        let files: DatasetFiles
        do throws(StoreError) {
            files = try DatasetFiles(sources: try DatasetFiles.sources(paths), visit: visit)
        } catch {
            console.error("sluice: the data set: \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        let errors = files.problems.filter { $0.severity == .error }
        for problem in errors.prefix(20) { console.error(problem.description) }
        if errors.count > 20 { console.error("and \(errors.count - 20) more") }
        if !errors.isEmpty { throw PolicyFile.Shown(status: ExitStatus.badInput) }
        return files
    }

    /// The set that a run was made over: as the store kept it, or its files where they are still the same.
    static func run(
        _ run: String, _ store: String, _ console: Console, _ visit: DatasetReader.Emit = { _, _ in }
    ) throws -> DatasetFiles {
        let evidence = DirectoryEvidence(root: store)
        guard let bytes = try evidence.get(run: run, name: "manifest.json") else {
            throw StoreError(.missing, "there is no run \(run) under \(store)/runs")
        }
        let manifest: Manifest
        do throws(ManifestCodec.Problem) { manifest = try ManifestCodec.decode(bytes) } catch {
            throw StoreError(.damaged, "run \(run): \(error.description)")
        }
        let digest = manifest.dataset.digest
        let snapshots = SetSnapshots(store: store)
        if snapshots.has(digest) { return try snapshots.open(digest, visit: visit) }
        // Looked at before it is handed on: a set that is another must not be noted.
        let sources = manifest.dataset.files.map { DatasetFiles.Source(path: $0, name: $0) }
        if let files = try? DatasetFiles(sources: sources, visit: { _, _ in }),
            files.digest.description == digest
        {
            return try DatasetFiles(sources: sources, visit: visit)
        }
        throw StoreError(
            .missing,
            "the data set of run \(run) (\(digest)) was edited since, and \(store) did not keep it; "
                + "restore its files, or name another side")
    }

    var side: SetComparison.Side { SetComparison.Side(state, files, retired: files.retired) }

    /// `golden/ (512 examples, sha256:9f2c…)`.
    var title: String {
        let count = files.count == 1 ? "1 example" : "\(Numbers.grouped(files.count)) examples"
        return "\(name) (\(count), sha256:\(files.digest.short)…)"
    }

    var facts: JSONObject {
        var facts = JSONObject()
        facts["name"] = .string(name)
        if let tag { facts["frozen"] = .string(tag) }
        facts["digest"] = .string(files.digest.description)
        facts["examples"] = .integer(Int64(files.count))
        facts["retired"] = .integer(Int64(files.retired.count))
        facts["files"] = .array(files.paths.map { .string($0) })
        return facts
    }
}
