import Domain
import Notation
import Policy
import Testing

/// Random changes to good policies: whatever comes, there is a policy or a diagnostic, never a crash.
@Suite struct MutationTests {
    /// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
    struct Random {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
    }

    static let pieces = [
        "gates:", "- ", "  ", "\n", "\t", "{", "}", "[", "]", ":", ": ", "\"", "'", "&a ", "*a", "!!str ",
        "|", ">", "#", "%", "5",
        "-1", "1e999", "0.5", "null", "true", "~", "version: 1", "preset: rag", "kpi", "[each]", ".p95", "@3",
        "@0", "when ",
        "not worse than baseline", ">=", "${env:X}", "${input.", "é", "日本", "\u{202E}", "\u{0}", "\u{1B}",
        "---\n", "<<: ", "?",
        "unsure: ask", "canary: {}", "\r", "\u{2028}", "{ rule: x }", "blessed: x", "..", "intent_f1[", "= ",
        "of baseline", "100%",
    ]

    static func mutated(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
        var out = bytes
        for _ in 0...random.below(4) {
            let place = random.below(out.count + 1)
            switch random.below(7) {
            case 0: out.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
            case 1: out.removeSubrange(place..<min(out.count, place + random.below(20)))
            case 2 where place < out.count: out[place] = UInt8(truncatingIfNeeded: random.next())
            case 3: out = Array(out.prefix(place))
            case 4:
                let end = min(out.count, place + random.below(60))
                out.insert(contentsOf: Array(out[place..<end]), at: random.below(out.count + 1))
            case 5:
                var lines = out.split(separator: 0x0A, omittingEmptySubsequences: false)
                lines.swapAt(random.below(lines.count), random.below(lines.count))
                out = Array(lines.joined(separator: [0x0A]))
            default: out.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
            }
            if out.isEmpty { out = bytes }
        }
        return out
    }

    @Test(arguments: Fixtures.names("good"))
    func aMutatedPolicyGivesAPolicyOrADiagnostic(_ name: String) throws {
        let good = try Fixtures.bytes("good", name)
        let seed: UInt64 = 20_260_101
        var random = Random(state: seed)
        for round in 0..<150 {
            let bytes = Self.mutated(good, &random)
            let (policy, diagnostics) = PolicyReader.read(bytes, path: "p.yaml")
            let context = "seed \(seed), round \(round)"
            #expect((policy == nil) == diagnostics.haveErrors, "\(context)")
            let places = diagnostics.map(\.place)
            for (first, second) in zip(places, places.dropFirst()) {
                #expect((first.line, first.column) <= (second.line, second.column), "\(context)")
            }
            #expect(diagnostics.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 }, "\(context)")
            let text = DiagnosticText().render(diagnostics)
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "\(context)")
        }
    }

    @Test func aSoupOfTokensIsARuleOrAProblem() throws {
        let words =
            RuleGrammarTests.cases.flatMap { $0.rule.split(separator: " ").map(String.init) } + Self.pieces
        var random = Random(state: 7)
        for _ in 0..<500 {
            var rule = ""
            for _ in 0...random.below(8) {
                rule += words[random.below(words.count)] + (random.below(4) == 0 ? "" : " ")
            }
            let escaped = rule.unicodeScalars.map { scalar -> String in
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                default:
                    scalar.value < 0x20 || scalar.value == 0x2028
                        ? "\\u\(String(0x10000 + scalar.value, radix: 16).dropFirst())" : String(scalar)
                }
            }.joined()
            let (policy, diagnostics) = read(Fixtures.policy(gates: ["\"\(escaped)\""], repeats: 3))
            #expect((policy == nil) == diagnostics.haveErrors, "\(rule)")
        }
    }

    /// A rule with one token dropped, doubled or exchanged.
    @Test func nearlyRightRulesAreARuleOrAProblemAtTheirOwnPlace() throws {
        let rules = RuleGrammarTests.cases.map(\.rule).filter { !$0.contains("\"") }
        var random = Random(state: 11)
        var held = 0
        for _ in 0..<600 {
            var tokens = rules[random.below(rules.count)].split(separator: " ").map(String.init)
            let place = random.below(tokens.count)
            switch random.below(3) {
            case 0: tokens.remove(at: place)
            case 1: tokens.insert(tokens[place], at: place)
            default: tokens.swapAt(place, random.below(tokens.count))
            }
            let rule = tokens.joined(separator: " ")
            guard !rule.isEmpty else { continue }
            let (policy, diagnostics) = read(Fixtures.policy(gates: ["\"\(rule)\""], repeats: 5))
            #expect((policy == nil) == diagnostics.haveErrors, "\(rule)")
            if policy != nil { held += 1 }
            for diagnostic in diagnostics {
                #expect(diagnostic.place.line == 13, "\(rule)")
                #expect((6...(6 + rule.unicodeScalars.count)).contains(diagnostic.place.column), "\(rule)")
            }
        }
        // Some changes leave a rule, most do not; else this tests one side alone.
        #expect((30..<500).contains(held), "\(held)")
    }
}
