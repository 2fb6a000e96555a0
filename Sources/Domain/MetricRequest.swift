import Notation

/// One entry of `metrics:`.
public struct MetricRequest: Sendable {
    /// As written: `recall@3`, `schema`, `kpi` …
    public let name: String
    /// Parameters in the metric's own words (`schemas/answer.json` for `schema`; a mapping for `kpi`).
    public let parameter: JSONValue?
    /// For `kpi`: the parameter, read and checked.
    public let kpi: KPIDefinition?
    public let place: SourcePlace

    public init(
        name: String, parameter: JSONValue? = nil, kpi: KPIDefinition? = nil,
        place: SourcePlace = SourcePlace(file: "", line: 0)
    ) {
        self.name = name
        self.parameter = parameter
        self.kpi = kpi
        self.place = place
    }
}
