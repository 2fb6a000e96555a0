/// Why a request is answered by the engine itself; its connection is closed afterwards.
struct Refusal: Error, Equatable {
    let status: Int
    let reason: String

    static func badRequest(_ reason: String) -> Refusal { Refusal(status: 400, reason: reason) }

    static let headTooLarge = Refusal(status: 431, reason: "the fields are too large or too many")
    static let targetTooLong = Refusal(status: 414, reason: "the request line is too long")
    static let bodyTooLarge = Refusal(status: 413, reason: "the body is too large")
    static let requestTimeout = Refusal(status: 408, reason: "the request took too long to arrive")
    static let tooManyConnections = Refusal(status: 503, reason: "too many connections")
    static let unknownVersion = Refusal(status: 505, reason: "only HTTP/1.1 and HTTP/1.0 are spoken here")
    static let unknownMethod = Refusal(status: 501, reason: "this method is not implemented")
    static let unknownCoding = Refusal(status: 501, reason: "only the transfer coding chunked is known")
    static let unknownExpectation = Refusal(status: 417, reason: "only 100-continue can be expected")
}
