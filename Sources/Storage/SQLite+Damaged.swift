import Domain
import Glibc

extension SQLite {
    /// Opens a file that may be lost, such as a cache: a damaged one is set aside as `.damaged`, and a new one begun.
    ///
    /// - Returns: The database, and where the damaged file lies now; nil: it was sound.
    /// - Throws: What `open` throws of a sound file, or of a new one.
    static func openOrBegin(
        _ path: String, _ open: () throws(StoreError) -> SQLite
    ) throws(StoreError) -> (database: SQLite, aside: String?) {
        do throws(StoreError) { return (try open(), nil) } catch {
            guard error.kind == .damaged else { throw error }
        }
        let aside = path + ".damaged"
        if rename(path, aside) != 0 { throw Files.error("set aside", path) }
        for ending in ["-wal", "-shm"] { unlink(path + ending) }
        return (try open(), aside)
    }
}
