import Domain
import HTTPServer

extension LiveFailure {
    /// What an upstream's error means for its arm.
    public init(_ error: UpstreamError) {
        let detail = error.description
        switch error.cause {
        case .unresolved: self.init(.unresolved, detail)
        case .refused: self.init(.refused, detail)
        case .unreachable: self.init(.unreachable, detail)
        case .insecure: self.init(.insecure, detail)
        case .tooManyConnections: self.init(.overloaded, detail)
        case .timedOut:
            switch error.phase {
            case .connecting: self.init(.connectTimeout, detail)
            case .waiting, .head: self.init(.firstByteTimeout, detail)
            case .body: self.init(.pauseTimeout, detail)
            }
        case .overTime: self.init(.totalTimeout, detail)
        case .stalled: self.init(.pauseTimeout, detail)
        case .closed: self.init(error.phase == .body || error.phase == .head ? .closedEarly : .reset, detail)
        case .malformed: self.init(.malformed, detail)
        case .invalidRequest, .exhausted: self.init(.notSent, detail)
        case .source, .badSource: self.init(.source, detail)
        case .cancelled: self.init(.cancelled, detail)
        }
    }
}
