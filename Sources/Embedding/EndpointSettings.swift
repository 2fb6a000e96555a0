import Domain

/// How an embeddings endpoint is asked.
public struct EndpointSettings: Sendable {
    /// The base address (`https://host/v1`), or that of the endpoint itself.
    public let address: String
    /// The model's name there.
    public let model: String
    public let headers: [TargetPolicy.Header]
    public var timeoutSeconds: Double
    /// How often a batch is asked again.
    public var retries: Int
    /// Seconds before the first retry, where the endpoint names none.
    public var firstPauseSeconds: Double
    /// Most texts of a request.
    public var batch: Int
    /// Most bytes of their texts, but for a single one that is longer.
    public var batchBytes: Int
    /// Requests at a time.
    public var concurrency: Int
    /// The longest pause that is waited for; nil: a minute, or `timeoutSeconds` where that is longer.
    public var mostPauseSeconds: Double?

    public init(
        address: String, model: String, headers: [TargetPolicy.Header] = [], timeoutSeconds: Double = 60,
        retries: Int = 4, firstPauseSeconds: Double = 0.5, batch: Int = 96, batchBytes: Int = 200_000,
        concurrency: Int = 4
    ) {
        self.address = address
        self.model = model
        self.headers = headers
        self.timeoutSeconds = timeoutSeconds
        self.retries = retries
        self.firstPauseSeconds = firstPauseSeconds
        self.batch = max(1, batch)
        self.batchBytes = max(1, batchBytes)
        self.concurrency = max(1, concurrency)
    }

    var url: String {
        if address.hasSuffix("/embeddings") || address.contains("?") { return address }
        return (address.hasSuffix("/") ? String(address.dropLast()) : address) + "/embeddings"
    }

    /// Without user, password and query.
    var shownURL: String { ShownAddress.plain(url) }
}
