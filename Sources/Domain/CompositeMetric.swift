/// A metric made of others, example by example, as a policy declares it under `composite`.
public struct CompositeMetric: Sendable {
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// The weighted mean of the parts, each brought into `[0, 1]` with 1 as its good end.
        case weighted
        /// Whether every part holds.
        case allOf = "all_of"
        /// Whether some part holds.
        case anyOf = "any_of"
        /// Whether the one part does not hold.
        case not
    }

    /// One metric of it, and when it holds.
    public struct Part: Sendable {
        public let request: MetricRequest
        /// It holds from here on; nil, with `atMost` nil too: where a metric that passes or fails passes.
        public let atLeast: Double?
        /// It holds up to here.
        public let atMost: Double?
        /// Its share of the whole, for `weighted`.
        public let weight: Double

        public init(
            request: MetricRequest, atLeast: Double? = nil, atMost: Double? = nil, weight: Double = 1
        ) {
            self.request = request
            self.atLeast = atLeast
            self.atMost = atMost
            self.weight = weight
        }
    }

    public let name: String
    public let form: Form
    public let parts: [Part]
    public let place: SourcePlace

    public init(
        name: String, form: Form, parts: [Part], place: SourcePlace = SourcePlace(file: "", line: 0)
    ) {
        self.name = name
        self.form = form
        self.parts = parts
        self.place = place
    }
}
