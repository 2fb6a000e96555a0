import Glibc

/// The geometric mean as trec_eval has it, with a least value that keeps one failure from making it 0.
public enum GeometricMean {
    static let least = 0.00001

    public static func logarithm(_ value: Double) -> Double { log(max(value, least)) }

    public static func value(logarithms: Double, count: Double) -> Double { exp(logarithms / count) }
}
