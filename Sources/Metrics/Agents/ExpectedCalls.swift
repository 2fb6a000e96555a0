import Domain
import Notation

/// The tool calls that an example expects, read from its expected result (`expected_tool_calls`, `expected_json`).
///
/// Known forms, one call or a list of them:
/// - `{"name": "book", "arguments": {"seats": 2}}` and what else ``ToolCall`` is written as: the arguments must be equal;
/// - `{"name": "book", "accepted": {"seats": [2, 3], "aisle": [true, ""]}}`: each argument must be one of those listed,
///   and may be left out where `""` is among them or nothing is listed;
/// - `{"book": {"seats": [2, 3]}}`, the same in the Berkeley leaderboard's form; where one of the arguments is no list,
///   as in `{"book": {"seats": 2}}`, they are the arguments themselves and must be equal;
/// - `"book"`, a name with any arguments.
///
/// An empty list says that no tool may be called.
struct ExpectedCalls: Sendable {
    struct Call: Sendable {
        let name: String
        let arguments: Arguments
    }

    enum Arguments: Sendable {
        case any
        case equal(JSONValue)
        case accepted([(name: String, values: [JSONValue])])
    }

    let calls: [Call]

    /// Nil where the value is no list of calls.
    init?(_ value: JSONValue?) {
        guard let value else { return nil }
        var calls: [Call] = []
        for element in value.arrayValue ?? [value] {
            guard let call = Self.call(element) else { return nil }
            calls.append(call)
        }
        self.calls = calls
    }

    private static func call(_ value: JSONValue) -> Call? {
        if let name = value.stringValue { return name.isEmpty ? nil : Call(name: name, arguments: .any) }
        guard let object = value.objectValue else { return nil }
        let inner = object["function"]?.objectValue ?? object
        if let name = (inner["name"] ?? inner["tool"])?.stringValue, !name.isEmpty {
            if let accepted = inner["accepted"]?.objectValue {
                return accepting(accepted).map { Call(name: name, arguments: .accepted($0)) }
            }
            guard let given = inner["arguments"] ?? inner["args"] ?? inner["input"] ?? inner["parameters"]
            else {
                return Call(name: name, arguments: .any)
            }
            if let text = given.stringValue {
                guard let parsed = try? JSONValue.parse(text) else { return nil }
                return Call(name: name, arguments: .equal(parsed))
            }
            return Call(name: name, arguments: .equal(given))
        }
        guard object.count == 1, let only = object.members.first, let lists = only.value.objectValue else {
            return nil
        }
        let arguments = accepting(lists).map { Arguments.accepted($0) } ?? .equal(only.value)
        return Call(name: only.key, arguments: arguments)
    }

    private static func accepting(_ object: JSONObject) -> [(name: String, values: [JSONValue])]? {
        var lists: [(name: String, values: [JSONValue])] = []
        for member in object.members {
            guard let values = member.value.arrayValue else { return nil }
            lists.append((member.key, values))
        }
        return lists
    }

    /// Which of the made calls each expected one is met by, as pairs: each call is used once.
    ///
    /// The largest number of pairs that there can be. `O(expected · made²)` at worst.
    func matches(_ made: [ToolCall], _ isMet: (Call, ToolCall) -> Bool) -> Int {
        var takenBy = [Int?](repeating: nil, count: made.count)
        var found = 0
        for place in calls.indices {
            var seen = Set<Int>()
            if assign(place, made, isMet, &takenBy, &seen) { found += 1 }
        }
        return found
    }

    /// Finds a made call for an expected one, moving others where they have another choice.
    private func assign(
        _ place: Int, _ made: [ToolCall], _ isMet: (Call, ToolCall) -> Bool, _ takenBy: inout [Int?],
        _ seen: inout Set<Int>
    ) -> Bool {
        for index in made.indices where !seen.contains(index) && isMet(calls[place], made[index]) {
            seen.insert(index)
            let holder = takenBy[index]
            if holder == nil || assign(holder ?? 0, made, isMet, &takenBy, &seen) {
                takenBy[index] = place
                return true
            }
        }
        return false
    }
}

extension ExpectedCalls.Call {
    /// Whether name and arguments are right.
    func isMet(by made: ToolCall) -> Bool {
        guard made.name == name else { return false }
        switch arguments {
        case .any: return true
        case .equal(let wanted): return Self.isSame(wanted, made.arguments)
        case .accepted(let lists):
            guard let given = made.arguments.objectValue else { return false }
            for member in given.members where !lists.contains(where: { $0.name == member.key }) {
                return false
            }
            for (name, values) in lists {
                guard let value = given[name] else {
                    if values.isEmpty || values.contains("") { continue }
                    return false
                }
                guard values.contains(where: { Self.isAccepted($0, value) }) else { return false }
            }
            return true
        }
    }

    /// Equal by value; a missing list of arguments is an empty one.
    private static func isSame(_ wanted: JSONValue, _ made: JSONValue) -> Bool {
        if wanted == made { return true }
        let isEmpty = { (value: JSONValue) in value.isNull || value.objectValue?.count == 0 }
        return isEmpty(wanted) && isEmpty(made)
    }

    /// Equal, texts without regard to letter case, spaces and the signs `, . / - _ * ^`, as the Berkeley leaderboard has
    /// it; lists element by element; the members of an accepted object are lists of accepted values in their turn.
    private static func isAccepted(_ wanted: JSONValue, _ made: JSONValue) -> Bool {
        switch (wanted, made) {
        case (.string(let left), .string(let right)): return plain(left) == plain(right)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { isAccepted($0, $1) }
        case (.object(let left), .object(let right)):
            for member in right.members where left[member.key] == nil { return false }
            for member in left.members {
                let choices = member.value.arrayValue ?? [member.value]
                guard let value = right[member.key] else {
                    if choices.isEmpty || choices.contains("") { continue }
                    return false
                }
                guard choices.contains(where: { isAccepted($0, value) }) || member.value == value else {
                    return false
                }
            }
            return true
        default: return wanted == made
        }
    }

    private static func plain(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        for byte in text.lowercased().utf8 {
            switch byte {
            case 0x20, 0x2C, 0x2E, 0x2F, 0x2D, 0x5F, 0x2A, 0x5E: continue
            case 0x27: out.append(0x22)
            default: out.append(byte)
            }
        }
        return out
    }
}
