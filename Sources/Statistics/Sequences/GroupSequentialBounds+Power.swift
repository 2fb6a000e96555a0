import Glibc

/// What a test with these bounds does under a true drift θ: the mean of Z is θ√I at information I.
extension GroupSequentialBounds {
    /// The chance that a look is where the test stops.
    public struct Exit: Sendable, Hashable {
        /// By crossing the upper bound.
        public let upper: Double
        /// By crossing the lower bound.
        public let lower: Double
    }

    /// The chance of stopping at each look, on either side. O(looks), some 0.1 ms each.
    /// - Throws: `EstimateError.notFinite`, `.overflow` for a drift beyond 1000 standard errors.
    public func exits(drift: Double) throws(EstimateError) -> [Exit] {
        guard drift.isFinite else { throw .notFinite(index: 0, of: "drift") }
        guard abs(drift) * information[information.count - 1].squareRoot() <= 1_000 else { throw .overflow }
        var paths = LookRecursion(drift: drift)
        var exits: [Exit] = []
        for index in information.indices {
            try paths.look(at: information[index])
            exits.append(
                Exit(
                    upper: upper[index].map(paths.survival) ?? 0,
                    lower: lower[index].map(paths.cumulative) ?? 0))
            paths.goOn(from: lower[index], to: upper[index])
        }
        return exits
    }

    /// The chance that the upper bound is crossed, before the lower one, at some look; α at a drift of 0.
    public func power(drift: Double) throws(EstimateError) -> Double {
        try min(1, exits(drift: drift).reduce(0) { $0 + $1.upper })
    }

    /// The drift at which the upper bound is crossed with this probability.
    ///
    /// - Parameter power: Above what a drift of 0 has, below 1.
    /// - Throws: `EstimateError.invalidParameter`.
    public func drift(power: Double) throws(EstimateError) -> Double {
        try requireProbability(power, "power")
        let unit = 1 / information[information.count - 1].squareRoot()
        guard try self.power(drift: 0) < power else {
            throw .invalidParameter("power", must: "exceed the level")
        }
        var high = 4 * unit
        while try self.power(drift: high) < power {
            high *= 2
            guard high < 512 * unit else { throw .overflow }
        }
        return try rootOfFalling(from: 0, to: high, at: 1 - power) { (drift) throws(EstimateError) in
            // Never exactly 0, whose logarithm has no use.
            try max(1 - self.power(drift: drift), 1e-300)
        }
    }

    /// The information at which the test stops, on average; in the unit of `information`.
    public func expectedInformation(drift: Double) throws(EstimateError) -> Double {
        var left = 1.0
        var sum = 0.0
        for (level, exit) in zip(information, try exits(drift: drift)).dropLast() {
            sum += level * (exit.upper + exit.lower)
            left -= exit.upper + exit.lower
        }
        return sum + max(0, left) * information[information.count - 1]
    }
}
