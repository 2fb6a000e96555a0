import HTTPServer
import Notation

/// What a client is told where production gave no answer: a status and words that name nothing within the house.
enum GatewayFailure {
    static func code(_ error: UpstreamError) -> String {
        switch error.cause {
        case .timedOut, .overTime, .stalled: "upstream_timeout"
        case .tooManyConnections: "upstream_overloaded"
        case .malformed, .insecure: "upstream_invalid"
        default: "upstream_unreachable"
        }
    }

    static func body(_ error: UpstreamError) -> [UInt8] {
        let code = code(error)
        let message =
            switch code {
            case "upstream_timeout": "the app did not answer in time"
            case "upstream_overloaded": "every connection to the app is in use"
            case "upstream_invalid": "the app's answer could not be understood"
            default: "the app could not be reached, or ended the connection before it answered"
            }
        return body(code: code, message: message, status: error.status)
    }

    static func body(code: String, message: String, status: Int) -> [UInt8] {
        let value: JSONValue = [
            "error": [
                "code": .string(code), "message": .string(message), "status": .integer(Int64(status)),
                "by": "gateway",
            ]
        ]
        return value.bytes() + [10]
    }

    /// Whether a failure is the arm's: not the client's, and not this process's own.
    static func isArms(_ error: UpstreamError) -> Bool {
        switch error.cause {
        case .cancelled, .source, .badSource, .invalidRequest: false
        default: true
        }
    }
}
