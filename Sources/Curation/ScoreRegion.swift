import Domain

/// The six places of the score scale that a set of scored examples should hold: the four bands, and the
/// neighbourhoods of the two limits at which a label that users see changes.
///
/// A model that moves by .03 changes no verdict in the middle of a band and many at .90 and .70. The limit at .50
/// separates two labels that both mean *no*.
public enum ScoreRegion: String, Sendable, Hashable, CaseIterable {
    case high = "HIGH"
    case medium = "MEDIUM"
    case low = "LOW"
    case trueNegative = "TRUE NEGATIVE"
    case nearHigh = "boundary 0.90 ± 0.02"
    case nearMedium = "boundary 0.70 ± 0.02"

    /// The regions that an example lies in.
    ///
    /// A number lies in its band, a range in those that it touches; either in a neighbourhood that it reaches. A band
    /// alone reaches none, unless the example bears the tag or category `boundary`: then HIGH is near .90, LOW near
    /// .70, and MEDIUM near both.
    public static func regions(of example: Example) -> Set<ScoreRegion> {
        guard let score = example.expectedScore else { return [] }
        let (low, high) = Expectations.bounds(score)
        var found: Set<ScoreRegion> = []
        for (region, from, to) in bands where low <= to && high >= from { found.insert(region) }
        if case .band(let band) = score {
            guard example.tags.contains("boundary") || example.category == "boundary" else { return found }
            if band == .high || band == .medium { found.insert(.nearHigh) }
            if band == .medium || band == .low { found.insert(.nearMedium) }
            return found
        }
        if low <= 0.92 + 1e-12, high >= 0.88 - 1e-12 { found.insert(.nearHigh) }
        if low <= 0.72 + 1e-12, high >= 0.68 - 1e-12 { found.insert(.nearMedium) }
        return found
    }

    private static let bands: [(ScoreRegion, Double, Double)] = [
        (.high, 0.90, 1), (.medium, 0.70, (0.90).nextDown), (.low, 0.50, (0.70).nextDown),
        (.trueNegative, 0, (0.50).nextDown),
    ]
}
