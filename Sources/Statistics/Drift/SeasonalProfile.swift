/// What a series is at each place of its season, for instance in each hour of the week.
///
/// A week's traffic is compared with the same weekday and hour, or has the profile taken off before it is
/// charted: else every Monday morning is a change.
public struct SeasonalProfile: Sendable, Hashable, Codable {
    /// Points of history a slot; missing ones do not count.
    public let counts: [Int]
    /// The mean of each slot; nil where it has fewer points than are needed.
    public let means: [Double?]
    /// Points without which a slot has no mean.
    public let needed: Int

    /// - Parameters:
    ///   - history: In any order; nil is a point that is missing.
    ///   - slots: The slot of each point, in `0..<period`.
    ///   - period: Slots a season: 168 for the hours of a week.
    ///   - needed: Points a slot, at least 2, so that each can be held against the others.
    /// - Throws: `EstimateError.unequalLengths`, `.outsideRange` for a slot, `.notFinite`, `.tooFew` where no
    ///   slot has enough, `.invalidParameter`.
    /// - Complexity: O(n + period).
    public init(
        history: [Double?], slots: [Int], period: Int, needed: Int = 2
    ) throws(EstimateError) {
        guard period >= 1, period <= 1_000_000 else {
            throw .invalidParameter("period", must: "lie in 1...1,000,000")
        }
        guard needed >= 2 else { throw .invalidParameter("needed", must: "be 2 or more") }
        try requireSlots(slots, of: history, period: period)
        var counts = [Int](repeating: 0, count: period)
        var means = [Double](repeating: 0, count: period)
        for (value, slot) in zip(history, slots) {
            guard let value else { continue }
            counts[slot] += 1
            means[slot] += (value - means[slot]) / Double(counts[slot])
        }
        try requireCount(counts.max() ?? 0, atLeast: needed, "points of any slot")
        guard means.allSatisfy(\.isFinite) else { throw .overflow }
        self.counts = counts
        self.needed = needed
        self.means = zip(counts, means).map { $0 >= needed ? $1 : nil }
    }

    /// Slots that have no mean, ascending: their points stay missing.
    public var unknown: [Int] { means.indices.filter { means[$0] == nil } }

    /// A new point without its season; nil where it is missing, or its slot has no mean.
    public func residual(of value: Double?, slot: Int) -> Double? {
        guard let value, value.isFinite, means.indices.contains(slot), let mean = means[slot] else {
            return nil
        }
        return value - mean
    }

    /// The history itself without its season: each point against the mean of the *other* points of its slot.
    ///
    /// Their deviation is that of new points; held against a mean with itself inside, four weeks of history
    /// would look a quarter too calm, and its chart alarm in vain.
    ///
    /// - Parameter history: As the profile was made of; so are `slots`.
    /// - Returns: In the same order; nil where a point is missing or its slot has no mean.
    /// - Throws: `EstimateError.unequalLengths`, `.outsideRange`, `.notFinite`.
    public func residuals(ofHistory history: [Double?], slots: [Int]) throws(EstimateError) -> [Double?] {
        try requireSlots(slots, of: history, period: means.count)
        var out: [Double?] = []
        out.reserveCapacity(history.count)
        for (value, slot) in zip(history, slots) {
            guard let value, let mean = means[slot] else {
                out.append(nil)
                continue
            }
            let n = Double(counts[slot])
            out.append((value - mean) * (n / (n - 1)))
        }
        return out
    }
}

/// The points of a reference that fall into the same slots as a window: the same weekdays and hours.
///
/// - Parameters:
///   - reference: Points in any order; nil is missing and left out.
///   - slots: The slot of each of them.
///   - window: The slots of the window.
/// - Returns: The points, and the slots of the window for which the reference has none, ascending.
/// - Throws: `EstimateError.unequalLengths`, `.notFinite`.
public func sameSeason(
    reference: [Double?], slots: [Int], as window: [Int]
) throws(EstimateError) -> (values: [Double], unmatched: [Int]) {
    try requireSlots(slots, of: reference, period: .max)
    let wanted = Set(window)
    var found = Set<Int>()
    var values: [Double] = []
    for (value, slot) in zip(reference, slots) where wanted.contains(slot) {
        guard let value else { continue }
        values.append(value)
        found.insert(slot)
    }
    return (values, wanted.subtracting(found).sorted())
}

/// The hour of the week of a moment, 0 for Monday from midnight to one.
///
/// - Parameters:
///   - seconds: Since 1970-01-01 00:00 UTC, which was a Thursday.
///   - offset: Seconds that the local clock is ahead of UTC at that moment.
public func hourOfWeek(unixSeconds seconds: Int, utcOffset offset: Int = 0) -> Int {
    let week = 7 * 86_400
    let since = (seconds % week + offset % week + 3 * 86_400) % week
    return (since < 0 ? since + week : since) / 3_600
}

private func requireSlots(
    _ slots: [Int], of values: [Double?], period: Int
) throws(EstimateError) {
    guard slots.count == values.count else { throw .unequalLengths(values.count, slots.count) }
    for index in slots.indices where slots[index] < 0 || slots[index] >= period {
        throw .outsideRange(index: index, of: "slots")
    }
    for index in values.indices where !(values[index]?.isFinite ?? true) {
        throw .notFinite(index: index, of: "series")
    }
}
