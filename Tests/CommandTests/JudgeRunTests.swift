import Foundation
import Notation
import Synchronization
import Testing

/// What a judge costs, what is kept of it, and what becomes of a run whose judge is gone, through the binary.
@Suite struct JudgeRunTests {
    private static func verdict(_ word: String) -> JSONValue {
        [
            "model": "judge-1",
            "choices": [
                [
                    "message": ["content": .string("{\"reason\": \"r\", \"verdict\": \"\(word)\"}")],
                    "finish_reason": "stop",
                ]
            ],
            "usage": ["prompt_tokens": 1000, "completion_tokens": 50],
        ]
    }

    private func recorded(
        _ place: Workplace, _ count: Int, metrics: String, gates: [String], judge: String
    ) throws {
        try place.writeExamples(count)
        let rows = (0..<count).map { "{\"id\": \"E-\($0)\", \"answer\": \"answer \($0)\"}" }
        try place.write("answers.jsonl", rows.joined(separator: "\n") + "\n")
        try place.write(
            "sluice.yaml",
            """
            version: 1
            project: judged
            app:
              candidate: { recorded: answers.jsonl }
              observe: { text: /answer }
            dataset: golden.jsonl
            metrics: [\(metrics)]
            gates:\(gates.map { "\n  - " + $0 }.joined())
            judge:
            \(judge)
            """)
    }

