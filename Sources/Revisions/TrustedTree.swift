import Domain
import Glibc

/// Files that were reviewed: of a git revision, or of a folder that the change cannot write.
///
/// Paths are relative to the policy's folder; one that leads out of the change's working tree is nobody's to change,
/// and nil is said of it.
public struct TrustedTree: Sendable {
    private enum Source: Sendable {
        case revision(GitRevision)
        case folder(String)
    }

    private let source: Source
    /// The change's working tree, absolute and real.
    public let top: String
    /// The policy's folder in the working tree, absolute.
    public let folder: String
    /// How reports call where it stands: `main (3f2a9c1d0b7e)`, `/etc/sluice`.
    public let name: String
    /// How places in it begin: `main:`.
    public let prefix: String
    /// The policy's own path in it, from the policy's folder.
    public let policy: String
    public let revision: GitRevision?
    /// The repository that the change is a commit of; nil: it is none's.
    private let repository: GitRepository?

    /// - Parameters:
    ///   - words: `--policy-from`: a file where it begins with `/`, `./` or `../`, else a revision. What stands on
    ///     disk has no say in it: a change could put a file named `main` there.
    ///   - policy: The policy of the working tree, as the user named it.
    public init(_ words: String, policy: String, path: String) throws(StoreError) {
        let current = Paths.current()
        let whole = Paths.absolute(policy, from: current)
        let folder = try Self.folder(of: whole, standingIn: current)
        self.folder = folder
        let file = String(whole.split(separator: "/").last ?? "")
        guard Self.isFile(words) else {
            let repository = try GitRepository(containing: folder, path: path)
            let revision = try repository.commit(named: words)
            top = repository.top
            source = .revision(revision)
            name = revision.description
            prefix = words + ":"
            self.policy = file
            self.revision = revision
            self.repository = repository
            try check(file)
            return
        }
        guard let real = Paths.real(Paths.absolute(words, from: current)), !Paths.isFolder(real) else {
            throw StoreError(.missing, "there is no trusted policy \(words); check --policy-from")
        }
        top = GitRepository.top(above: folder) ?? folder
        let own = GitRepository.top(above: Paths.folder(of: real))
        if real == Paths.real(whole) || (Paths.isInside(real, top) && (own == nil || own == top)) {
            throw StoreError(
                .denied,
                "\(words) lies in the change's own working tree, where the change can write it; "
                    + "name a revision, or a file elsewhere")
        }
        source = .folder(Paths.folder(of: real))
        name = real
        prefix = Paths.folder(of: real) + "/"
        self.policy = Self.last(real)
        revision = nil
        repository = try? GitRepository(containing: folder, path: path)
        try check(file)
    }

    /// The policy's folder as the file system has it, once it was seen that no link of the change leads there.
    private static func folder(of policy: String, standingIn current: String) throws(StoreError) -> String {
        let written = Paths.folder(of: policy)
        guard let real = Paths.real(written) else {
            throw StoreError(.missing, "there is no folder \(written); check --policy")
        }
        guard let top = GitRepository.top(above: written) else { return real }
        if let link = Paths.link(in: written, below: top) {
            throw StoreError(.denied, "\(link) is a symbolic link; name the policy by its own folder")
        }
        let here = GitRepository.top(above: current)
        if let here, Paths.isInside(top, here), top != here {
            throw StoreError(
                .denied,
                "\(policy) lies in another repository (\(top)) than the one you stand in (\(here)): a change can "
                    + "put one there; go to that folder if it is what you mean")
        }
        if top != "/", Paths.link(in: top, below: Paths.folder(of: top)) != nil,
            GitRepository.top(above: Paths.folder(of: top)) != nil
        {
            throw StoreError(.denied, "\(top) is a symbolic link; name the policy by its own folder")
        }
        return real
    }

    public static func isFile(_ words: String) -> Bool {
        words.hasPrefix("/") || words.hasPrefix("./") || words.hasPrefix("../")
    }

    /// The path from the working tree's root, which itself is empty; nil where it leads out of the tree.
    private func inTree(_ path: String) -> String? {
        let whole = Paths.absolute(path, from: folder)
        guard Paths.isInside(whole, top) else { return nil }
        return String(whole.dropFirst(top.count).drop { $0 == "/" })
    }

    /// Whether the change can write what stands at a path.
    public func isChangeable(_ path: String) -> Bool { inTree(path) != nil }

    /// That no part of a path within the tree is a link, which would lead elsewhere than it says.
    public func check(_ path: String) throws(StoreError) {
        guard let inner = inTree(path) else { return }
        if let link = Paths.link(in: top + "/" + inner, below: top) {
            throw StoreError(
                .denied,
                "\(link) is a symbolic link: what it leads to was not reviewed; commit the file itself")
        }
    }

    /// Whether the commit under test holds anything at a path, which the change then brought.
    public func isCommitted(_ path: String) throws(StoreError) -> Bool {
        guard let inner = inTree(path), let tested = try tested() else { return false }
        if try tested.entries(inner).isEmpty == false { return true }
        return try bringsSubmodules(tested, inner)
    }

