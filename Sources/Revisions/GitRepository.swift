import Domain
import Glibc

/// The repository that a policy lies in, read by `git` alone and without anything that a change could have set.
///
/// The `.git` of the folder is named outright, so that no repository hidden in the tree is found in its place; hooks,
/// configured programs, replacement objects, lazy fetches, pagers and every `GIT_…` variable are off. Only plumbing is
/// called, which runs no filter and no text conversion.
public struct GitRepository: Sendable {
    /// The working tree's root, absolute and real.
    public let top: String
    private let program: String

    /// - Parameters:
    ///   - folder: Absolute and real.
    ///   - path: `PATH`.
    init(containing folder: String, path: String) throws(StoreError) {
        guard let top = Self.top(above: folder) else {
            throw StoreError(
                .missing,
                "\(folder) lies in no git repository, so that nothing can be taken from a revision; "
                    + "name a trusted file instead: --policy-from /path/to/sluice.yaml")
        }
        try Self.checkLink(top)
        self.top = top
        do throws(ProgramFile.Problem) {
            program = try ProgramFile.resolve("git", in: top, outside: top, path: path)
        } catch {
            throw StoreError(.missing, "git is needed to read a revision: \(error.cause)")
        }
    }

    /// The nearest folder upwards that has a `.git`.
    public static func top(above folder: String) -> String? {
        var folder = folder
        while true {
            if Paths.exists(folder + (folder == "/" ? "" : "/") + ".git") { return folder }
            if folder == "/" { return nil }
            folder = Paths.folder(of: folder)
        }
    }

    /// A file `.git` leads to a worktree of the same repository, or to a submodule, which a change can bring.
    private static func checkLink(_ top: String) throws(StoreError) {
        guard !Paths.isFolder(top + "/.git") else { return }
        let descriptor = open(top + "/.git", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw StoreError(.denied, "\(top)/.git is neither a folder nor a file; check the clone")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let got = max(0, read(descriptor, &bytes, bytes.count))
        let text = String(decoding: bytes[..<got], as: UTF8.self)
        if text.contains("/modules/") {
            throw StoreError(
                .denied,
                "the policy lies in a submodule (\(top)), which a change can point anywhere; check the repository "
                    + "out by itself, or name a trusted file: --policy-from /path/to/sluice.yaml")
        }
    }

    /// The repository of the current folder; nil where there is none that can be asked.
    public static func here(path: String) -> GitRepository? {
        guard let folder = Paths.real(Paths.current()) else { return nil }
        return try? GitRepository(containing: folder, path: path)
    }

    /// The commit that is checked out, in twelve digits, with `+` where tracked files were changed.
    public func state() -> String? {
        guard let head = try? firstLine(["rev-parse", "--verify", "--quiet", "--short=12", "HEAD"]) else {
            return nil
        }
        let changes = try? firstLine([
            "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all",
        ])
        return head + (changes == nil ? "" : "+")
    }

    /// The branch that is checked out; nil where a commit is.
    public func branch() -> String? {
        try? firstLine(["symbolic-ref", "--quiet", "--short", "HEAD"])
    }

    // MARK: git

    func git(_ arguments: [String], output: Int32? = nil) throws(StoreError) -> Subprocess.Outcome {
        let fixed = [
            "--git-dir=\(top)/.git", "--work-tree=\(top)", "--no-pager", "--no-replace-objects",
            "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
            "core.pager=cat", "-c", "diff.external=", "-c", "protocol.allow=never", "-c",
            "safe.bareRepository=explicit", "-c", "safe.directory=\(top)", "-c",
            "core.attributesFile=/dev/null",
            "-c", "core.useReplaceRefs=false",
        ]
        let environment = [
            "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
            "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1",
            "GIT_ATTR_NOSYSTEM=1",
            "GIT_OPTIONAL_LOCKS=0",
        ]
        return try Subprocess.run(
            program, fixed + arguments, environment: environment, output: output)
    }

    private func firstLine(_ arguments: [String]) throws(StoreError) -> String? {
        let outcome = try git(arguments)
        guard outcome.status == 0 else { return nil }
        let line = String(decoding: outcome.out.prefix { $0 != 0x0A }, as: UTF8.self)
        return line.isEmpty ? nil : line
    }

    // MARK: names

    /// The commit that a name stands for.
    ///
    /// - Throws: where it stands for none, or a branch, a remote one and a tag of that name differ.
    public func commit(named name: String) throws(StoreError) -> GitRevision {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "/._+-~^@".utf8.contains(byte)
        }
        guard isPlain, !name.hasPrefix("-"), !name.contains("@{"), !name.isEmpty else {
            throw StoreError(
                .denied,
                "'\(Self.shown(name))' names no revision: give a branch, a tag or a commit, such as main or origin/main"
            )
        }
        let base = name.prefix { $0 != "~" && $0 != "^" }
        let suffix = name.dropFirst(base.count)
        var found: [(name: String, commit: String)] = []
        for candidate in candidates(String(base)) {
            guard
                let commit = try firstLine([
                    "rev-parse", "--verify", "--quiet", candidate + suffix + "^{commit}",
                ])
            else { continue }
            found.append((candidate, commit))
        }
        guard let first = found.first else { throw try unknown(name) }
        if let other = found.first(where: { $0.commit != first.commit }) {
            throw StoreError(
                .denied,
                "'\(name)' is ambiguous: \(first.name) is \(first.commit.prefix(12)), \(other.name) is "
                    + "\(other.commit.prefix(12)); write the one you trust in full")
        }
        return GitRevision(repository: self, name: name, commit: first.commit)
    }

