import Domain
import Ledger

/// Where a shared ledger lies, as people write it: a folder, or a SQLite file.
public enum LedgerPlace {
    /// Opens the ledger at a place.
    ///
    /// A folder that exists is a folder; a name that ends in `.db`, `.sqlite` or `.sqlite3`, or that begins with
    /// `sqlite:`, is a SQLite file; any other name becomes a folder.
    ///
    /// - Parameter writes: Whether the ledger is begun where there is none.
    public static func open(_ place: String, writes: Bool) throws(StoreError) -> any SharedLedger {
        for scheme in ["postgres://", "postgresql://"] where place.hasPrefix(scheme) {
            throw StoreError(
                .denied, "a ledger in PostgreSQL is not available yet; name a folder or a SQLite file")
        }
        if place.hasPrefix("sqlite:") {
            return try SQLiteLedger(path: String(place.dropFirst("sqlite:".count)), writes: writes)
        }
        guard !place.contains("://") else {
            throw StoreError(.denied, "a ledger is a folder or a SQLite file, not an address")
        }
        if !Files.isFolder(place) {
            let isFile = Files.isPlainFile(place) ?? false
            if isFile || [".db", ".sqlite", ".sqlite3"].contains(where: { place.hasSuffix($0) }) {
                return try SQLiteLedger(path: place, writes: writes)
            }
        }
        var folder = place
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return try DirectoryLedger(root: folder, writes: writes)
    }
}
