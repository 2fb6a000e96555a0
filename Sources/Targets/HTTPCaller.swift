import Domain
import HTTPClient

/// Requests of journeys over HTTP: sent once, redirects not followed, every address checked before it is called.
public final class HTTPCaller: WebCaller {
    /// Why an address may not be called, as a sentence without a full stop; nil where it may.
    public typealias Permission = @Sendable (_ url: String) -> String?

    private let client: HTTPClient
    private let permission: Permission

    /// - Parameter permission: Asked of every address right before it is called.
    public init(client: HTTPClient = HTTPClient(), permission: @escaping Permission = { _ in nil }) {
        self.client = client
        self.permission = permission
    }

    public func call(_ request: WebRequest) async -> WebResult {
        if let refusal = WebAddress.problem(request.url) ?? permission(request.url) {
            return .failed(Failure(cause: .notAsked, detail: refusal), mayHaveActed: false)
        }
        var headers = HTTPClientHeaders()
        for field in request.headers { headers.append(field.name, field.value) }
        let timeouts = HTTPClientRequest.Timeouts(
            connect: .seconds(min(10, request.timeoutSeconds)), total: .seconds(request.timeoutSeconds))
        let sent = HTTPClientRequest(
            method: request.method, url: request.url, headers: headers, body: request.body,
            timeouts: timeouts,
            maxResponseBytes: request.answerBytes)
        do throws(HTTPClientError) {
            return .answered(WebAnswer(try await client.send(sent)))
        } catch {
            return .failed(HTTPExchange.failure(error, Excerpt()), mayHaveActed: Self.mayHaveActed(error))
        }
    }

    /// Whether the server may have had the request: sure is only what failed before it was sent.
    private static func mayHaveActed(_ error: HTTPClientError) -> Bool {
        switch error {
        case .invalidRequest, .unavailable, .nameNotFound, .couldNotConnect, .tls, .timedOut(.connect, _):
            false
        case .timedOut(.firstByte, _), .timedOut(.body, _), .closedEarly, .tooLarge, .malformed, .cancelled,
            .other:
            true
        }
    }
}
