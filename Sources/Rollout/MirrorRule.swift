import Domain

/// What of production's traffic is copied to the candidate, beside the path and never on it.
public struct MirrorRule: Sendable, Hashable {
    public var share: Share
    /// Only these, in capitals.
    public var methods: [String]
    /// Only these.
    public var paths: [PathPattern]
    /// Copies a second at most; nil for no cap.
    public var rate: Double?
    /// Copies that wait at most.
    public var queue = 256
    /// Copies under way at most.
    public var concurrency = 32
    /// A request with a longer body is not copied, in bytes.
    public var body = 256 * 1024
    /// From the copy's sending to its answer's last byte.
    public var timeout = Duration.seconds(60)
    public var credentials = Credentials.strip
    /// Whether production gets a second copy too, marked, as the noise floor of differences.
    public var control = false

    public init(share: Share, methods: [String], paths: [PathPattern]) {
        self.share = share
        self.methods = methods
        self.paths = paths
    }

    /// What becomes of the fields that let their bearer in.
    public enum Credentials: Sendable, Hashable {
        case keep
        /// `Authorization`, `Cookie`, `Proxy-Authorization`, `X-Api-Key` and `Api-Key` are left out.
        case strip
        /// They are left out, and these stand in their place, by name; secrets are named, never held.
        case replace([Field])
    }

    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: Secretive

        public init(name: String, value: Secretive) {
            self.name = name
            self.value = value
        }
    }

    /// The fields that `strip` leaves out.
    public static let credentialFields = [
        "Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "Api-Key",
    ]

    public func allows(method: String, path: Substring) -> Bool {
        methods.contains(method) && paths.contains { $0.matches(path) }
    }
}
