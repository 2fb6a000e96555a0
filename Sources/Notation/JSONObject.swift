/// The members of a JSON object, in the order they were written; a repeated key keeps its last value.
///
/// Look-up is linear up to 16 members, hashed above.
public struct JSONObject: Sendable {
    public struct Member: Sendable {
        public let key: String
        public var value: JSONValue
    }

    public private(set) var members: [Member] = []
    private var positions: [String: Int] = [:]
    private static let linearLimit = 16

    public init() {}

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }

    /// The value of a key, or nil where it is absent; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil):
                members.remove(at: index)
                reindex()
            case (nil, let value?):
                members.append(Member(key: key, value: value))
                if members.count > Self.linearLimit {
                    if positions.isEmpty { reindex() } else { positions[key] = members.count - 1 }
                }
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        if members.count > Self.linearLimit { return positions[key] }
        return members.firstIndex { $0.key == key }
    }

    private mutating func reindex() {
        positions = [:]
        guard members.count > Self.linearLimit else { return }
        for (index, member) in members.enumerated() { positions[member.key] = index }
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        for member in left.members where right[member.key] != member.value { return false }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        var sum = 0
        for member in members {
            var part = Hasher()
            part.combine(member.key)
            part.combine(member.value)
            sum &+= part.finalize()
        }
        hasher.combine(sum)
    }
}
