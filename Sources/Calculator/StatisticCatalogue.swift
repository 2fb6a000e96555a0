import Text

/// Every statistic that is called by name, family by family.
public enum StatisticCatalogue {
    public static let entries: [StatisticEntry] =
        distributionEntries + descriptionEntries + intervalEntries + testEntries + sequenceEntries
        + driftEntries + agreementEntries + peopleEntries + associationEntries + powerEntries
        + boundEntries + decisionEntries + meanSequenceEntries

    public static func entry(named name: String) -> StatisticEntry? { entries.first { $0.name == name } }

    /// The known name nearest to one that is not known: by letters, or else the first that begins with it.
    public static func suggestion(for name: String) -> String? {
        let names = entries.map(\.name)
        return nearest(name, in: names) ?? names.first { !name.isEmpty && $0.hasPrefix(name + "-") }
    }
}