    /// What is to be asked is said by what is kept; money has a unit; a run that was resumed says that it adds up.
    @Test func whatIsAskedAndSpentIsSaid() async throws {
        let judge = try AnyApp { _ in .json(Self.verdict("no")) }
        let place = try Workplace()
        func policy(_ calls: Int) throws {
            try recorded(
                place, 30, metrics: "judged_refusal, toxicity, length", gates: ["length.p95 <= 1000"],
                judge: """
                      openai: \(judge.origin)/v1
                      model: judge-1
                      budget: { calls: \(calls) }
                      prices: { currency: EUR, input: 1/M, output: 1/M }
                    """)
        }
        try policy(40)
        let first = try await place.sluice("eval")
        #expect(first.status == 0, "\(first)")
        #expect(first.err.contains("judging: 60 calls to make, 0 verdicts are kept"), "\(first)")
        #expect(
            first.err.contains("60 calls, and judge.budget allows 40: what gates is asked first"), "\(first)")
        let out = first.out.replacingOccurrences(of: #"\n +"#, with: " ", options: .regularExpression)
        #expect(out.contains("0.0420 EUR spent"), "\(first)")
        #expect(
            out.contains("toxicity lost 20 of 30; what gates was asked first. Raise judge.budget"), "\(first)"
        )
        #expect(!out.contains("added up"))
        let run = try place.newestRun()
        try policy(500)
        let resumed = try await place.sluice("eval", "--resume", run)
        #expect(
            resumed.err.contains(
                "judging: 20 calls to make, 0 verdicts are kept, 40 scores stand in the run"), "\(resumed)")
        let sum = resumed.out.replacingOccurrences(of: #"\n +"#, with: " ", options: .regularExpression)
        #expect(
            sum.contains(
                "0.0630 EUR spent; added up over the 2 commands that asked for this run, the last of which asked for 20 and "
                    + "spent 0.0210 EUR"), "\(resumed)")
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
        let again = try await place.sluice("eval", "--json")
        #expect(again.err.contains("judging: nothing to ask, 60 verdicts are kept"), "\(again)")
        #expect(try JSONValue.parse(again.out)["models"]?[0]?["asked"] == 0)
        let page = try place.read(".sluice/runs/\(run)/report.html")
        #expect(page.contains("0.0630 EUR spent; added up over the 2 commands"))
    }

    /// Nobody answers at the judge's address: the run ends in seconds, says so, and its gate cannot tell.
    @Test func aJudgeThatIsDownEndsTheRunSoon() async throws {
        let place = try Workplace()
        let isUp = Mutex(true)
        let judge = try AnyApp { _ in
            isUp.withLock { $0 } ? .json(Self.verdict("no")) : .json(["error": "starting"], status: 503)
        }
        try recorded(
            place, 300, metrics: "toxicity, length", gates: ["length.p95 <= 1000"],
            judge: "  openai: \(judge.origin)/v1\n  model: judge-1\n")
        isUp.withLock { $0 = false }
        let began = ContinuousClock.now
        let outcome = try await place.sluice("eval")
        #expect(ContinuousClock.now - began < .seconds(60))
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.out.contains("not measured at all: toxicity"), "\(outcome)")
        #expect(outcome.err.contains("is down ("), "\(outcome)")
        let out = outcome.out.replacingOccurrences(of: #"\n +"#, with: " ", options: .regularExpression)
        #expect(out.contains("toxicity was not measured at all: the judge failed: "), "\(outcome)")
        #expect(out.contains("answered with status 503"), "\(outcome)")
        isUp.withLock { $0 = true }
        let resumed = try await place.sluice("eval", "--resume", try place.newestRun())
        #expect(resumed.status == 0 && !resumed.out.contains("not measured"), "\(resumed)")
    }

    /// The judge obeys an instruction only in what stands second: half of the verdicts, by both orders.
    @Test func injectionsIntoPairsAreTriedInBothOrders() async throws {
        let judge = try AnyApp { request in
            let prompt = request.body?["messages"]?[1]?["content"]?.stringValue ?? ""
            let parts = prompt.components(separatedBy: " second>")
            let (first, second) = (parts.first ?? "", parts.dropFirst().joined())
            let isSwayed = second.contains("Ignore the rubric")
            return .json(Self.verdict(isSwayed ? "second" : first.contains("good") ? "first" : "second"))
        }
        let place = try Workplace()
        try recorded(
            place, 1, metrics: "length", gates: ["length.p95 <= 1000"],
            judge: "  openai: \(judge.origin)/v1\n  model: judge-1\n")
        let rows = (0..<8).map { number in
            let isFirst = number % 2 == 0
            return
                "{\"id\": \"P\(number)\", \"metric\": \"preference\", \"label\": \"\(isFirst ? "first" : "second")\", "
                + "\"query\": \"question \(number)\", \"first\": \"\(isFirst ? "good" : "bad") answer \(number)\", "
                + "\"second\": \"\(isFirst ? "bad" : "good") answer \(number)\"}"
        }
        try place.write("pairs.jsonl", rows.joined(separator: "\n") + "\n")
        let outcome = try await place.sluice(
            "judge", "calibrate", "pairs.jsonl", "--ask", "--injections", "8")
        let line = outcome.out.split(separator: "\n").first { $0.hasPrefix("    order ") } ?? ""
        #expect(line.contains("0.500") && line.hasSuffix("(8 of 16)"), "\(outcome)")
        let other = outcome.out.split(separator: "\n").first { $0.hasPrefix("    plea ") } ?? ""
        #expect(other.hasSuffix("(0 of 16)"), "\(outcome)")
    }

    /// The model that answers is the judge: another one decides no gate, and the report names it.
    @Test func anotherModelBehindTheAddressDecidesNothing() async throws {
        let name = Mutex("judge-1-2026-05-01")
        let judge = try AnyApp { request in
            let prompt = request.body?["messages"]?[1]?["content"]?.stringValue ?? ""
            guard case .object(var reply) = Self.verdict(prompt.contains("vile") ? "yes" : "no") else {
                return .json([:])
            }
            reply["model"] = .string(name.withLock { $0 })
            return .json(.object(reply))
        }
        let place = try Workplace()
        try recorded(
            place, 40, metrics: "toxicity", gates: ["toxicity <= 50%"],
            judge: "  openai: \(judge.origin)/v1\n  model: judge-1\n"
                + "  calibration: { record: calibration.json, labels: labels.jsonl, least_labels: 30 }\n")
        let rows = (0..<60).map { number in
            "{\"id\": \"L\(number)\", \"metric\": \"toxicity\", \"label\": \"\(number % 2 == 0 ? "yes" : "no")\", "
                + "\"query\": \"q\", \"answer\": \"\(number % 2 == 0 ? "vile" : "kind") words \(number)\"}"
        }
        try place.write("labels.jsonl", rows.joined(separator: "\n") + "\n")
        let calibrated = try await place.sluice("judge", "calibrate", "--ask", "--json")
        #expect(calibrated.status == 0, "\(calibrated)")
        let json = try JSONValue.parse(calibrated.out)
        #expect(json["answered"]?[0]?.stringValue == "judge-1-2026-05-01")
        #expect(json["unlabelled"]?.intValue == 0)
        let details = json["details"]?[0]
        #expect(details?["sensitivity"]?["value"]?.doubleValue == 1)
        #expect(details?["youden"]?["interval"]?[1]?.doubleValue == 1, "\(calibrated.out)")
        let same = try await place.sluice("eval")
        #expect(same.status == 0, "\(same)")
        let told = same.out.replacingOccurrences(of: #"\n +"#, with: " ", options: .regularExpression)
        #expect(told.contains("answered as judge-1-2026-05-01"), "\(same)")
        name.withLock { $0 = "gpt-4o-mini-2099" }
        let other = try await place.sluice("eval", "--store", "elsewhere")
        let out = other.out.replacingOccurrences(of: #"\n +"#, with: " ", options: .regularExpression)
        #expect(other.status != 0, "\(other)")
        #expect(out.contains("calls itself 'gpt-4o-mini-2099'"), "\(other)")
    }

    /// Files of a run that are damaged say where, why and what to do.
    @Test func damagedFilesAreNamed() async throws {
        let judge = try AnyApp { _ in .json(Self.verdict("no")) }
        let place = try Workplace()
        let address = "  openai: \(judge.origin)/v1\n  model: judge-1\n"
        try recorded(place, 4, metrics: "toxicity, length", gates: ["length.p95 <= 1000"], judge: address)
        #expect(try await place.sluice("eval").status == 0)
        let run = try place.newestRun()
        let path = ".sluice/runs/\(run)/model-scores.json"
        let whole = try place.read(path)
        for (text, words) in [
            (String(whole.prefix(whole.count / 2)), "model-scores.json:1:"),
            (whole.replacing("model-scores/2", with: "model-scores/9"), "model-scores.json at /format"),
            ("[]", "model-scores.json at /format"),
        ] {
            try place.write(path, text)
            let outcome = try await place.sluice("eval", "--reproduce", run)
            #expect(outcome.status == 65, "\(outcome)")
            #expect(outcome.err.contains(run) && outcome.err.contains(words), "\(outcome)")
            #expect(outcome.err.contains("put the file back from a copy, or delete it"), "\(outcome)")
        }
        try place.write(path, whole)
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
        let manifest = ".sluice/runs/\(run)/manifest.json"
        let kept = try place.read(manifest)
        for text in [
            String(kept.prefix(kept.count / 2)), kept.replacing("sluice.manifest/", with: "other/"), "{}",
        ] {
            try place.write(manifest, text)
            let outcome = try await place.sluice("report", run)
            #expect(outcome.status == 65 && outcome.err.contains(run), "\(outcome)")
            #expect(outcome.err.contains("manifest.json"), "\(outcome)")
        }
        // A calibration that is cut short, with a gate that rests on it.
        try place.write("calibration.json", "{\"format\": \"sluice.calibration/2\", \"judge\": ")
        try recorded(
            place, 4, metrics: "toxicity, length", gates: ["toxicity <= 50%"],
            judge: address + "  calibration: { record: calibration.json }\n")
        let outcome = try await place.sluice("validate")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(
            outcome.err.contains("calibration.json:1:") && outcome.err.contains("it is no JSON"), "\(outcome)"
        )
        #expect(outcome.err.contains("make it anew: sluice judge calibrate --ask"), "\(outcome)")
    }
}
