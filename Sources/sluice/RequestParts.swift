import Adoption
import Digest
import Domain
import Notation

/// A part of a request that a command line names: `header:X-User-ID`, `cookie:sid`, `body:/user/id`.
struct RequestPart: Sendable {
    private enum Place: Sendable {
        case header(String)
        case cookie(String)
        case body(JSONPointer)
    }

    private let place: Place

    init(_ text: String, flag: String) throws(Arguments.Problem) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2, !parts[1].isEmpty {
            switch parts[0] {
            case "header":
                place = .header(parts[1])
                return
            case "cookie":
                place = .cookie(parts[1])
                return
            case "body":
                if let pointer = try? JSONPointer(parts[1]) {
                    place = .body(pointer)
                    return
                }
            default: break
            }
        }
        throw Arguments.Problem(
            message: "--\(flag) takes header:NAME, cookie:NAME or body:/pointer, not '\(text)'", hint: nil)
    }

    func value(_ request: RecordedRequest) -> String? {
        switch place {
        case .header(let name): return request.header(name)
        case .cookie(let name):
            for part in (request.header("cookie") ?? "").split(separator: ";") {
                let pair = part.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0].drop(while: { $0 == " " }) == name else { continue }
                return String(pair[1])
            }
            return nil
        case .body(let pointer):
            guard let body = request.body, let value = try? JSONValue.parse(body),
                let found = pointer.value(in: value)
            else { return nil }
            return found.stringValue ?? (found.intValue.map(String.init))
        }
    }
}

/// Methods and paths that may be sent: `POST /v1/answer`, `POST /v1/*`, `GET *`.
struct AllowedRoute: Sendable {
    let text: String
    private let method: String
    private let path: String

    init(_ text: String) throws(Arguments.Problem) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("/") || parts[1] == "*",
            parts[0].utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A })
        else {
            throw Arguments.Problem(
                message:
                    "--only takes a method and a path such as \"POST /v1/answer\" or \"POST /v1/*\", not '\(text)'",
                hint: nil)
        }
        (self.text, method, path) = (text, parts[0], parts[1])
    }

    /// `*` at the end stands for whatever follows; a path is compared as it was sent.
    func allows(_ method: String, _ path: String) -> Bool {
        guard method == self.method else { return false }
        guard self.path.hasSuffix("*") else { return path == self.path }
        return path.hasPrefix(self.path.dropLast())
    }
}

/// How fast requests are sent.
enum ReplayPace: Sendable, Equatable {
    /// As fast as the requests in flight allow.
    case free
    case perSecond(Double)
    /// As they came, so many times as fast.
    case original(Double)

    init(_ text: String) throws(Arguments.Problem) {
        let plain = text.replacing("×", with: "x")
        if plain == "free" {
            self = .free
        } else if plain.hasSuffix("/s"), let rate = Double(plain.dropLast(2)), rate > 0, rate <= 100_000 {
            self = .perSecond(rate)
        } else if plain == "original" {
            self = .original(1)
        } else if plain.hasPrefix("originalx"), let factor = Double(plain.dropFirst(9)), factor > 0,
            factor.isFinite
        {
            self = .original(factor)
        } else {
            throw Arguments.Problem(
                message: "--pace takes 10/s, original, original×2 or free, not '\(text)'", hint: nil)
        }
    }

    /// When the request is due, in seconds since the first one.
    func due(_ place: Int, at seconds: Double?, first: Double?) -> Double {
        switch self {
        case .free: 0
        case .perSecond(let rate): Double(place) / rate
        case .original(let factor): max(0, (seconds ?? first ?? 0) - (first ?? 0)) / factor
        }
    }
}
