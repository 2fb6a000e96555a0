import Notation

/// Which variants of the app `sluice sweep` holds against each other, and by what.
public struct SweepPolicy: Sendable {
    /// Values of single parameters.
    public var vary: [Parameter]
    public var combination: Combination
    /// Variants with names of their own.
    public var variants: [Variant]
    /// Where parameters lie whose name does not say so.
    public var places: [Placement]
    /// The variant that the others are held against; nil: the app as the policy has it.
    public var reference: String?
    /// Axes of the Pareto frontier; empty: chosen among the policy's metrics.
    public var axes: [MetricReference]
    /// Metrics on which claims are made, besides the axes.
    public var metrics: [MetricReference]

    public init() {
        vary = []
        combination = .crossed
        variants = []
        places = []
        axes = []
        metrics = []
    }

    /// How several parameters of `vary` become variants.
    public enum Combination: String, Sendable, Hashable, CaseIterable {
        /// Every value of one with every value of the others.
        case crossed
        /// One parameter at a time, the others as the policy has them.
        case apart
    }

    /// One parameter and the values it takes.
    public struct Parameter: Sendable {
        public let name: String
        public let values: [JSONValue]

        public init(name: String, values: [JSONValue]) {
            self.name = name
            self.values = values
        }
    }

    /// One parameter with one value.
    public struct Setting: Sendable, Hashable {
        public let parameter: String
        public let value: JSONValue

        public init(_ parameter: String, _ value: JSONValue) {
            self.parameter = parameter
            self.value = value
        }
    }

    public struct Variant: Sendable, Hashable {
        public let name: String
        public let settings: [Setting]

        public init(name: String, settings: [Setting]) {
            self.name = name
            self.settings = settings
        }
    }

    public struct Placement: Sendable {
        public let parameter: String
        public let place: Place

        public init(parameter: String, place: Place) {
            self.parameter = parameter
            self.place = place
        }
    }

    /// What of a target a parameter is laid over.
    public enum Place: Sendable, Hashable {
        /// A member of the request's body.
        case body(JSONPointer)
        /// A header of the request.
        case header(String)
        /// A variable in the environment of a command.
        case environment(String)
        /// The address: the variant runs somewhere else.
        case url
        /// The system prompt of a chat API.
        case system

        /// `/options/top_k`, `header X-Mode`, `env CHUNKING`, `url`, `system`; nil for any other text.
        public init?(_ text: String) {
            let words = text.split(separator: " ", omittingEmptySubsequences: true)
            switch (words.first, words.count) {
            case ("url", 1): self = .url
            case ("system", 1): self = .system
            case ("header", 2): self = .header(String(words[1]))
            case ("env", 2): self = .environment(String(words[1]))
            default:
                guard text.utf8.first == UInt8(ascii: "/"), let pointer = try? JSONPointer(text) else {
                    return nil
                }
                self = .body(pointer)
            }
        }

        public var text: String {
            switch self {
            case .body(let pointer): pointer.description
            case .header(let name): "header \(name)"
            case .environment(let name): "env \(name)"
            case .url: "url"
            case .system: "system"
            }
        }
    }

    /// Where a parameter lies: as the policy says, else as its name does, else in the member of the body that bears
    /// its name. A parameter called `url` is the address.
    public func place(of parameter: String) -> Place {
        if let given = places.last(where: { $0.parameter == parameter }) { return given.place }
        switch Place(parameter) {
        case .system?, nil: return .body(JSONPointer(tokens: [parameter]))
        case let place?: return place
        }
    }
}
