import Domain
import Notation

/// One test as promptfoo has it, with its variables laid together and one value for each.
struct PromptfooTest: Sendable {
    var description: String?
    var variables = JSONObject()
    var assertions: [PromptfooAssertion] = []
    /// The score that suffices, in place of every assertion's own.
    var threshold: Double?
    var metadata = JSONObject()
    var prefix = ""
    var suffix = ""
    /// Whether what it asks could not be read, which was noted: it is no test.
    var isUnread = false
    let place: SourcePlace

    init(place: SourcePlace) { self.place = place }
}

/// One assertion of a test.
struct PromptfooAssertion: Sendable {
    /// Without `not-`.
    let type: String
    let isNegated: Bool
    let value: JSONValue?
    let threshold: Double?
    let weight: Double?
    let metric: String?
    /// Further keys, which change what is compared: `transform`, `provider` …
    let others: [String]
    /// The assertions of a set.
    let members: [PromptfooAssertion]
    let place: SourcePlace

    init(
        type: String, value: JSONValue? = nil, threshold: Double? = nil, weight: Double? = nil,
        metric: String? = nil,
        others: [String] = [], members: [PromptfooAssertion] = [], place: SourcePlace
    ) {
        isNegated = type.hasPrefix("not-")
        self.type = isNegated ? String(type.dropFirst(4)) : type
        self.value = value
        self.threshold = threshold
        self.weight = weight
        self.metric = metric
        self.others = others
        self.members = members
        self.place = place
    }

    /// As it is written.
    var name: String { isNegated ? "not-" + type : type }

    /// With the names in its value filled in; nil where the value has more than names.
    func rendered(_ variables: JSONObject) -> PromptfooAssertion? {
        guard let value, let filled = Self.filled(value, variables) else {
            return self.value == nil ? self : nil
        }
        return PromptfooAssertion(
            type: name, value: filled, threshold: threshold, weight: weight, metric: metric, others: others,
            members: members, place: place)
    }

    private static func filled(_ value: JSONValue, _ variables: JSONObject) -> JSONValue? {
        switch value {
        case .string(let text):
            let template = PromptTemplate(text)
            return template.beyond == nil ? template.value(variables) : nil
        case .array(let elements):
            var out: [JSONValue] = []
            for element in elements {
                guard let made = filled(element, variables) else { return nil }
                out.append(made)
            }
            return .array(out)
        case .object(let object):
            var out = JSONObject()
            for member in object.members {
                guard let made = filled(member.value, variables) else { return nil }
                out[member.key] = made
            }
            return .object(out)
        default: return value
        }
    }
}
