import Foundation
import Testing

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// That the extract in `Fixtures` says what the whole file says, row by row.
@Suite(.enabled(if: shared != nil)) struct CorpusGroupSequentialTests {
    struct Original: Decodable {
        let design: String
        let quantity: String
        let at: String?
        let expected: Expected
    }

    enum Expected: Decodable {
        case values([Double])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let list = try? container.decode([Double].self) {
                self = .values(list)
            } else {
                self = .values([try container.decode(Double.self)])
            }
        }
    }

    @Test func theExtractHoldsEveryRow() throws {
        let file = try URL(fileURLWithPath: #require(shared))
            .appendingPathComponent("experiment-statistics/group_sequential.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let extract = try GroupSequentialTests.published()
        #expect(lines.count == 43 && extract.count == 43)
        for (line, row) in zip(lines, extract) {
            let original = try JSONDecoder().decode(Original.self, from: Data(line.utf8))
            guard case .values(let expected) = original.expected else { continue }
            #expect(expected == row.expected, "\(line)")
            // Defaults of the file's origin: 3 looks, one-sided .025, power .9.
            #expect(argument("k", of: original.design) ?? 3 == Double(row.looks), "\(line)")
            #expect(argument("alpha", of: original.design) ?? 0.025 == row.alpha, "\(line)")
            let beta = argument("beta", of: original.design) ?? 0.1
            #expect(abs(1 - beta - row.power) < 1e-12, "\(line)")
            #expect(argument("sfupar", of: original.design) == row.parameter, "\(line)")
            let isTwoSided = argument("test.type", of: original.design) == 2
            #expect(isTwoSided == (row.form == "two-sided"), "\(line)")
            let words = [
                "OF": "obrien-fleming", "Pocock": "pocock", "WT": "wang-tsiatis", "sfPower": "power spending",
            ]
            let named = words.filter { original.design.contains("sfu = \($0.key)") }
            let quoted = words.filter { original.design.contains("sfu = \"\($0.key)\"") }
            #expect(named.values.contains(row.bounds) || quoted.values.contains(row.bounds), "\(line)")
            let quantities = [
                "n.I": "maximum information", "en": "expected information", "bound": "last bound",
            ]
            let place = try #require(
                ["n.I", "bound", "en"].first {
                    original.quantity.contains("$\($0)") || original.quantity.contains("$upper$\($0)")
                })
            #expect(quantities[place] == row.quantity, "\(line)")
            let multiples = original.at.flatMap { list(after: "c(", in: $0) } ?? [0]
            #expect(multiples == row.multiples, "\(line)")
        }
    }

    /// The number behind `name = `.
    private func argument(_ name: String, of text: String) -> Double? {
        for part in text.components(separatedBy: ", ") {
            let sides = part.components(separatedBy: " = ")
            if sides.count == 2, sides[0] == name { return Double(sides[1]) }
        }
        return nil
    }

    private func list(after opening: String, in text: String) -> [Double]? {
        guard let start = text.range(of: opening), let end = text[start.upperBound...].firstIndex(of: ")")
        else {
            return nil
        }
        return text[start.upperBound..<end].components(separatedBy: ", ").compactMap(Double.init)
    }
}
