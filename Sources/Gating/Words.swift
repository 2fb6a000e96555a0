import Domain
import Glibc
import Metrics
import Text

func shortNumber(_ value: Double) -> String { Numbers.short(value) }

/// A value in the words of its unit: `0.895`, `4.21 s`, `120 tokens`.
func words(_ value: Double, _ unit: String) -> String {
    switch MetricUnit(rawValue: unit) {
    case .milliseconds: Numbers.duration(milliseconds: value)
    case .tokens: shortNumber(value) + " tokens"
    case .characters: shortNumber(value) + " characters"
    case .ratio, .money, .count, .text, nil: shortNumber(value)
    }
}

func rounded(_ count: Int) -> String { Numbers.about(count) }

/// `1 example`, `2 examples`.
func counted(_ count: Int, _ one: String, _ many: String) -> String {
    Prose.counted(count, one, many)
}

/// `a`, `a and b`, `a, b and c`.
func listed(_ parts: [String]) -> String {
    Prose.listed(parts)
}

func logarithm(_ value: Double) -> Double { value > 0 ? log(value) : .nan }

func exponential(_ value: Double) -> Double { exp(value) }

/// Room for rounding: 90 right of 100 must satisfy `>= 0.9` however the mean was added up.
let tolerance = 1e-12

extension Comparison {
    /// `holds`, but for rounding.
    func isMet(_ value: Double, _ bound: Double) -> Bool {
        let room = tolerance * max(1, abs(bound))
        switch self {
        case .atLeast: return value >= bound - room
        case .atMost: return value <= bound + room
        case .equal: return abs(value - bound) <= room
        case .above: return value > bound + room
        case .below: return value < bound - room
        }
    }
}
