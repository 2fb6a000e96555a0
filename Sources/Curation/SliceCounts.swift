import Domain

/// How many examples each value of some slices has.
struct SliceCounts: Sendable {
    /// Beyond so many values a column is rather an id than a slice.
    static let mostValues = 1000

    private(set) var values: [String: [String: Int]] = [:]
    /// Columns with more values than that.
    private(set) var crowded: Set<String> = []

    /// - Returns: Whether the value is counted.
    @discardableResult
    mutating func add(_ slice: String, _ value: String) -> Bool {
        if crowded.contains(slice) { return false }
        if let count = values[slice]?[value] {
            values[slice]?[value] = count + 1
            return true
        }
        guard values[slice]?.count ?? 0 < SliceCounts.mostValues else {
            crowded.insert(slice)
            values[slice] = nil
            return false
        }
        values[slice, default: [:]][value] = 1
        return true
    }

    /// The values of a slice with their counts: the fewest first, then by name.
    func ascending(_ slice: String) -> [(value: String, count: Int)] {
        (values[slice] ?? [:]).map { (value: $0.key, count: $0.value) }
            .sorted { left, right in (left.count, left.value) < (right.count, right.value) }
    }
}
