/// The members of a JSON object, in the order they were written; a repeated key keeps its last value.
///
/// Keys are the same only where their UTF-8 bytes are: `é` in one scalar and `é` in two are two keys.
/// Look-up is linear up to 16 members, hashed above.
public struct JSONObject: Sendable {
    public struct Member: Sendable {
        public let key: String
        public var value: JSONValue
    }

    public private(set) var members: [Member] = []
    private var positions: [ByteKey: Int] = [:]
    private static let linearLimit = 16

    public init() {}

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }

    /// The value of a key, or nil where it is absent; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            guard let newValue else {
                guard let index = position(of: key) else { return }
                members.remove(at: index)
                reindex()
                return
            }
            put(key, newValue)
        }
    }

    mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// - Returns: Whether the key is new.
    @discardableResult
    mutating func put(_ key: String, _ value: JSONValue) -> Bool {
        if let index = position(of: key) {
            members[index].value = value
            return false
        }
        members.append(Member(key: key, value: value))
        guard members.count > Self.linearLimit else { return true }
        if positions.isEmpty { reindex() } else { positions[ByteKey(key)] = members.count - 1 }
        return true
    }

    private func position(of key: String) -> Int? {
        if members.count > Self.linearLimit { return positions[ByteKey(key)] }
        let count = key.utf8.count
        for index in members.indices
        where members[index].key.utf8.count == count && sameBytes(members[index].key, key) { return index }
        return nil
    }

    private mutating func reindex() {
        positions = [:]
        guard members.count > Self.linearLimit else { return }
        for (index, member) in members.enumerated() { positions[ByteKey(member.key)] = index }
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
