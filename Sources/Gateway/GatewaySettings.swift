import HTTPServer
import Rollout

/// How a gateway runs, whatever its plan says.
public struct GatewaySettings: Sendable {
    public var host = "127.0.0.1"
    public var port = 0
    public var loops = 1
    public var identity: ServerIdentity?
    public var limits = HTTPLimits()
    /// Where health, metrics and the plan are told; nil: nowhere.
    public var adminHost: String? = "127.0.0.1"
    public var adminPort = 0
    /// How long what is under way may take at the end.
    public var grace = Duration.seconds(10)
    /// How others are told of this gateway.
    public var name = "gateway"
    /// Nothing mirrored for so long, although the plan wants it, is said.
    public var mirrorAlarm = Duration.seconds(10)

    public init() {}
}

/// What a gateway wants of the machine, as closures: files, variables, words to people. None is called on a loop.
public struct GatewayDoors: Sendable {
    /// The value of an environment variable.
    public var variable: @Sendable (String) -> String?
    /// Keeps bytes under a name, whole or not at all; throws with the reason.
    public var keep: @Sendable (_ name: String, _ bytes: [UInt8]) throws -> Void
    /// What was kept; nil for nothing.
    public var kept: @Sendable (_ name: String) -> [UInt8]?
    public var forget: @Sendable (_ name: String) -> Void
    /// One line for whoever runs the gateway.
    public var say: @Sendable (String) -> Void
    /// Posts bytes to an address; nil where that cannot be done here. It may take seconds.
    public var post: (@Sendable (Letter) async -> Delivery)?

    /// Something to be posted.
    public struct Letter: Sendable {
        public let url: String
        public let headers: [(name: String, value: String)]
        public let body: [UInt8]
    }

    public enum Delivery: Sendable, Hashable {
        case answered(status: Int)
        /// In words that hold no secret.
        case failed(String)
    }

    /// Nothing is kept or said.
    public init() {
        variable = { _ in nil }
        keep = { _, _ in }
        kept = { _ in nil }
        forget = { _ in }
        say = { _ in }
        post = nil
    }
}
