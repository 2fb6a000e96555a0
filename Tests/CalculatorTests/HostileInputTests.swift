import Calculator
import Notation
import Testing

/// Every statistic under inputs that are wrong in one place: a number of a wild size, an array without elements,
/// with one, or all alike, a row too short. The answer is a typed error or an honest number, soon.
@Suite struct HostileInputTests {
    private static let numbers: [JSONValue] = [
        .integer(-1), .integer(0), .integer(1), .integer(2), .number(0.5), .number(1e308), .number(-1e308),
        .number(.leastNonzeroMagnitude), .integer(1 << 53), .integer(.max), .integer(.min),
    ]

    @Test(arguments: StatisticCatalogue.entries.map(\.name))
    func oneWildValueGivesAnErrorOrAnHonestNumber(name: String) throws {
        let entry = try #require(StatisticCatalogue.entry(named: name))
        let clock = ContinuousClock()
        var answered = 0
        var refused = 0
        for input in Self.mutations(of: entry.example) {
            let start = clock.now
            do throws(StatisticProblem) {
                let answer = try entry.answer(input)
                answered += 1
                for fault in Self.faults(in: answer, "result") {
                    Issue.record("\(name): \(fault) for \(Self.text(input).prefix(400))")
                }
            } catch {
                refused += 1
                #expect(!error.description.isEmpty)
            }
            let taken = clock.now - start
            #expect(taken < .seconds(5), "\(name) took \(taken) for \(Self.text(input).prefix(400))")
        }
        #expect(refused > 0, "\(name) refuses nothing: \(answered) answers")
    }

    /// The value with one leaf or one array changed, every way in turn.
    private static func mutations(of value: JSONValue) -> [JSONValue] {
        switch value {
        case .integer, .number: return numbers
        case .array(let elements):
            var out: [JSONValue] = [.array([])]
            if let first = elements.first {
                out.append(.array([first]))
                out.append(.array(elements + [first]))
                out.append(.array([JSONValue](repeating: first, count: elements.count)))
            }
            // The ends and the middle stand for the rest.
            let places = Set([0, elements.count / 2, elements.count - 1]).sorted()
            for place in places where elements.indices.contains(place) {
                for changed in mutations(of: elements[place]) {
                    var copy = elements
                    copy[place] = changed
                    out.append(.array(copy))
                }
            }
            return out
        case .object(let object):
            var out: [JSONValue] = []
            for member in object.members {
                for changed in mutations(of: member.value) {
                    var copy = object
                    copy[member.key] = changed
                    out.append(.object(copy))
                }
            }
            return out
        case .string: return [.string(""), .string("no such word")]
        case .bool(let flag): return [.bool(!flag)]
        case .null: return [.integer(1)]
        }
    }

    /// Numbers that are none, chances outside 0...1, intervals without width or the wrong way round.
    private static func faults(in value: JSONValue, _ place: String) -> [String] {
        switch value {
        case .number(let number): return number.isFinite ? [] : ["\(place) is \(number)"]
        case .array(let elements):
            return elements.enumerated().flatMap { faults(in: $0.element, "\(place)[\($0.offset)]") }
        case .object(let object):
            var out = object.members.flatMap { faults(in: $0.value, "\(place).\($0.key)") }
            if let p = object["p_value"]?.doubleValue, !(0...1).contains(p) {
                out.append("\(place).p_value is \(p)")
            }
            // No confidence, no width: that is honest. Order statistics of ties are ties.
            let isSure = object["confidence"]?.doubleValue.map { $0 > 1e-6 } ?? true
            let isOfOrder = object["method"]?.stringValue?.contains("order statistics") ?? false
            if isSure, !isOfOrder, let lower = object["lower"]?.doubleValue,
                let upper = object["upper"]?.doubleValue, lower >= upper
            {
                out.append("\(place) is an interval from \(lower) to \(upper)")
            }
            return out
        default: return []
        }
    }

    private static func text(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