    private func candidates(_ base: String) -> [String] {
        let isHex = base.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        if base == "HEAD" || base.hasPrefix("refs/") || (isHex && (base.count == 40 || base.count == 64)) {
            return [base]
        }
        let names = ["refs/heads/", "refs/remotes/", "refs/remotes/origin/", "refs/tags/"].map { $0 + base }
        return isHex && base.count >= 7 ? names + [base] : names
    }

    private func unknown(_ name: String) throws(StoreError) -> StoreError {
        var isShallow = Paths.exists(top + "/.git/shallow")
        if let answer = try firstLine(["rev-parse", "--is-shallow-repository"]) {
            isShallow = answer == "true"
        }
        let mend =
            isShallow
            ? "this clone is shallow: fetch it (git fetch origin \(name)), or clone with the whole history "
                + "(actions/checkout: fetch-depth: 0)"
            : "fetch it (git fetch origin \(name)), or write origin/\(name)"
        return StoreError(.missing, "the repository knows no revision '\(name)'; \(mend)")
    }

    static func shown(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value > 0x7E ? "?" : Character($0) })
    }

    /// The commit that is checked out.
    public func head() throws(StoreError) -> String? {
        try firstLine(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    }
}

/// One commit of a repository, and files as it has them.
public struct GitRevision: Sendable {
    public let repository: GitRepository
    /// As the user wrote it.
    public let name: String
    /// In full.
    public let commit: String

    /// `main (3f2a9c1d0b7e)`.
    public var description: String { "\(name) (\(commit.prefix(12)))" }

    struct Entry {
        let mode: String
        let kind: String
        let object: String
        let path: String
    }

    /// What the commit has at a path, or, with a slash behind it, under it; the empty path is the root.
    ///
    /// - Parameter isDeep: At any depth, files alone.
    func entries(_ path: String, isDeep: Bool = false) throws(StoreError) -> [Entry] {
        let place = path.isEmpty || path == "/" ? [] : ["--", path]
        let outcome = try repository.git(
            ["ls-tree", "-z", "--full-tree"] + (isDeep ? ["-r"] : []) + [commit] + place)
        guard outcome.status == 0 else { throw failed("list", path, outcome) }
        var entries: [Entry] = []
        for record in outcome.out.split(separator: 0) {
            guard let tab = record.firstIndex(of: 0x09) else { continue }
            let facts = String(decoding: record[..<tab], as: UTF8.self).split(separator: " ")
            guard facts.count == 3 else { continue }
            entries.append(
                Entry(
                    mode: String(facts[0]), kind: String(facts[1]), object: String(facts[2]),
                    path: String(decoding: record[(tab + 1)...], as: UTF8.self)))
        }
        return entries
    }

    /// Submodules that a path lies in, or that lie below it, each with the commit that is meant.
    func submodules(around path: String) throws(StoreError) -> [String] {
        var found: [Entry] = []
        var partial = ""
        for part in path.split(separator: "/") {
            partial += (partial.isEmpty ? "" : "/") + part
            found += try entries(partial)
        }
        found += try entries(path + "/", isDeep: true)
        return found.filter { $0.kind == "commit" }.map { $0.path + " " + $0.object }
    }

    /// Whether there is a file; nothing that is a link.
    func hasFile(_ path: String) throws(StoreError) -> Bool {
        guard let entry = try entries(path).first(where: { $0.path == path }) else { return false }
        guard entry.kind == "blob", entry.mode != "120000" else {
            if entry.kind == "tree" { return false }
            throw StoreError(
                .denied,
                "\(path) is no plain file at \(name), but a \(entry.kind == "blob" ? "symbolic link" : "submodule"); "
                    + "commit the file itself")
        }
        return true
    }

    /// A file's bytes; nil where the commit has none.
    func file(_ path: String) throws(StoreError) -> [UInt8]? {
        guard try hasFile(path) else { return nil }
        let outcome = try repository.git(["cat-file", "blob", "\(commit):\(path)"])
        guard outcome.status == 0 else { throw failed("read", path, outcome) }
        return outcome.out
    }

    /// Writes a file's bytes to a descriptor; false where the commit has none.
    func copy(_ path: String, to descriptor: Int32) throws(StoreError) -> Bool {
        guard try hasFile(path) else { return false }
        let outcome = try repository.git(["cat-file", "blob", "\(commit):\(path)"], output: descriptor)
        guard outcome.status == 0 else { throw failed("read", path, outcome) }
        return true
    }

    private func failed(_ what: String, _ path: String, _ outcome: Subprocess.Outcome) -> StoreError {
        let said = GitRepository.shown(outcome.err)
        return StoreError(
            .unavailable,
            "git cannot \(what) \(path) at \(name): \(said.isEmpty ? "status \(outcome.status)" : said); "
                + "a partial clone lacks it: fetch the revision whole")
    }

    /// Whether the commit is the one checked out, or all of it is contained in that one.
    public func relation() throws(StoreError) -> Relation {
        guard let head = try repository.head() else { return .apart }
        if head == commit { return .checkedOut }
        let outcome = try repository.git(["merge-base", "--is-ancestor", commit, head])
        return outcome.status == 0 ? .contained : .apart
    }

    public enum Relation: Sendable, Hashable {
        /// The commit under test itself.
        case checkedOut
        /// The change was made on top of it.
        case contained
        /// It has commits that the change does not have.
        case apart
    }
}
