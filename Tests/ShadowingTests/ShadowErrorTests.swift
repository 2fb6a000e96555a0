import Shadowing
import Testing

/// What is claimed of arms that are alike, and of arms that are not.
@Suite struct ShadowErrorTests {
    private func claims(_ result: ShadowResult) -> [ShadowResult.Finding] {
        result.findings.filter { $0.pValue != nil }
    }

    @Test(arguments: [true, false])
    func ofArmsThatAreAlikeNothingIsClaimed(hasControl: Bool) {
        var wrong = 0
        let runs = 120
        for seed in 0..<runs {
            let traffic = Traffic(keys: 60, perKey: 2, seed: UInt64(seed + 1), hasControl: hasControl)
            if !claims(traffic.result()).isEmpty { wrong += 1 }
        }
        // At 5 % of 120: 6 expected; 13 or more in 1 of 150 even if all of the error were spent.
        #expect(wrong <= 12, "\(wrong) of \(runs)")
    }

    @Test func requestsOfOneKeyAreNotCountedAsMany() {
        // Half of the keys differ in all of their requests, by chance: 12 keys are 12 tosses, not 240.
        var wrong = 0
        for seed in 0..<60 {
            let result = Traffic(keys: 24, perKey: 10, seed: UInt64(900 + seed)).result()
            if !claims(result).isEmpty { wrong += 1 }
        }
        #expect(wrong <= 8, "\(wrong)")
    }

    struct Planted: Sendable, CustomTestStringConvertible {
        let name: String
        var change = Traffic.Change()
        /// Words of the subject that has to be among the claims.
        let expected: @Sendable (ShadowResult, ShadowResult.Finding.Subject) -> Bool

        var testDescription: String { name }

        init(
            _ name: String, _ make: (inout Traffic.Change) -> Void,
            _ expected: @escaping @Sendable (ShadowResult, ShadowResult.Finding.Subject) -> Bool
        ) {
            self.name = name
            self.expected = expected
            make(&change)
        }
    }

    @Test(arguments: [
        Planted("errors", { $0.errors = 0.25 }) { result, subject in
            if case .rate(let index) = subject { return result.rates[index].name == "errors" }
            return false
        },
        Planted("blocks", { $0.blocks = 0.3 }) { result, subject in
            if case .rate(let index) = subject { return result.rates[index].name == "guardrail blocks" }
            return false
        },
        Planted("latency", { $0.slower = 1.3 }) { result, subject in
            if case .mean(let index) = subject { return result.numbers[index].name == "latency" }
            return false
        },
        Planted("intent", { $0.otherIntent = 0.3 }) { result, subject in
            if case .words(let index) = subject { return result.categories[index].name == "intent" }
            return false
        },
        Planted("emoji", { $0.emoji = 0.3 }) { result, subject in
            if case .rate(let index) = subject { return result.rates[index].name == "emoji" }
            return false
        },
        Planted("field dropped", { $0.dropsField = 0.4 }) { result, subject in
            if case .field(let index) = subject {
                return result.fields[index].path == "/trace" && result.fields[index].kind == .missing
            }
            return false
        },
        Planted("type of a field", { $0.textNumber = true }) { result, subject in
            if case .field(let index) = subject {
                return result.fields[index].path == "/confidence" && result.fields[index].kind == .type
            }
            return false
        },
        Planted("order", { $0.reorders = 0.6 }) { result, subject in
            if case .field(let index) = subject {
                return result.fields[index].path == "/items" && result.fields[index].kind == .order
            }
            return false
        },
        Planted("documents", { $0.losesDocuments = true }) { result, subject in
            if case .overlap(let index) = subject {
                return result.overlaps[index].name == "documents in common"
            }
            return false
        },
    ])
    func whatIsPlantedIsFound(_ planted: Planted) {
        var traffic = Traffic(keys: 200, perKey: 2, seed: 77)
        traffic.change = planted.change
        let result = traffic.result()
        #expect(result.findings.contains { $0.pValue != nil && planted.expected(result, $0.subject) })
    }

    @Test func aChangeOfOneLocaleIsFoundThere() {
        var traffic = Traffic(keys: 200, perKey: 2, seed: 5)
        traffic.change.errors = 0.5
        traffic.change.locale = "de"
        let result = traffic.result()
        let labels = result.findings.compactMap { finding -> String? in
            guard case .sliceRate(let index, let rate) = finding.subject,
                result.slices[index].rates[rate].name == "errors"
            else { return nil }
            return result.slices[index].label.value
        }
        #expect(labels.contains("de"))
        #expect(!labels.contains("en"))
    }

    @Test func thatEveryAnswerVariesIsNoiseWhereProductionVariesAlike() throws {
        let result = Traffic(keys: 200, perKey: 1, seed: 9).result()
        let field = try #require(result.fields.first { $0.path == "/confidence" && $0.kind == .value })
        #expect(field.standing == .noise)
        #expect(field.share.value > 0.8)
        #expect(try #require(field.noise).value > 0.8)
    }
}
