/// Every section of the operating characteristics, in the order of the page.
public enum CharacteristicCatalogue {
    /// How much each replication takes in.
    public enum Size: Sendable, Hashable {
        /// As published.
        case full
        /// Shorter series of the same kind, for tests.
        case short

        var events: Int { self == .full ? 1500 : 150 }
    }

    /// - Throws: What a statistic says of a setting that it cannot have: a defect of this room.
    public static func sections(_ size: Size = .full) throws -> [CharacteristicSection] {
        var sections: [CharacteristicSection] = []
        sections += try harmSections(size)
        sections += try rolloutSections(size)
        sections += try commonOutcomeSections(size)
        sections += try meanSections(size)
        sections += try quantileSections(size)
        sections += try scheduledSections(size)
        sections += try splitSections(size)
        sections += try gateSections(size)
        sections += driftMixSections(size)
        sections += try chartSections(size)
        sections += try seasonSections(size)
        return sections
    }
}

/// `20000` as `20,000`, for leads.
func thousands(_ number: Int) -> String {
    number < 1000 ? String(number) : "\(number / 1000)," + String(String(1000 + number % 1000).dropFirst())
}
