/// Why an app could not be understood: what happened, and what mends it.
public struct SurveyProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case address, unreachable, tls, timedOut, denied, notFound, method, mediaType, redirect, html,
            throttled
        case broken, refused, model, empty
    }

    public let kind: Kind
    public let cause: String
    /// One sentence each.
    public let mends: [String]

    public init(_ kind: Kind, _ cause: String, _ mends: [String]) {
        self.kind = kind
        self.cause = cause
        self.mends = mends
    }

    /// The cause, and a line for each way to mend it.
    public var description: String { ([cause] + mends.map { "  mend: " + $0 }).joined(separator: "\n") }
}

extension SurveyProblem {
    static func address(_ text: String) -> SurveyProblem {
        SurveyProblem(
            .address, "'\(ProbeReading.shown(text))' is no http or https address",
            ["write it as http://127.0.0.1:8000/ask"])
    }

    static func unreachable(_ place: WebPlace, _ failure: ProbeFailure) -> SurveyProblem {
        let host = place.origin
        switch failure.cause {
        case .notRunning:
            return SurveyProblem(
                .unreachable, "nothing takes connections at \(host)",
                ["start the app, or check the port", "curl -i \(place.text)   shows what a client sees"])
        case .nameNotFound:
            return SurveyProblem(
                .unreachable, "the name in \(host) is not known: \(failure.words)",
                ["check the spelling of the host"])
        case .tls:
            var mends = [
                "give the certificate's own host name; an authority of your own belongs in the system's store"
            ]
            if place.origin.hasPrefix("https://127.0.0.1") || place.origin.hasPrefix("https://localhost") {
                mends.insert("on this machine the app may speak plain http: use http://", at: 0)
            }
            return SurveyProblem(.tls, "no secure connection to \(host): \(failure.words)", mends)
        case .timedOut:
            return SurveyProblem(
                .timedOut, "\(place.text) did not answer in time: \(failure.words)",
                ["wait longer with --timeout 2m", "ask it by hand to see whether it answers at all"])
        case .closed:
            return SurveyProblem(
                .broken, "\(host) closed the connection: \(failure.words)",
                ["look at the app's own log", "where it speaks TLS, write https://"])
        case .tooLarge:
            return SurveyProblem(
                .broken, "the answer of \(place.text) is too large: \(failure.words)",
                ["give another address"])
        case .malformed:
            return SurveyProblem(
                .broken, "\(host) does not speak HTTP: \(failure.words)",
                ["check the port; where it speaks TLS, write https://"])
        case .notSent, .other:
            return SurveyProblem(
                .unreachable, "\(place.text) could not be asked: \(failure.words)",
                ["check address and headers"])
        }
    }

    /// Words for the last refusal, when nothing that was tried was taken.
    static func refused(
        _ refusal: Refusal, _ response: ProbeResponse, at place: WebPlace, tried: [String], known: [String]
    ) -> SurveyProblem {
        let says = refusal.words.flatMap { $0.isEmpty ? nil : ": '\($0)'" } ?? ""
        let whole = "\(place.text) answered \(response.status)\(says)"
        let others =
            known.isEmpty
            ? [] : ["the app's OpenAPI document names " + known.prefix(6).joined(separator: ", ")]
        switch response.status {
        case 401, 403:
            let wants = response.challenge.map { " It wants: \(ProbeReading.shown($0))." } ?? ""
            let verb = response.status == 401 ? "wants to know who asks" : "does not let this client in"
            return SurveyProblem(
                .denied, "\(whole): it \(verb).\(wants)",
                [
                    "name the key's variable: --header 'Authorization: Bearer ${env:APP_KEY}' (in single quotes; only "
                        + "the name is written)"
                ])
        case 404, 410:
            return SurveyProblem(
                .notFound, "\(whole): there is nothing at this path",
                others + ["give the whole address that the app answers questions at"])
        case 405:
            let allowed = response.allow.map { ", it takes \(ProbeReading.shown($0))" } ?? ""
            return SurveyProblem(
                .method, "\(whole): the path does not take questions by POST or GET\(allowed)",
                others + ["give the address that the app answers questions at"])
        case 415:
            return SurveyProblem(
                .mediaType, "\(whole): it does not take JSON",
                ["Sluice sends JSON; put a small program before the app and name it with --command"])
        case 429:
            return SurveyProblem(
                .throttled, "\(whole): it is asked too often",
                ["wait, and run this again; nothing was written"])
        case 500...:
            return SurveyProblem(
                .broken, "\(whole); tried \(tried.joined(separator: ", "))",
                others + [
                    "look at the app's own log: a body that it does not expect may end so",
                    "name the shape it wants in a policy of your own (docs/init.md)",
                ])
        default: break
        }
        switch refusal.kind {
        case .html:
            return SurveyProblem(
                .html, "\(place.text) answered with a web page, not with data",
                others + ["give the address of the app's API, not of its page"])
        case .empty:
            return SurveyProblem(
                .empty,
                "\(place.text) answered \(response.status) with nothing; tried \(tried.joined(separator: ", "))",
                others + ["let it answer with JSON or text"])
        case .broken where response.type.hasSuffix("json") && refusal.words?.isEmpty == false:
            return SurveyProblem(
                .broken,
                "\(place.text) answered \(response.status) with JSON that cannot be read: \(refusal.words ?? "")",
                [
                    "let it write null for a number that is none (NaN, Infinity), and none beyond what a double holds"
                ])
        case .broken:
            return SurveyProblem(
                .broken,
                "\(place.text) answered \(response.status) with neither JSON nor text (\(response.type))",
                ["let it answer with JSON"])
        case .lines:
            return SurveyProblem(
                .broken,
                "\(place.text) answers with several JSON objects, one a line, which a policy cannot read",
                ["ask it not to stream, or let it send server-sent events"])
        case .status, .error:
            return SurveyProblem(
                .refused, "\(whole); tried \(tried.joined(separator: ", "))",
                others + ["name the shape it wants in a policy of your own (docs/init.md)"])
        }
    }
}
