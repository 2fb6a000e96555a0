import Domain
import Notation

/// The mapping behind a metric's name in a policy, all of whose keys are known.
struct MetricOptions {
    /// The metric's written name.
    let metric: String
    private let values: JSONObject

    /// - Throws: where the parameter is no mapping, or has another key.
    init(_ request: MetricRequest, _ known: [String]) throws(MetricProblem) {
        metric = request.name
        values = try request.options(known)
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    func flag(_ key: String, default value: Bool) throws(MetricProblem) -> Bool {
        try values.flag(key, of: metric, default: value)
    }

    func number(_ key: String, default value: Double) throws(MetricProblem) -> Double {
        try values.number(key, of: metric, default: value)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default value: Choice
    ) throws(MetricProblem) -> Choice where Choice.RawValue == String {
        try values.choice(key, of: metric, default: value)
    }
}
