import Domain
import Glibc
import Interchange
import Storage

/// The change itself, as a unified diff that is kept beside the run.
enum ChangeDiff {
    static let name = "change.diff"

    /// Largest diff that is taken: nobody reviews more, and a report shows it whole.
    private static let mostBytes = 8 << 20

    /// - Parameter path: A file, or `-` for what comes on stdin.
    /// - Throws: What is wrong with it, as bad input.
    static func read(_ path: String) throws(StoreError) -> [UInt8] {
        let bytes = path == "-" ? try standardInput() : try InputFile.read(path)
        guard bytes.count <= mostBytes else {
            throw StoreError(
                .damaged, "\(path): the diff is larger than 8 MiB; name the files that matter to git diff")
        }
        if UnifiedDiff(String(decoding: bytes, as: UTF8.self)).files.isEmpty, !bytes.isEmpty {
            throw StoreError(
                .damaged, "\(path) is no unified diff; make one with 'git diff main -- prompts/'")
        }
        return bytes
    }

    private static func standardInput() throws(StoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= mostBytes {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw StoreError(.damaged, "stdin cannot be read: \(String(cString: strerror(errno)))")
            }
            if got == 0 { break }
            bytes += chunk[..<got]
        }
        return bytes
    }
}
