/// A number that was computed from data: its value, its interval where one can be had, and how many units carry it.
public struct Estimate: Sendable, Hashable {
    public let value: Double
    public let interval: Interval?
    /// Independent units (examples, keys), never requests or repeats.
    public let n: Int
    /// How the value was computed: `mean`, `p95`, `macro F1` …
    public let method: String

    public init(value: Double, interval: Interval?, n: Int, method: String) {
        self.value = value
        self.interval = interval
        self.n = n
        self.method = method
    }
}
