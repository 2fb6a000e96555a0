import Glibc

/// A test with scheduled looks as it happens: each look is recorded once, in order, and gets the bound that
/// its information allows.
///
/// The information may differ from the plan: each look spends what the spending function allows by then, the
/// last one what is left. Looks may be added or left out, as long as not by what was seen. The bounds of
/// looks that are past never change.
///
/// O(looks) memory; recording costs O(looks), some 0.1 ms each. `alpha` is that of one side.
///
/// K. K. G. Lan, D. L. DeMets, Biometrika 70 (1983) 659–663.
public struct GroupSequentialTest: Sendable, Hashable {
    public let alpha: Double
    public let spending: AlphaSpending
    public let sides: TestSides
    /// What the plan ends with: examples, events, or 1 / variance; the unit is the caller's.
    public let plannedInformation: Double
    /// In order.
    public private(set) var looks: [Look] = []

    /// One look.
    public struct Look: Sendable, Hashable, Codable {
        /// In the unit of the plan.
        public let information: Double
        /// The standardised statistic.
        public let z: Double
        /// α spent up to and with this look, of one side.
        public let spent: Double
        /// What z had to reach; nil where less than 1e-15 could be spent, so that no value stops here.
        public let bound: Double?
    }

    /// Where the test stands.
    public enum Outcome: String, Sendable, Hashable, Codable {
        /// More looks may come.
        case open
        /// z reached the upper bound.
        case crossedUpper
        /// z reached the mirrored bound of a two-sided test.
        case crossedLower
        /// All α is spent, and no bound was reached.
        case exhausted
    }

    /// - Parameters:
    ///   - sides: `.two` mirrors the bound, and has the level 2α in all.
    /// - Throws: `EstimateError.invalidParameter` unless α lies in `(0, .5)` and the information is positive.
    public init(
        alpha: Double, spending: AlphaSpending, sides: TestSides = .one, plannedInformation: Double
    ) throws(EstimateError) {
        guard alpha > 0, alpha < 0.5 else { throw .invalidParameter("alpha", must: "lie between 0 and 0.5") }
        guard plannedInformation > 0, plannedInformation.isFinite else {
            throw .invalidParameter("planned information", must: "be positive and finite")
        }
        try spending.check()
        self.alpha = alpha
        self.spending = spending
        self.sides = sides
        self.plannedInformation = plannedInformation
    }

    /// Records one look and answers with its bound.
    ///
    /// - Parameters:
    ///   - information: So far, at least a millionth above that of the look before.
    ///   - z: The standardised statistic; positive is what the test looks for.
    ///   - isLast: Whether no look will follow, decided without a glance at z: it then spends all that is
    ///     left. Where the information reaches the plan's, a look is the last anyway.
    /// - Throws: `EstimateError.invalidParameter` for a look out of order or after the test has ended,
    ///   `.notFinite`; nothing is recorded then.
    @discardableResult
    public mutating func record(
        information: Double, z: Double, isLast: Bool = false
    ) throws(EstimateError) -> Look {
        guard z.isFinite else { throw .notFinite(index: looks.count, of: "z") }
        guard outcome == .open else {
            throw .invalidParameter("a look", must: "come before the test has ended")
        }
        var paths = try self.paths()
        try paths.look(at: information)
        let before = looks.last?.spent ?? 0
        let share = isLast ? 1 : information / plannedInformation
        let target = try max(before, spending.spent(atInformation: share, alpha: alpha))
        let left = target - before
        let bound = left < GroupSequentialBounds.leastSpent ? nil : paths.upperBound(spending: left)
        let look = Look(
            information: information, z: z, spent: bound == nil && target < alpha ? before : target,
            bound: bound)
        looks.append(look)
        return look
    }

    public var outcome: Outcome {
        guard let last = looks.last else { return .open }
        if let bound = last.bound {
            if last.z >= bound { return .crossedUpper }
            if sides == .two, last.z <= -bound { return .crossedLower }
        }
        return last.spent >= alpha ? .exhausted : .open
    }

    /// The bounds of the looks so far.
    /// - Throws: `EstimateError.tooFew` before the first look.
    public func bounds() throws(EstimateError) -> GroupSequentialBounds {
        let upper = looks.map(\.bound)
        return try GroupSequentialBounds(
            information: looks.map(\.information), upper: upper,
            lower: sides == .two ? upper.map { $0.map(-) } : nil)
    }

    /// The paths that no recorded look has stopped, at the last of them.
    private func paths(drift: Double = 0) throws(EstimateError) -> LookRecursion {
        var paths = LookRecursion(drift: drift)
        for look in looks {
            try paths.look(at: look.information)
            paths.goOn(from: sides == .two ? look.bound.map(-) : nil, to: look.bound)
        }
        return paths
    }
}

extension GroupSequentialTest: Codable {
    private enum CodingKeys: CodingKey {
        case alpha
        case spending
        case sides
        case plannedInformation
        case looks
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            alpha: container.decode(Double.self, forKey: .alpha),
            spending: container.decode(AlphaSpending.self, forKey: .spending),
            sides: container.decode(TestSides.self, forKey: .sides),
            plannedInformation: container.decode(Double.self, forKey: .plannedInformation))
        let stored = try container.decode([Look].self, forKey: .looks)
        guard stored.isEmpty == false else { return }
        // The bounds stay those that were decided by; they only have to make sense.
        var spent = 0.0
        for (index, look) in stored.enumerated() {
            guard look.z.isFinite else { throw EstimateError.notFinite(index: index, of: "z") }
            guard look.spent >= spent, look.spent <= alpha else {
                throw EstimateError.invalidParameter("spent", must: "rise from 0 to alpha")
            }
            spent = look.spent
        }
        looks = stored
        _ = try bounds()
    }
}
