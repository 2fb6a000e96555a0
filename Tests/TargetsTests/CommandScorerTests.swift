import Domain
import Foundation
import Targets
import Testing

/// A metric that is a program: kept alive, timed out, restarted, ended.
@Suite struct CommandScorerTests {
    private let folder: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/sluice-scorer-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func scorer(_ script: String, timeout: Double = 5) throws -> CommandScorer {
        let arguments = ["/bin/sh", "-c", script]
        let metric = CustomMetric(
            name: "tone", source: .command(arguments), unit: "ratio", lowest: nil, highest: nil,
            better: "higher", isPassFail: false, timeoutSeconds: timeout)
        return try CommandScorer(
            metric, arguments: arguments, digest: "d", folder: folder,
            environment: { ProcessInfo.processInfo.environment[$0] })
    }

    /// Notes its start, then answers each line by a case on what stands in it.
    private static func answering(_ cases: String) -> String {
        """
        echo started >> starts
        while read -r line; do
          id=$(printf '%s' "$line" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
          case "$line" in
        \(cases)
            *) printf '{"id":"%s","score":0.5}\\n' "$id" ;;
          esac
        done
        echo ended >> ends
        """
    }

    private func lines(_ name: String) -> Int {
        let text = (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count
    }

    /// An answer to another line would be another answer's score.
    @Test func anAnswerWithAnotherIDIsNone() async throws {
        let scorer = try scorer("while read -r line; do echo '{\"id\":\"zzz\",\"score\":1}'; done")
        let scores = await scorer.scores(of: ["{\"a\":1}"])
        guard case .failed(let why)? = scores.first else {
            Issue.record("\(scores)")
            return
        }
        #expect(why.contains("'zzz'"), "\(why)")
        let silent = try self.scorer("while read -r line; do echo '{\"score\":1}'; done")
        for score in await silent.scores(of: ["{\"a\":1}", "{\"a\":2}"]) {
            guard case .failed(let why) = score, why.contains("bears no id") else {
                Issue.record("\(score)")
                continue
            }
        }
        await scorer.close()
        await silent.close()
    }

    /// Hundreds of answers at their whole time each would take hours, and end unmeasured all the same.
    @Test(arguments: ["sleep 60", "yes | tr -d '\\n'"]) func oneThatAnswersNothingIsGivenUp(
        _ script: String
    ) async throws {
        let scorer = try scorer(script, timeout: 0.2)
        let clock = ContinuousClock()
        let began = clock.now
        let scores = await scorer.scores(of: (0..<120).map { "{\"a\":\($0)}" })
        #expect(clock.now - began < .seconds(20))
        let unasked = scores.count { if case .unasked = $0 { true } else { false } }
        let failed = scores.count { if case .failed = $0 { true } else { false } }
        #expect(unasked + failed == 120 && failed >= 8 && failed <= 40, "\(failed) and \(unasked)")
        let problem = try #require(scorer.problems.first)
        #expect(problem.contains("answered none of \(failed)"), "\(problem)")
        #expect(problem.contains("the other \(unasked) were not asked"), "\(problem)")
        await scorer.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Seven that hang, one that answers, seven more: each answer begins the count anew.
    @Test func oneThatAnswersNowAndThenIsNotGivenUp() async throws {
        let scorer = try scorer(Self.answering("    *hang*) sleep 60 ;;"), timeout: 0.4)
        var lines = [String](repeating: "{\"a\":\"hang\"}", count: 15)
        lines[7] = "{\"a\":1}"
        var scores: [CustomScore] = []
        for line in lines { scores += await scorer.scores(of: [line]) }
        #expect(scores[7] == .score(0.5))
        #expect(!scores.contains { if case .unasked = $0 { true } else { false } })
        #expect(scorer.problems.isEmpty)
        await scorer.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func aSecondLineForAnAnswerIsTold() async throws {
        let scorer = try scorer(
            Self.answering(
                "    *) printf '{\"id\":\"%s\",\"score\":0.1}\\n{\"id\":\"%s\",\"score\":0.9}\\n' \"$id\" \"$id\" ;;"
            ))
        for number in 0..<3 {
            #expect(await scorer.scores(of: ["{\"a\":\(number)}"]) == [.score(0.1)])
        }
        #expect(scorer.problems.first?.contains("write one line an answer") == true, "\(scorer.problems)")
        await scorer.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func truthIsNoNumberUnlessItPassesOrFails() async throws {
        let scorer = try scorer(
            Self.answering("    *) printf '{\"id\":\"%s\",\"score\":true}\\n' \"$id\" ;;"))
        guard case .failed(let why)? = await scorer.scores(of: ["{\"a\":1}"]).first else {
            Issue.record("true was taken")
            return
        }
        #expect(why.contains("pass_fail"), "\(why)")
        await scorer.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func itIsStartedOnceAndKeptAlive() async throws {
        let scorer = try scorer(
            Self.answering(
                "    *none*) printf '{\"id\":\"%s\",\"not_applicable\":\"no text\"}\\n' \"$id\" ;;"))
        #expect(lines("starts") == 0, "not before it is asked")
        for _ in 0..<3 {
            #expect(
                await scorer.scores(of: ["{\"a\":1}", "{\"a\":\"none\"}"])
                    == [.score(0.5), .inapplicable("no text")])
        }
        #expect(lines("starts") == 1)
        await scorer.close()
        for _ in 0..<100 where lines("ends") == 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(lines("starts") == 1)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One that hangs is ended with its time, and the next answer is scored by a program started anew.
    @Test func itIsTimedOutAndStartedAgain() async throws {
        let scorer = try scorer(Self.answering("    *hang*) sleep 60 ;;"), timeout: 1)
        let clock = ContinuousClock()
        let began = clock.now
        let scores = await scorer.scores(of: ["{\"a\":1}", "{\"a\":\"hang\"}", "{\"a\":2}"])
        #expect(clock.now - began < .seconds(20))
        #expect(scores[0] == .score(0.5))
        guard case .failed(let why) = scores[1] else {
            Issue.record("\(scores[1])")
            return
        }
        #expect(why.contains("did not answer in time"), "\(why)")
        #expect(scores[2] == .score(0.5))
        #expect(lines("starts") == 2)
        await scorer.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One that dies is started again, and the answer that it died of is tried once more.
    @Test func itIsStartedAgainWhereItDies() async throws {
        let scorer = try scorer(Self.answering("    *die*) exit 3 ;;"))
        let scores = await scorer.scores(of: ["{\"a\":\"die\"}", "{\"a\":1}"])
        guard case .failed = scores[0] else {
            Issue.record("\(scores[0])")
            return
        }
        #expect(scores[1] == .score(0.5))
        #expect(lines("starts") == 3)
        await scorer.close()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
