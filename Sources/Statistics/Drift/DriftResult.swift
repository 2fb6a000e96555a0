/// Whether a window differs from its reference, by how much, and whether that much matters.
public struct DriftResult: Sendable, Hashable {
    /// What is measured, with direction and unit: `"KL(window ‖ reference), nats"`.
    public let measure: String
    /// Its value.
    public let effect: Double
    /// The least effect that matters; below it no p-value makes a drift.
    public let floor: Double
    /// How often chance alone does as much, and by which null distribution that is known.
    public let test: TestResult
    /// The p-value at or below which chance is ruled out.
    public let alpha: Double
    /// Observations behind the reference.
    public let reference: Int
    /// Observations in the window.
    public let window: Int

    init(
        measure: String, effect: Double, floor: Double, test: TestResult, alpha: Double, reference: Int,
        window: Int
    ) throws(EstimateError) {
        guard effect.isFinite else { throw .overflow }
        try requireProbability(alpha, "alpha")
        guard floor >= 0, floor.isFinite else { throw .invalidParameter("floor", must: "be 0 or above") }
        self.measure = measure
        self.effect = effect
        self.floor = floor
        self.test = test
        self.alpha = alpha
        self.reference = reference
        self.window = window
    }

    public enum Finding: String, Sendable, Hashable, Codable {
        /// Neither beyond chance nor large.
        case steady
        /// Beyond chance and large: the only one that raises an alarm.
        case drifted
        /// Beyond chance, yet below the floor: what a large window finds in any traffic.
        case small
        /// Large, yet chance does as much: the window is too short to tell.
        case unproven
    }

    public var finding: Finding {
        switch (test.pValue <= alpha, effect >= floor) {
        case (true, true): .drifted
        case (true, false): .small
        case (false, true): .unproven
        case (false, false): .steady
        }
    }
}
