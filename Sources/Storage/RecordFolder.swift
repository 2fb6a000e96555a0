import Domain
import Glibc

/// A few files that belong together, as a folder that appears whole or not at all.
public enum RecordFolder {
    /// Writes the files into a folder beside its place, then moves it there; a place that is taken gets a number.
    ///
    /// - Parameters:
    ///   - name: One piece of a path.
    ///   - parent: Made where it is missing.
    /// - Returns: Where the folder lies.
    public static func write(
        _ name: String, in parent: String, _ files: [(name: String, bytes: [UInt8])]
    ) throws(StoreError) -> String {
        try EvidenceName.check(run: name)
        for file in files { try EvidenceName.check(file: file.name) }
        try Files.makeFolder(parent)
        let temporary = Files.temporary(beside: parent + "/" + name)
        do throws(StoreError) {
            try Files.makeFolder(temporary)
            for file in files { try Files.replace(temporary + "/" + file.name, with: file.bytes) }
            return try place(temporary, name, parent)
        } catch {
            for file in files { unlink(temporary + "/" + file.name) }
            rmdir(temporary)
            throw error
        }
    }

    private static func place(
        _ temporary: String, _ name: String, _ parent: String
    ) throws(StoreError) -> String {
        for number in 1...1_000 {
            let path = parent + "/" + (number == 1 ? name : "\(name)-\(number)")
            // A folder that holds something is never renamed over; an empty one is nobody's.
            if Files.exists(path), !Files.isFolder(path) { continue }
            if rename(temporary, path) == 0 {
                try Files.syncFolder(of: path)
                return path
            }
            guard errno == EEXIST || errno == ENOTEMPTY else { throw Files.error("write", path) }
        }
        throw StoreError(.denied, "\(parent) holds a thousand records called \(name)")
    }
}
