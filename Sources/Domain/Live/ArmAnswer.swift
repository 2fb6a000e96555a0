import Notation

/// What one arm did with one live request. Parts that were not seen are nil.
public struct ArmAnswer: Sendable, Hashable {
    /// One header or slice: a name and its value.
    public typealias Field = LiveField

    public var status: Int?
    /// In the order they came, redacted.
    public var headers: [LiveField]
    public var body: LiveBody?
    public var timings: LiveTimings
    public var usage: Usage?
    /// The model's name as the answer says it.
    public var model: String?
    /// Whether it came as server-sent events.
    public var isStream: Bool
    /// Parts of the body that the rules ask for: their names, and the values found.
    public var fields: [LiveValue]
    /// Why it failed; nil where it answered whole, with a status below 400.
    public var failure: LiveFailure?

    public init(
        status: Int? = nil, headers: [LiveField] = [], body: LiveBody? = nil,
        timings: LiveTimings = LiveTimings(), usage: Usage? = nil, model: String? = nil,
        isStream: Bool = false, fields: [LiveValue] = [], failure: LiveFailure? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.timings = timings
        self.usage = usage
        self.model = model
        self.isStream = isStream
        self.fields = fields
        self.failure = failure
    }

    /// The value of a field that the rules asked for.
    public func field(_ name: String) -> JSONValue? { fields.first { $0.name == name }?.value }

    /// The first header of that name, whatever its case.
    public func header(_ name: String) -> String? { headers.first(named: name) }

    public var tokensPerSecond: Double? { timings.tokensPerSecond(outputTokens: usage?.outputTokens) }
}

/// A header or a slice label.
public struct LiveField: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A part of a body, by the name that the rules give it.
public struct LiveValue: Sendable, Hashable {
    public let name: String
    public let value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension [LiveField] {
    func first(named name: String) -> String? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }
}
