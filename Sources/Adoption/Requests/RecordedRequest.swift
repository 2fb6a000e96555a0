import Domain
import Notation

/// A live request as some tool recorded it, to be sent again.
public struct RecordedRequest: Sendable {
    /// The only one of its name within what was read together.
    public var id: String
    /// When it was sent, in seconds since 1970; nil where nobody says.
    public var seconds: Double?
    /// Nil where the recording has the question alone (a trace): then it is put into a body.
    public var method: String?
    /// Percent-encoded, without the query; nil likewise.
    public var path: String?
    /// What followed the `?`.
    public var query: String?
    /// As they came, credentials included: whoever sends it takes those that may be sent.
    public var headers: [LiveField]
    public var body: [UInt8]?
    /// The question, where there is no body.
    public var question: String?
    public var history: [Message]
    /// The hash of its sticky key, where the recording has one.
    public var key: UInt64?
    public var slices: [LiveField]

    public init(id: String) {
        self.id = id
        headers = []
        history = []
        slices = []
    }

    /// The first header of that name, whatever its case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// `POST /v1/answer`; nil where the recording has the question alone.
    public var route: String? { method.flatMap { method in path.map { "\(method) \($0)" } } }
}
