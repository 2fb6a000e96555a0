import Domain

/// Every metric that Sluice knows: a registry of values, sorted by name.
public enum MetricCatalogue {
    public static let families: [MetricFamily] = []

    /// The family of a metric's written name: `recall@3` → `recall`.
    public static func family(of name: String) -> MetricFamily? {
        let base = name.split(separator: "@", maxSplits: 1).first.map(String.init) ?? name
        return families.first { $0.name == base }
    }
}
