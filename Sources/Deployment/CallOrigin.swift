import Domain

/// Which systems a policy's journeys call, and which variables each is given.
///
/// A journal lies in a folder that others may write to: what it asks for is done only where the policy's own journeys
/// call the same system with the same variables, so that no secret goes where the policy does not send it.
public struct CallOrigins: Sendable {
    /// Origin → names of variables.
    private var known: [String: Set<String>] = [:]

    public init(_ journeys: [JourneyPolicy], environment: (String) -> String?) {
        for request in journeys.flatMap(\.requests) {
            guard let origin = Self.origin(of: request.url, environment) else { continue }
            known[origin, default: []].formUnion(request.texts.flatMap(\.variables))
        }
    }

    /// Why a journal's request is not made; nil where the policy knows it.
    public func refusal(of request: StepRequest, environment: (String) -> String?) -> String? {
        guard let origin = Self.origin(of: request.url, environment) else {
            return "its address does not say which host it goes to"
        }
        guard let variables = known[origin] else {
            return "no journey of the policy calls \(origin)"
        }
        let foreign = request.texts.flatMap(\.variables).first { !variables.contains($0) }
        return foreign.map { "no journey of the policy gives ${env:\($0)} to \(origin)" }
    }

    /// `http://host:port` of an address whose host is fixed before any answer is known; nil else.
    public static func origin(of url: StepText, _ environment: (String) -> String?) -> String? {
        var start = ""
        var isWhole = true
        pieces: for piece in url.pieces {
            switch piece {
            case .text(let text): start += text
            case .environment(let name): start += environment(name) ?? ""
            default:
                isWhole = false
                break pieces
            }
        }
        let lower = start.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix) else { return nil }
        let rest = lower.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" }
        guard end != nil || isWhole else { return nil }
        let authority = rest[..<(end ?? rest.endIndex)]
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty, !host.contains("\\") else { return nil }
        return scheme + host
    }
}
