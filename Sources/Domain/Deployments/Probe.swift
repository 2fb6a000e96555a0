/// One request to the app with what came back before it was read as an answer.
public struct Probe: Sendable {
    /// What was sent, without headers: they may hold secrets.
    public let method: String
    public let url: String
    public let body: [UInt8]?
    /// Read as the policy's `observe` has it.
    public let result: Attempt.Result
    /// As it came; nil where nothing whole did.
    public let response: WebAnswer?
    public let pacing: Pacing

    public init(
        method: String, url: String, body: [UInt8]?, result: Attempt.Result, response: WebAnswer?,
        pacing: Pacing = Pacing()
    ) {
        self.method = method
        self.url = url
        self.body = body
        self.result = result
        self.response = response
        self.pacing = pacing
    }
}

/// A target whose answers can be seen as they came over the wire.
public protocol ProbedTarget: Target {
    func probe(_ question: Question) async -> Probe
}
