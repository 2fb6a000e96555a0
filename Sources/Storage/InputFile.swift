import Domain

/// Files that a user names.
public enum InputFile {
    /// The whole file.
    /// - Throws: what is wrong with it, and how to mend it.
    public static func read(_ path: String) throws(StoreError) -> [UInt8] {
        if Files.isFolder(path) { throw StoreError(.denied, "\(path) is a folder; name a file") }
        return try Files.read(path)
    }

    public static func exists(_ path: String) -> Bool { Files.exists(path) }

    /// Writes a file that appears whole or not at all; its folder is made where it is missing. A device, a pipe or
    /// what a link leads to is written where it is, never replaced.
    public static func write(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
        if let isPlain = Files.isPlainFile(path), !isPlain { return try Files.overwrite(path, with: bytes) }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try Files.makeFolder(String(path[..<slash]))
        }
        try Files.replace(path, with: bytes)
    }
}
