import Calibration
import Domain
import Foundation
import Notation
import Testing

/// Recorded verdicts of judges on LLMBar against upstream's own counts.
@Suite struct LLMBarTests {
    struct Counts: Equatable {
        var asWritten: Int
        var swapped: Int
        var both: Int
        var same: Int
        var pairs: Int
    }

    static func lines(_ path: String) throws -> [JSONValue] {
        try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").map {
            try JSONValue.parse(String($0))
        }
    }

    private static func key(_ row: JSONValue) -> String {
        ["subset", "judge", "prompting"].map { row[$0]?.stringValue ?? "" }.joined(separator: "/")
    }

    private static func choice(_ value: JSONValue?) -> Label.Choice? {
        value?.stringValue == "1" ? .first : value?.stringValue == "2" ? .second : nil
    }

    private static func count(_ value: JSONValue?) -> (Int, Int) {
        let parts = (value?.stringValue ?? "").split(separator: "=")[0].split(separator: "/")
        return (Int(parts[0].filter(\.isNumber)) ?? -1, Int(parts[1].filter(\.isNumber)) ?? -1)
    }

    /// - Returns: Combinations compared, and those whose κ of both orders is compared as well: upstream drew lots for
    ///   verdicts that could not be parsed, so a κ of those cannot be reproduced.
    static func compare(_ verdicts: String, _ statistics: String) throws -> (counts: Int, kappas: Int) {
        var items: [String: [PairCalibration.Item]] = [:]
        for row in try lines(verdicts) {
            let human = try #require(choice(row["gold"]))
            items[key(row), default: []].append(
                PairCalibration.Item(
                    human: human, written: [choice(row["winner"])], swapped: [choice(row["winner_swapped"])]))
        }
        var compared = 0
        var kappas = 0
        for row in try lines(statistics) {
            guard let own = items[key(row)] else { continue }
            let found = PairCalibration(metric: "preference", items: own)
            let (written, pairs) = count(row["correct_False"])
            let expected = Counts(
                asWritten: written, swapped: count(row["correct_True"]).0, both: count(row["correct_both"]).0,
                same: count(row["equal"]).0, pairs: pairs)
            // Two missing verdicts are alike to upstream, and to nobody else.
            let missing = own.count { ($0.written[0] ?? nil) == nil && ($0.swapped[0] ?? nil) == nil }
            #expect(
                Counts(
                    asWritten: found.correctAsWritten, swapped: found.correctSwapped, both: found.correctBoth,
                    same: found.same + missing, pairs: found.pairs) == expected, "\(key(row))")
            compared += 1
            if found.lost == 0, let kappa = row["kappa_agreement"]?.doubleValue {
                #expect(abs((found.orderKappa ?? .nan) - kappa) < 1e-9, "\(key(row))")
                kappas += 1
            }
        }
        return (compared, kappas)
    }

    @Test func countsOfRightAndConsistentVerdictsAreUpstreams() throws {
        let folder = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/"
        let (counts, kappas) = try Self.compare(
            folder + "llmbar-verdicts.jsonl", folder + "llmbar-statistics.jsonl")
        #expect(counts == 3 && kappas == 2)
    }

    /// GPT-4 tells the better answer of Natural from the worse in nearly all pairs and both orders; it may gate.
    @Test func aGoodJudgePassesAndAnUnsteadyOneDoesNot() throws {
        let folder = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/"
        var labels: [String: [Label]] = [:]
        for (index, row) in try Self.lines(folder + "llmbar-verdicts.jsonl").enumerated() {
            let gold = try #require(Self.choice(row["gold"]))
            var reader = LabelReader(path: "t")
            func word(_ value: JSONValue?) -> String {
                Self.choice(value).map { "\"\($0.rawValue)\"" } ?? "null"
            }
            reader.read(
                Array(
                    """
                    {"id": "\(index)", "metric": "preference", "label": "\(gold.rawValue)", "judge": \(word(row["winner"])), "judge_swapped": \(word(row["winner_swapped"])), "gold": "\(gold.rawValue)"}
                    """.utf8))
            #expect(reader.problems == [])
            labels[Self.key(row), default: []] += reader.labels
        }
        let run = CalibrationRun()
        func result(_ key: String) throws -> MetricCalibration {
            try #require(run.results(labels[key] ?? [], identity: { _ in [] }).first)
        }
        let good = try result("Natural/GPT-4/Vanilla")
        #expect(good.passes, "\(good.shortcomings)")
        let unsteady = try result("Natural/ChatGPT/Vanilla")
        #expect(!unsteady.passes)
        #expect(unsteady.shortcomings.contains { $0.hasPrefix("κ is ") }, "\(unsteady.shortcomings)")
        guard case .pairs(let pairs) = unsteady.body else {
            Issue.record("no pairs")
            return
        }
        // 80 and 83 of 100 right, 71 alike in both orders, 67 right in both.
        #expect(pairs.correctAsWritten == 80 && pairs.correctSwapped == 83)
        #expect(pairs.same == 71 && pairs.correctBoth == 67)
    }
}

private let shared = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"]

/// All judges and prompts of which verdicts are there.
@Suite(.enabled(if: shared != nil)) struct CorpusLLMBarTests {
    @Test func everyJudgeAndPromptingAgreesWithUpstream() throws {
        let folder = (shared ?? "") + "/llmbar/"
        let (counts, kappas) = try LLMBarTests.compare(
            folder + "judgments.jsonl", folder + "judge_statistics.jsonl")
        print("LLMBar: \(counts) combinations, \(kappas) with the κ of both orders")
        #expect(counts == 48 && kappas == 36)
    }
}
