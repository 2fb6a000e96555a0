import Notation

/// JSON with texts to fill in: the body of a journey's request, the value of a condition.
///
/// A text that is one placeholder takes the value's own JSON type.
public indirect enum StepValue: Sendable, Hashable {
    /// What is no text, list or object.
    case plain(JSONValue)
    case text(StepText)
    case list([StepValue])
    case object([Member])

    public struct Member: Sendable, Hashable {
        public let key: String
        public let value: StepValue
    }

    /// - Throws: The first placeholder that is none.
    public init(_ value: JSONValue) throws(StepText.Problem) {
        switch value {
        case .string(let text): self = .text(try StepText(text))
        case .array(let elements):
            var list: [StepValue] = []
            for element in elements { list.append(try StepValue(element)) }
            self = .list(list)
        case .object(let object):
            var members: [Member] = []
            for member in object.members {
                members.append(Member(key: member.key, value: try StepValue(member.value)))
            }
            self = .object(members)
        default: self = .plain(value)
        }
    }

    /// The JSON as it was written, its placeholders unresolved.
    public var source: JSONValue {
        switch self {
        case .plain(let value): return value
        case .text(let text): return .string(text.source)
        case .list(let elements): return .array(elements.map(\.source))
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = member.value.source }
            return .object(object)
        }
    }

    /// Every text in it, in order.
    public var texts: [StepText] {
        switch self {
        case .plain: []
        case .text(let text): [text]
        case .list(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap(\.value.texts)
        }
    }
}
