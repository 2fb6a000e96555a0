import Glibc

/// ln of the mean of eight numbers that are given by their logarithms, without overflow.
func logMean(_ logs: SIMD8<Double>) -> Double {
    let largest = logs.max()
    var sum = 0.0
    for index in 0..<8 { sum += exp(logs[index] - largest) }
    return largest + log(sum / 8)
}

/// exp, but the largest number instead of infinity, and the smallest instead of 0.
func bounded(exp logarithm: Double) -> Double {
    min(max(exp(logarithm), .leastNonzeroMagnitude), .greatestFiniteMagnitude)
}
