import Domain
import Ledger
import Notation

/// Lists of parts as ledgers keep them.
extension LedgerProblem {
    static func list(_ parts: [LedgerEntry.Part]) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(LedgerEntry.json(parts))
        return writer.bytes
    }

    static func parts(_ bytes: [UInt8], _ place: String) throws(StoreError) -> [LedgerEntry.Part] {
        guard let value = try? JSONValue.parse(bytes), let parts = LedgerEntry.parts(value) else {
            throw StoreError(.damaged, "\(place) is no list of parts")
        }
        return parts
    }
}
