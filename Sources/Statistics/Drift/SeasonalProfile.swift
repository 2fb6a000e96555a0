/// What a series is at each place of its season, for instance in each hour of the week.
///
/// A week's traffic is compared with the same weekday and hour, or has the profile taken off before it is
/// charted: else every Monday morning is a change. Busy hours also deviate more than quiet ones; where they do,
/// scores are charted instead of residuals.
public struct SeasonalProfile: Sendable, Hashable, Codable {
    /// Points of history a slot; missing ones do not count.
    public let counts: [Int]
    /// The mean of each slot; nil where it has fewer points than are needed.
    public let means: [Double?]
    /// The deviation of new points around the mean of each slot, from the residuals of as many slots around it
    /// as it takes to have 30; at least a tenth of that of all slots. 0 where no residual differs from 0.
    public let deviations: [Double]
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
        let known = zip(counts, means).map { $0 >= needed ? $1 : nil }
        self.means = known
        var squares = [Double](repeating: 0, count: period)
        for (value, slot) in zip(history, slots) {
            guard let value, let mean = known[slot] else { continue }
            let residual = leftOut(value, mean, counts[slot])
            squares[slot] += residual * residual
        }
        deviations = try pooledDeviations(squares, counts: zip(counts, known).map { $1 == nil ? 0 : $0 })
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
            out.append(leftOut(value, mean, counts[slot]))
        }
        return out
    }

    /// A new point without its season, in deviations of its slot; nil where it has no residual, or the history
    /// no deviation.
    public func score(of value: Double?, slot: Int) -> Double? {
        residual(of: value, slot: slot).flatMap { deviations[slot] > 0 ? $0 / deviations[slot] : nil }
    }

    /// The residuals of the history, in deviations of their slots.
    ///
    /// - Throws: As `residuals(ofHistory:slots:)`; `EstimateError.allEqual` where it has no deviation.
    public func scores(ofHistory history: [Double?], slots: [Int]) throws(EstimateError) -> [Double?] {
        guard deviations[0] > 0 else { throw .allEqual(value: 0) }
        var out = try residuals(ofHistory: history, slots: slots)
        for (index, slot) in slots.enumerated() { out[index] = out[index].map { $0 / deviations[slot] } }
        return out
    }
}

/// A point against the mean of the other points of its slot, from the mean of all of them.
private func leftOut(_ value: Double, _ mean: Double, _ count: Int) -> Double {
    (value - mean) * (Double(count) / Double(count - 1))
}

/// Around each slot, over both sides of the season alike, until 30 residuals are there or all.
private func pooledDeviations(_ squares: [Double], counts: [Int]) throws(EstimateError) -> [Double] {
    let period = squares.count
    let points = counts.reduce(0, +)
    let whole = (squares.reduce(0, +) / Double(points)).squareRoot()
    guard whole.isFinite else { throw .overflow }
    var out: [Double] = []
    out.reserveCapacity(period)
    for slot in 0..<period {
        var sum = squares[slot]
        var count = counts[slot]
        var reach = 1
        while count < 30, 2 * reach <= period {
            for place in Set([(slot + reach) % period, (slot - reach + period) % period]) {
                sum += squares[place]
                count += counts[place]
            }
            reach += 1
        }
        let deviation = count == 0 ? whole : (sum / Double(count)).squareRoot()
        out.append(max(deviation, whole / 10))
    }
    return out
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
