import Domain
import Glibc

/// Several files that appear together or not at all.
public struct NewFiles {
    public struct File: Sendable {
        public let path: String
        public let bytes: [UInt8]

        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// Paths where something stands already, in their order.
    public static func standing(_ paths: [String]) -> [String] {
        paths.filter { Files.isPlainFile($0) != nil }
    }

    /// Writes all files beside their places, then gives each its name, the last one last. Where one cannot be had, those
    /// before it are taken back, and what stood there before stands there again.
    ///
    /// A process that is killed in between leaves the files that were named by then whole, and the last one missing.
    ///
    /// - Parameter replacing: Whether files that stand there may be replaced; links, folders and devices never are.
    /// - Throws: what keeps them from being written; nothing has changed then.
    public static func write(_ files: [File], replacing: Bool) throws(StoreError) {
        for file in files {
            guard let isPlain = Files.isPlainFile(file.path) else { continue }
            guard isPlain else {
                throw StoreError(.denied, "\(file.path) is no plain file; name another place")
            }
            guard replacing else {
                throw StoreError(.denied, "\(file.path) stands there already; replace it with --force")
            }
        }
        var made: [String] = []
        var waiting: [(temporary: String, path: String)] = []
        var done: [(path: String, backup: String?)] = []
        do throws(StoreError) {
            for file in files {
                try makeFolder(of: file.path, &made)
                let temporary = Files.temporary(beside: file.path)
                try Files.replace(temporary, with: file.bytes)
                waiting.append((temporary, file.path))
            }
            for (temporary, path) in waiting {
                done.append((path, try place(temporary, path, replacing: replacing)))
            }
        } catch {
            for (path, backup) in done.reversed() {
                if let backup { rename(backup, path) } else { unlink(path) }
            }
            for (temporary, _) in waiting { unlink(temporary) }
            for folder in made.reversed() { rmdir(folder) }
            throw error
        }
        for (path, backup) in done {
            if let backup { unlink(backup) }
            try Files.syncFolder(of: path)
        }
    }

    /// Gives a file its name; returns where the one before it went.
    private static func place(
        _ temporary: String, _ path: String, replacing: Bool
    ) throws(StoreError) -> String? {
        if !replacing || Files.isPlainFile(path) == nil {
            // A link fails where something came to stand there meanwhile.
            guard link(temporary, path) == 0 else { throw Files.error("write", path) }
            unlink(temporary)
            return nil
        }
        let backup = Files.temporary(beside: path)
        guard link(path, backup) == 0 else { throw Files.error("write", path) }
        guard rename(temporary, path) == 0 else {
            let failure = Files.error("replace", path)
            unlink(backup)
            throw failure
        }
        return backup
    }

    private static func makeFolder(of path: String, _ made: inout [String]) throws(StoreError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        var partial = folder.hasPrefix("/") ? "/" : ""
        for piece in folder.split(separator: "/") {
            partial += partial.isEmpty || partial == "/" ? String(piece) : "/" + piece
            if mkdir(partial, 0o777) == 0 {
                made.append(partial)
            } else if !Files.isFolder(partial) {
                throw Files.error("create the folder", partial)
            }
        }
    }
}