    /// Whether the change brings what stands at a path: its commit holds it, or there is no commit to ask.
    public func isBrought(_ path: String) throws(StoreError) -> Bool {
        guard let inner = inTree(path) else { return false }
        guard let tested = try tested() else { return true }
        if try tested.entries(inner).isEmpty == false { return true }
        return try bringsSubmodules(tested, inner)
    }

    /// Whether the commit under test has other submodules around a path than were reviewed.
    private func bringsSubmodules(_ tested: GitRevision, _ inner: String) throws(StoreError) -> Bool {
        try tested.submodules(around: inner) != revision?.submodules(around: inner) ?? []
    }

    /// Files that the commit under test holds below a folder, at any depth, named from there and sorted; nil: there is
    /// no commit to ask, or another submodule than was reviewed lies there.
    public func brought(below path: String) throws(StoreError) -> [String]? {
        guard let inner = inTree(path), let tested = try tested() else { return nil }
        if try bringsSubmodules(tested, inner) { return nil }
        return try Self.deep(tested, inner)
    }

    private func tested() throws(StoreError) -> GitRevision? {
        guard let repository, let head = try repository.head() else { return nil }
        return GitRevision(repository: repository, name: "HEAD", commit: head)
    }

    private static func deep(_ revision: GitRevision, _ inner: String) throws(StoreError) -> [String] {
        let start = inner.isEmpty ? "" : inner + "/"
        return try revision.entries(start, isDeep: true)
            .filter { $0.kind == "blob" && $0.path.hasPrefix(start) }.map {
                String($0.path.dropFirst(start.count))
            }.sorted()
    }

    /// Files of a folder as they were reviewed, at any depth, named from there and sorted; nil where there is no such
    /// folder.
    public func files(below path: String) throws(StoreError) -> [String]? {
        switch source {
        case .revision(let revision):
            guard let inner = inTree(path) else { return nil }
            let files = try Self.deep(revision, inner)
            return files.isEmpty ? nil : files
        case .folder(let folder): return Self.walk(Paths.absolute(path, from: folder))
        }
    }

    /// Files that stand below a folder of the working tree, as `files(below:)` names them; links count as files.
    public func standing(below path: String) -> [String]? { Self.walk(Paths.absolute(path, from: folder)) }

    /// Whether a file stands at a path of the working tree.
    public func isFile(standing path: String) -> Bool {
        let whole = Paths.absolute(path, from: folder)
        return Paths.exists(whole) && !Paths.isFolder(whole)
    }

    /// Whether a file was reviewed at a path.
    public func isFile(reviewed path: String) throws(StoreError) -> Bool {
        switch source {
        case .revision(let revision):
            guard let inner = inTree(path), !inner.isEmpty else { return false }
            return try revision.hasFile(inner)
        case .folder(let folder):
            let whole = Paths.absolute(path, from: folder)
            return Paths.exists(whole) && !Paths.isFolder(whole)
        }
    }

    private static func walk(_ folder: String) -> [String]? {
        guard Paths.isFolder(folder), let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if [".", "..", ".git"].contains(name) { continue }
            let whole = folder + "/" + name
            var status = stat()
            guard lstat(whole, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                found += (walk(whole) ?? []).map { name + "/" + $0 }
            } else {
                found.append(name)
            }
        }
        return found.sorted()
    }

    private static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? ""
    }

    /// A file's bytes; nil where there is none.
    public func read(_ path: String) throws(StoreError) -> [UInt8]? {
        switch source {
        case .revision(let revision):
            guard let inner = inTree(path) else { return nil }
            return try revision.file(inner)
        case .folder(let folder):
            let whole = Paths.absolute(path, from: folder)
            guard Paths.exists(whole), !Paths.isFolder(whole) else { return nil }
            return try Self.bytes(whole)
        }
    }

    /// Names of the files of a folder, sorted; nil where there is no such folder.
    public func files(in path: String) throws(StoreError) -> [String]? {
        switch source {
        case .revision(let revision):
            guard let inner = inTree(path) else { return nil }
            let entries = try revision.entries(inner + "/")
            guard !entries.isEmpty else { return nil }
            return entries.filter { $0.kind == "blob" }.map { Self.last($0.path) }.sorted()
        case .folder(let folder):
            return Self.names(Paths.absolute(path, from: folder))
        }
    }

    /// Copies a file to a descriptor; false where there is none.
    public func copy(_ path: String, to descriptor: Int32) throws(StoreError) -> Bool {
        switch source {
        case .revision(let revision):
            guard let inner = inTree(path) else { return false }
            return try revision.copy(inner, to: descriptor)
        case .folder:
            guard let bytes = try read(path) else { return false }
            var done = 0
            while done < bytes.count {
                let put = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
                if put < 0, errno == EINTR { continue }
                guard put >= 0 else {
                    throw StoreError(.full, "cannot copy \(path): \(String(cString: strerror(errno)))")
                }
                done += put
            }
            return true
        }
    }

    private static func names(_ folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != "..", !Paths.isFolder(folder + "/" + name) { names.append(name) }
        }
        return names.sorted()
    }

    private static func bytes(_ path: String) throws(StoreError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw StoreError(.denied, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &chunk, chunk.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw StoreError(.denied, "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if got == 0 { return bytes }
            bytes += chunk[..<got]
        }
    }
}
