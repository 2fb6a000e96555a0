import Domain

/// The numbers that gateways gave to the exchanges that were read: what is missing between them was not kept.
///
/// A gateway that was started again counts from 1 again; the time of each tells one count from the next.
struct GivenNumbers {
    private var given: [String: [(began: Int, number: Int)]] = [:]
    /// Requests begin on several threads: a number may be so far behind its neighbours without a new start.
    private static let slack = 1_024

    mutating func add(_ exchange: Exchange) {
        given[exchange.gateway, default: []].append((exchange.began, exchange.number))
    }

    /// Numbers between the least and the largest of each count that nothing bears.
    var missing: Int {
        var missing = 0
        for rows in given.values {
            var seen: Set<Int> = []
            var (low, high) = (Int.max, Int.min)
            var last = Int.min
            func close() { if !seen.isEmpty { missing += high - low + 1 - seen.count } }
            for row in rows.sorted(by: { ($0.began, $0.number) < ($1.began, $1.number) }) {
                // The same exchange, read twice.
                if row.began == last, seen.contains(row.number) { continue }
                last = row.began
                if seen.contains(row.number) || row.number < high - min(high, Self.slack) {
                    close()
                    seen = []
                    (low, high) = (Int.max, Int.min)
                }
                seen.insert(row.number)
                low = min(low, row.number)
                high = max(high, row.number)
            }
            close()
        }
        return missing
    }
}
