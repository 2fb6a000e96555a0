/// A metric in a program or behind an endpoint of the user's own, as a policy declares it under `custom`.
public struct CustomMetric: Sendable {
    public enum Source: Sendable, Hashable {
        /// A program that speaks JSON lines, started once and kept alive.
        case command([String])
        /// An address that takes a JSON body by POST.
        case endpoint(String)
    }

    public let name: String
    public let source: Source
    /// One of ``MetricUnit``'s words.
    public let unit: String
    public let lowest: Double?
    public let highest: Double?
    /// `higher`, `lower` or `neither`.
    public let better: String
    public let isPassFail: Bool
    /// Time that one score may take.
    public let timeoutSeconds: Double
    /// Answers that it scores at once; a program of one thread is asked one by one, so that a slow score delays no other
    /// beyond its time.
    public let concurrency: Int
    /// Of the endpoint's requests.
    public let headers: [TargetPolicy.Header]
    /// What the user says of the metric's making: a change starts a new series of scores.
    public let version: String
    /// Where the policy declares it.
    public let place: SourcePlace

    public init(
        name: String, source: Source, unit: String, lowest: Double?, highest: Double?, better: String,
        isPassFail: Bool, timeoutSeconds: Double, concurrency: Int = 1, headers: [TargetPolicy.Header] = [],
        version: String = "1", place: SourcePlace = SourcePlace(file: "", line: 0)
    ) {
        self.name = name
        self.source = source
        self.unit = unit
        self.lowest = lowest
        self.highest = highest
        self.better = better
        self.isPassFail = isPassFail
        self.timeoutSeconds = timeoutSeconds
        self.concurrency = concurrency
        self.headers = headers
        self.version = version
        self.place = place
    }

    /// What it reaches, as the target that lists of what is allowed know.
    public var reach: TargetPolicy {
        var reach: TargetPolicy
        switch source {
        case .command(let arguments): reach = TargetPolicy(kind: .command(arguments: arguments))
        case .endpoint(let url): reach = TargetPolicy(kind: .http(url: url, method: "POST", template: nil))
        }
        reach.headers = headers
        return reach
    }
}
