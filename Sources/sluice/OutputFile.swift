import Domain
import Glibc
import Storage

/// Files that the user asks to be written.
enum OutputFile {
    /// That a file can be written there, found out before anything is asked rather than after.
    ///
    /// - Throws: `Arguments.Problem` where it names a folder; `StoreError` (`denied`) where nothing can be written.
    static func check(_ path: String) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw Arguments.Problem(message: "'\(path)' is a folder; name a file in it", hint: nil)
        }
        var folder = path
        while true {
            folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
            if folder.isEmpty { folder = "/" }
            if stat(folder, &status) == 0 { break }
            if folder == "." || folder == "/" { break }
        }
        guard status.st_mode & S_IFMT == S_IFDIR, access(folder, W_OK | X_OK) == 0 else {
            throw StoreError(
                .denied, "'\(path)' cannot be written: \(folder) takes no file; name another place")
        }
    }
}

/// Words as a shell takes them.
enum ShellWord {
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./:=@%+,".utf8.contains(byte)
                }
            }
        if isPlain { return word }
        var out = "'"
        for character in word.unicodeScalars { out += character == "'" ? "'\\''" : String(character) }
        return out + "'"
    }
}
