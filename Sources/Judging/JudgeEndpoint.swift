import Domain
import Notation

/// How a judge's endpoint is asked.
public struct JudgeEndpoint: Sendable {
    /// The base address (`https://host/v1`), or that of the endpoint itself.
    public let address: String
    public let model: String
    public let family: String?
    public let headers: [TargetPolicy.Header]
    /// Sent with each question, as they are.
    public let parameters: JSONObject
    public var timeoutSeconds: Double
    /// How often what fails in passing is asked again.
    public var retries: Int
    /// How often an answer without a verdict is asked for again.
    public var rereads: Int
    /// Seconds before the first retry, where the endpoint names none.
    public var firstPauseSeconds: Double
    public var concurrency: Int
    /// The longest pause that is waited for; nil: a minute, or `timeoutSeconds` where that is longer.
    public var mostPauseSeconds: Double?

    public init(
        address: String, model: String, family: String? = nil, headers: [TargetPolicy.Header] = [],
        parameters: JSONObject = JudgePolicy.usualParameters, timeoutSeconds: Double = 60, retries: Int = 3,
        rereads: Int = 1, firstPauseSeconds: Double = 0.5, concurrency: Int = 4
    ) {
        self.address = address
        self.model = model
        self.family = family
        self.headers = headers
        self.parameters = parameters
        self.timeoutSeconds = timeoutSeconds
        self.retries = retries
        self.rereads = rereads
        self.firstPauseSeconds = firstPauseSeconds
        self.concurrency = max(1, concurrency)
    }

    /// As a policy has it.
    public init?(_ policy: JudgePolicy) {
        guard case .endpoint(let address, let model) = policy.kind else { return nil }
        self.init(
            address: address, model: model, family: policy.family, headers: policy.headers,
            parameters: policy.parameters, timeoutSeconds: policy.timeoutSeconds, retries: policy.retries,
            concurrency: policy.concurrency)
    }

    var url: String {
        if address.hasSuffix("/chat/completions") || address.contains("?") { return address }
        return (address.hasSuffix("/") ? String(address.dropLast()) : address) + "/chat/completions"
    }

    var shownURL: String { ShownAddress.plain(url) }
}
