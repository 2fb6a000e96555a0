import Text

/// Every statistic that is called by name, family by family.
public enum StatisticCatalogue {
    public static let entries: [StatisticEntry] =
        distributionEntries + descriptionEntries + intervalEntries + testEntries + sequenceEntries
        + driftEntries + agreementEntries + peopleEntries + associationEntries + powerEntries
        + boundEntries + decisionEntries + meanSequenceEntries

    public static func entry(named name: String) -> StatisticEntry? { entries.first { $0.name == name } }

    /// The known name nearest to one that is not known.
    public static func suggestion(for name: String) -> String? { nearest(name, in: entries.map(\.name)) }
}
