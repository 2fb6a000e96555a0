import Notation
import Text

/// How two JSON documents differ, field by field.
///
/// Members of objects are matched by name, elements of lists by the member that names them (`id` and its likes) where
/// all have one and no two the same, else by place between what both lists begin and end with. Lists with the same
/// elements in another order differ in `order` alone. Places within lists are given as `*`.
public struct JSONDifference: Sendable {
    /// Every change, in the order of the first document, what the second alone has behind it. One place may have
    /// several: each element of a list that differs is one.
    public private(set) var changes: [FieldChange] = []
    /// Whether there were more changes than are kept.
    public private(set) var isCut = false

    private let limit: Int
    private static let names = ["id", "key", "name", "doc_id", "document_id", "uuid"]
    private static let excerpt = 60

    /// - Parameters:
    ///   - limit: Changes kept.
    /// - Complexity: O(size of both) but for lists without names, which are sorted: O(n log n).
    public init(_ before: JSONValue, _ after: JSONValue, limit: Int = 400) {
        self.limit = limit
        compare(before, after, path: [])
    }

    private mutating func compare(_ before: JSONValue, _ after: JSONValue, path: [String]) {
        guard before != after, !isCut else { return }
        switch (before, after) {
        case (.object(let one), .object(let other)): compare(one, other, path: path)
        case (.array(let one), .array(let other)): compare(one, other, path: path)
        default:
            let (old, new) = (Self.type(before), Self.type(after))
            if old != new {
                add(
                    .type, path, "\(old) \(Self.words(before))", "\(new) \(Self.words(after))",
                    old < new ? 1 : -1)
            } else {
                add(.value, path, Self.words(before), Self.words(after), Self.direction(before, after))
            }
        }
    }

    private mutating func compare(_ before: JSONObject, _ after: JSONObject, path: [String]) {
        for member in before.members {
            if let other = after[member.key] {
                compare(member.value, other, path: path + [member.key])
            } else {
                add(.missing, path + [member.key], Self.words(member.value), nil, -1)
            }
        }
        for member in after.members where before[member.key] == nil {
            add(.extra, path + [member.key], nil, Self.words(member.value), 1)
        }
    }

    private mutating func compare(_ before: [JSONValue], _ after: [JSONValue], path: [String]) {
        if before.count == after.count, Self.sorted(before) == Self.sorted(after) {
            return add(.order, path, Self.words(.array(before)), Self.words(.array(after)), 0)
        }
        if before.count != after.count {
            add(
                .length, path, Prose.counted(before.count, "element"), Prose.counted(after.count, "element"),
                before.count < after.count ? 1 : -1)
        }
        let element = path + ["*"]
        if let old = Self.named(before), let new = Self.named(after), old.name == new.name {
            compare(before, old.places, after, new.places, path: path)
            return
        }
        // What both begin and end with is the same; between, place by place.
        var head = 0
        while head < min(before.count, after.count), before[head] == after[head] { head += 1 }
        var tail = 0
        while tail < min(before.count, after.count) - head,
            before[before.count - 1 - tail] == after[after.count - 1 - tail]
        { tail += 1 }
        let old = before[head..<(before.count - tail)]
        let new = after[head..<(after.count - tail)]
        for (one, other) in zip(old, new) { compare(one, other, path: element) }
        for value in old.dropFirst(new.count) { add(.missing, element, Self.words(value), nil, -1) }
        for value in new.dropFirst(old.count) { add(.extra, element, nil, Self.words(value), 1) }
    }

    /// Lists whose elements bear names.
    private mutating func compare(
        _ before: [JSONValue], _ old: [String: Int], _ after: [JSONValue], _ new: [String: Int],
        path: [String]
    ) {
        let element = path + ["*"]
        var common: [Int] = []
        for (name, value) in zip(Self.inOrder(old), before) {
            guard let place = new[name] else {
                add(.missing, element, Self.words(value), nil, -1)
                continue
            }
            common.append(place)
            compare(value, after[place], path: element)
        }
        for (name, value) in zip(Self.inOrder(new), after) where old[name] == nil {
            add(.extra, element, nil, Self.words(value), 1)
        }
        if zip(common, common.dropFirst()).contains(where: { $0 > $1 }) {
            add(.order, path, Self.listed(Self.inOrder(old)), Self.listed(Self.inOrder(new)), 0)
        }
    }

    private mutating func add(
        _ kind: FieldChange.Kind, _ path: [String], _ before: String?, _ after: String?, _ direction: Int
    ) {
        guard changes.count < limit else {
            isCut = true
            return
        }
        changes.append(
            FieldChange(
                path: JSONPointer(tokens: path).description, kind: kind, before: before, after: after,
                direction: direction))
    }

    // MARK: Elements

    /// The member by which elements can be told apart, and where each stands.
    private static func named(_ elements: [JSONValue]) -> (name: String, places: [String: Int])? {
        guard !elements.isEmpty else { return nil }
        for name in names {
            var places: [String: Int] = [:]
            for (index, element) in elements.enumerated() {
                guard let key = element[name], let word = word(key), places[word] == nil else { break }
                places[word] = index
            }
            if places.count == elements.count { return (name, places) }
        }
        return nil
    }

    private static func word(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }

    private static func inOrder(_ places: [String: Int]) -> [String] {
        places.sorted { $0.value < $1.value }.map(\.key)
    }

    private static func sorted(_ elements: [JSONValue]) -> [[UInt8]] {
        elements.map { $0.canonicalBytes }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    // MARK: Words

    private static func type(_ value: JSONValue) -> String {
        switch value {
        case .integer, .number: "number"
        default: value.typeName
        }
    }

    private static func direction(_ before: JSONValue, _ after: JSONValue) -> Int {
        if let old = before.doubleValue, let new = after.doubleValue { return old < new ? 1 : -1 }
        if let old = before.boolValue, let new = after.boolValue { return !old && new ? 1 : -1 }
        return 0
    }

    private static func words(_ value: JSONValue) -> String {
        switch value {
        case .string(let text):
            Prose.line("\"" + String(text.unicodeScalars.prefix(4 * excerpt)) + "\"", most: excerpt)
        case .array(let elements): "[\(Prose.counted(elements.count, "element"))]"
        case .object(let object): "{\(Prose.counted(object.count, "member"))}"
        default: Prose.line(String(decoding: value.bytes(), as: UTF8.self), most: excerpt)
        }
    }

    private static func listed(_ names: [String]) -> String {
        Prose.line(names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " …" : ""), most: excerpt)
    }
}
