import Domain
import Glibc

/// Files that a user names.
public enum InputFile {
    /// The whole file.
    /// - Throws: what is wrong with it, and how to mend it.
    public static func read(_ path: String) throws(StoreError) -> [UInt8] {
        if Files.isFolder(path) { throw StoreError(.denied, "\(path) is a folder; name a file") }
        return try Files.read(path)
    }

    /// Standard input to its end.
    public static func standardInput() throws(StoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw StoreError(.denied, "standard input: \(String(cString: strerror(errno)))")
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The lines of a file of text one after the other, with their numbers from 1; blank ones are passed over.
    ///
    /// Memory holds one line.
    /// - Throws: what is wrong with the file, and how to mend it.
    public static func lines(
        _ path: String, _ each: (Int, UnsafeBufferPointer<UInt8>) -> Void
    ) throws(StoreError) {
        let descriptor = try Files.openToRead(path)
        defer { close(descriptor) }
        var splitter = LineSplitter()
        var number = 0
        func take(_ line: UnsafeBufferPointer<UInt8>) {
            number += 1
            var line = line
            if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) {
                line = UnsafeBufferPointer(rebasing: line[3...])
            }
            if line.allSatisfy({ $0 <= 0x20 }) { return }
            each(number, line)
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        do {
            while true {
                var count = try Files.read(descriptor, path, into: &chunk)
                let isEnd = count == 0
                if isEnd {
                    // A last line that no line feed ends.
                    chunk[0] = 0x0A
                    count = 1
                }
                try chunk.withUnsafeBufferPointer {
                    try splitter.feed(UnsafeBufferPointer(rebasing: $0[..<count]), take)
                }
                if isEnd { return }
            }
        } catch {
            throw Files.storeError(error)
        }
    }

    /// When a file was last written, in seconds since 1970; nil where there is none.
    public static func modified(_ path: String) -> Int? { Files.modified(path) }
    /// The names in a folder, sorted by their bytes.
    public static func names(in folder: String) throws(StoreError) -> [String] { try Files.list(folder) }
    /// A file of these bytes under a name of its own in the system's folder for such, for this user's eyes only;
    /// the caller removes it.
    public static func temporary(_ bytes: [UInt8]) throws(StoreError) -> String {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array((folder + "/sluice-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw Files.error("write", path) }
        defer { close(descriptor) }
        do { try bytes.withUnsafeBytes { try Files.writeAll(descriptor, $0, path) } } catch {
            unlink(path)
            throw Files.storeError(error)
        }
        return path
    }

    /// Writes a file piece by piece; it appears whole or not at all, as with `write(_:_:)`.
    public static func write(
        _ path: String,
        filling fill: ((_ piece: [UInt8]) throws(StoreError) -> Void) throws(StoreError) -> Void
    ) throws(StoreError) {
        if let isPlain = Files.isPlainFile(path), !isPlain {
            var whole: [UInt8] = []
            try fill { whole += $0 }
            return try write(path, whole)
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try Files.makeFolder(String(path[..<slash]))
        }
        try Files.replace(path) { descriptor, path in
            try fill { (piece) throws(StoreError) in
                do { try piece.withUnsafeBytes { try Files.writeAll(descriptor, $0, path) } } catch {
                    throw Files.storeError(error)
                }
            }
        }
    }

    /// Whether two paths lead to one file.
    public static func isSame(_ left: String, _ right: String) -> Bool {
        var first = stat()
        var second = stat()
        return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }

    /// Removes a file; one that is not there is no matter.
    public static func remove(_ path: String) { unlink(path) }

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
