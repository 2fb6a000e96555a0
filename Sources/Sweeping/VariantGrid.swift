import Domain
import Notation

/// The variants that a sweep compares, of its parameters and named variants.
public struct VariantGrid: Sendable {
    /// Why there are none: what is wrong, and how to mend it.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public let message: String
        public let mend: String?
        public var description: String { mend.map { message + "; " + $0 } ?? message }
    }

    /// The reference first.
    public let variants: [Variant]
    /// Variants left out since another one is the same, as `B is A`.
    public let repeated: [String]

    /// The name of the app as the policy has it.
    public static let own = "policy"
    /// More than these nobody reads, and the correction for their number leaves nothing to be seen.
    public static let most = 200

    /// - Parameter only: Names of variants to take; empty: all. The reference takes part in any case.
    public init(_ sweep: SweepPolicy, only: [String] = []) throws(Problem) {
        var all = [Variant(name: Self.own, settings: [])]
        all += try Self.grid(sweep)
        all += sweep.variants.map { Variant(name: $0.name, settings: $0.settings) }
        guard all.count > 1 else {
            throw Problem(
                message: "there is nothing to compare: no parameter is varied and no variant is named",
                mend: "give --vary NAME=VALUE,VALUE or the policy's key 'sweep'")
        }
        var kept: [Variant] = []
        var repeated: [String] = []
        for variant in all {
            if let same = kept.first(where: { $0.sorted == variant.sorted }) {
                repeated.append("\(variant.name) is \(same.name)")
            } else if kept.contains(where: { $0.name == variant.name }) {
                throw Problem(
                    message: "two variants are called '\(variant.name)'", mend: "name one of them otherwise")
            } else {
                kept.append(variant)
            }
        }
        let wanted = sweep.reference ?? Self.own
        guard let reference = kept.first(where: { $0.name == wanted }) else {
            throw Problem(
                message: "the reference '\(wanted)' is no variant",
                mend: "there are " + Self.listed(kept.map(\.name)))
        }
        for name in only where !kept.contains(where: { $0.name == name }) {
            throw Problem(
                message: "'\(name)' is no variant", mend: "there are " + Self.listed(kept.map(\.name)))
        }
        var others = kept.filter { $0.name != wanted && (only.isEmpty || only.contains($0.name)) }
        // Somebody who names a reference compares with that; the policy's own is asked for by name.
        if sweep.reference != nil, !only.contains(Self.own) { others.removeAll { $0.name == Self.own } }
        guard !others.isEmpty else {
            throw Problem(message: "only the reference is left to compare", mend: "take more variants")
        }
        guard others.count < Self.most else {
            throw Problem(
                message: "\(others.count + 1) variants; a sweep compares at most \(Self.most)",
                mend: "vary less, or one parameter at a time (combine: apart, --apart)")
        }
        variants = [reference] + others
        self.repeated = repeated
    }

    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? shown + " and \(names.count - 12) more" : shown
    }

    private static func grid(_ sweep: SweepPolicy) throws(Problem) -> [Variant] {
        switch sweep.combination {
        case .apart:
            var variants: [Variant] = []
            for parameter in sweep.vary {
                for index in parameter.values.indices { variants.append(variant([(parameter, index)])) }
            }
            return variants
        case .crossed:
            guard !sweep.vary.isEmpty else { return [] }
            var size = 1
            for parameter in sweep.vary {
                let (product, overflow) = size.multipliedReportingOverflow(by: parameter.values.count)
                guard !overflow, product <= 10_000 else {
                    throw Problem(
                        message: "the parameters make more than 10,000 variants",
                        mend: "vary less, or one parameter at a time (combine: apart, --apart)")
                }
                size = product
            }
            var chosen: [[(SweepPolicy.Parameter, Int)]] = [[]]
            for parameter in sweep.vary {
                var longer: [[(SweepPolicy.Parameter, Int)]] = []
                for before in chosen {
                    for index in parameter.values.indices { longer.append(before + [(parameter, index)]) }
                }
                chosen = longer
            }
            return chosen.map(variant)
        }
    }

    private static func variant(_ choices: [(SweepPolicy.Parameter, Int)]) -> Variant {
        let names = choices.map { parameter, index in
            shortName(parameter.name) + "=" + shortValue(parameter.values[index], number: index + 1)
        }
        return Variant(
            name: names.joined(separator: ","),
            settings: choices.map { SweepPolicy.Setting($0.name, $0.values[$1]) })
    }

    /// `header X-Mode` → `X-Mode`, `/options/top_k` → `top_k`.
    private static func shortName(_ name: String) -> String {
        let end = name.split(whereSeparator: { $0 == "/" || $0 == " " }).last.map(String.init) ?? name
        return isWord(end) ? end : "parameter"
    }

    /// A short word as it is; a text of its own length by its number in the list.
    private static func shortValue(_ value: JSONValue, number: Int) -> String {
        let text = Variant.text(value)
        return isWord(text) ? text : "#\(number)"
    }

    private static func isWord(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 24 else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.+".utf8.contains(byte)
            }
        }
    }
}
