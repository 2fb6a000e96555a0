import Digest
import Domain
import Policy
import Revisions
import Storage
import Text

/// Files that judgement leans on, held against the trusted ones by their digests.
struct LeanedFiles {
    private(set) var loosenings: [Loosening] = []
    private(set) var notes: [String] = []
    private let tree: TrustedTree

    init(_ tree: TrustedTree, _ trusted: ReleasePolicy, _ proposed: ReleasePolicy) throws {
        self.tree = tree
        let names = Set(NamedFiles.of(trusted) + NamedFiles.of(proposed))
        for name in names.sorted() where tree.isChangeable(name) {
            try tree.check(name)
            let reviewed = try tree.files(below: name)
            if reviewed == nil, tree.standing(below: name) == nil {
                try compare(name)
            } else {
                try compareFolder(name, reviewed ?? [])
            }
        }
        try compareCommands(CommandFiles.of(trusted) + CommandFiles.of(proposed), besides: names)
    }

    /// A file of a command: one that nobody committed is the machine's, not the change's.
    private mutating func compareCommands(_ names: [CommandFiles.Name], besides: Set<String>) throws {
        var runners: [String: Set<String>] = [:]
        for name in names where !besides.contains(name.path) && tree.isChangeable(name.path) {
            runners[name.path, default: []].insert(name.runner)
        }
        for path in runners.keys.sorted() {
            let words = path + ", run by " + (runners[path] ?? []).sorted().joined(separator: " and ")
            if try tree.isFile(reviewed: path) {
                try compare(path, as: words)
            } else if tree.isFile(standing: path) {
                if try tree.isBrought(path) {
                    try compare(path, as: words)
                } else {
                    notes.append(
                        "\(words), is in no commit of this repository: what it holds is not under \(tree.name)"
                    )
                }
            }
        }
    }

    private mutating func compare(_ name: String, as words: String? = nil) throws {
        try tree.check(name)
        let before = try tree.read(name)
        let path = Paths.absolute(name, from: tree.folder)
        let after = tree.isFile(standing: name) ? ContentDigest(of: try InputFile.read(path)) : nil
        let digest = before.map { ContentDigest(of: $0) }
        guard digest != after else { return }
        let large = before.flatMap(Self.largeFile)
        if let large, large == after { return }
        loosenings.append(
            Loosening(
                .fileChanged, words ?? name, before: (large ?? digest)?.description ?? "absent",
                after: after?.description ?? "absent"))
    }

    /// Of a folder only what was reviewed or committed is compared; what was put there besides is the machine's.
    private mutating func compareFolder(_ name: String, _ reviewed: [String]) throws {
        // A file of the one side is a folder of the other.
        if try tree.isFile(reviewed: name) || tree.isFile(standing: name) { try compare(name) }
        let standing = tree.standing(below: name) ?? []
        let brought = try tree.brought(below: name) ?? standing
        let folder = name.hasSuffix("/") ? name : name + "/"
        let compared = Set(reviewed).union(brought)
        for file in compared.sorted() { try compare(folder + file) }
        let others = standing.count { !compared.contains($0) }
        if others > 0 {
            notes.append(
                "\(name): \(Prose.counted(others, "file")) of it in no commit of this repository: what they hold is not under "
                    + "\(tree.name); reports name the digest of what was used")
        }
    }

    /// The digest of what a pointer of Git LFS stands for; nil: it is none.
    private static func largeFile(_ bytes: [UInt8]) -> ContentDigest? {
        guard bytes.count < 1024, bytes.starts(with: "version https://git-lfs".utf8) else { return nil }
        for line in bytes.split(separator: 0x0A) where line.starts(with: "oid sha256:".utf8) {
            return ContentDigest(String(decoding: line.dropFirst(4), as: UTF8.self))
        }
        return nil
    }
}
