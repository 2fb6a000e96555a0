import HTTPServer
import Notation
import Rollout

/// Where a request goes, and why.
struct Decision: Sendable {
    var arm = ArmName.production
    /// The hash of the sticky key; nil where the request has none, or none is of use.
    var key: UInt64?
    /// Whether a tester chose the arm: such requests are in no statistics.
    var isChosen = false
    var isMirrored = false
    /// Whether the split could have put it to the candidate: what production answers says what the candidate should.
    var isComparable = false
    /// Whether it is a copy that a gateway made: it is never copied again.
    var isShadow = false
}

/// Finds out who sent a request.
enum RequestKey {
    /// How much of a body is read to find a key in it.
    static let bodyLimit = 64 * 1024

    /// The hash of the first source that the request has; nil for none.
    static func hash(
        _ active: ActivePlan, _ head: HTTPRequestHead, _ copy: RequestCopy, _ address: String
    ) -> UInt64? {
        var parsed: JSONValue?
        for source in active.sticky {
            switch source {
            case .header(let name):
                if let value = head.headers[name], !value.isEmpty { return active.split.hash(of: value) }
            case .cookie(let name):
                for field in head.headers.values(of: "cookie") {
                    guard let value = StickySource.cookie(name, in: field), !value.isEmpty else { continue }
                    return active.split.hash(of: String(value))
                }
            case .json(let pointer):
                if parsed == nil { parsed = json(copy) ?? .null }
                guard let parsed, let place = try? JSONPointer(pointer), let value = place.value(in: parsed),
                    let key = StickySource.key(of: value)
                else { continue }
                return active.split.hash(of: key)
            case .client:
                if !address.isEmpty { return active.split.hash(of: address) }
            }
        }
        return nil
    }

    private static func json(_ copy: RequestCopy) -> JSONValue? {
        guard let whole = copy.whole, !whole.isEmpty else { return nil }
        return try? JSONValue.parse(whole)
    }
}
