import Domain
import Foundation
import Metrics
import Notation
import Targets
import Testing

/// A judge that is a program, well-behaved and not.
@Suite struct CommandJudgeTests {
    private func judge(_ script: String, timeout: Double = 5, retries: Int = 1) throws -> CommandJudge {
        let arguments = ["/bin/sh", "-c", script]
        var policy = JudgePolicy(kind: .command(arguments))
        policy.timeoutSeconds = timeout
        policy.retries = retries
        return try CommandJudge(
            policy, arguments: arguments, folder: NSTemporaryDirectory(),
            environment: { ProcessInfo.processInfo.environment[$0] })
    }

    private func questions(_ count: Int) -> [JudgeQuestion] {
        let schema = JudgePrompts.shipped["toxicity"]?.schema ?? .null
        return (0..<count).map { number in
            JudgeQuestion(
                metric: "toxicity", prompt: .init(name: "toxicity", version: "1", digest: "d"),
                messages: [Message(role: .user, content: "text \(number)")], schema: schema)
        }
    }

    /// Answers each line with the same words behind its id.
    private static func answering(_ members: String) -> String {
        """
        while read -r line; do
          id=$(printf '%s' "$line" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
          printf '{"id":"%s",%s}\\n' "$id" '\(members)'
        done
        """
    }

    private func outcome(_ members: String) async throws -> JudgeOutcome {
        let judge = try judge(Self.answering(members))
        let found = await judge.judge(questions(1))
        await judge.close()
        return found[0]
    }

    @Test func aProgramIsKeptAliveAndAskedAgain() async throws {
        let judge = try judge(
            Self.answering(
                "\"verdict\":{\"reason\":\"r\",\"verdict\":\"no\"},\"model\":\"m\",\"cost\":0.5,\"usage\":{\"input_tokens\":3}"
            ))
        for _ in 0..<2 {
            let found = await judge.judge(questions(5))
            #expect(found.count == 5)
            for outcome in found {
                let reply = try outcome.get()
                #expect(reply.verdict["verdict"] == "no" && reply.reason == "r" && reply.model == "m")
                #expect(reply.usage == Usage(inputTokens: 3, cost: 0.5))
            }
        }
        await judge.close()
    }

    @Test func textIsReadAsAModelsAnswerIs() async throws {
        let reply = try await outcome("\"text\":\"Sure: {\\\"verdict\\\": \\\"yes\\\"}\"").get()
        #expect(reply.verdict["verdict"] == "yes")
    }

    @Test func whatIsNoVerdictSaysWhy() async throws {
        #expect(
            try await outcome("\"verdict\":{\"verdict\":\"maybe\"}")
                == .failure(.unparsable("'verdict' is none of yes, no")))
        #expect(
            try await outcome("\"hello\":1")
                == .failure(.unparsable("its line has neither 'verdict' nor 'text'")))
        #expect(try await outcome("\"refusal\":\"no\"") == .failure(.refused("'no'")))
        guard case .failure(.failed(let failure)) = try await outcome("\"error\":\"out of paper\"") else {
            Issue.record("no failure")
            return
        }
        #expect(failure.detail.contains("out of paper"))
    }

    @Test func aProgramThatHangsIsTimedOut() async throws {
        let judge = try judge("sleep 30", timeout: 0.3, retries: 0)
        guard case .failure(.failed(let failure)) = await judge.judge(questions(1))[0] else {
            Issue.record("no failure")
            return
        }
        #expect(failure.cause == .timeout)
        await judge.close()
    }

    @Test func aProgramThatEndsIsStartedAgain() async throws {
        // Answers one line and ends.
        let judge = try judge(
            Self.answering("\"verdict\":{\"verdict\":\"no\"}").replacing("\ndone", with: "; exit 0\ndone"))
        for _ in 0..<2 { #expect((try? await judge.judge(questions(1))[0].get()) != nil) }
        await judge.close()
    }

    @Test func aProgramThatIsNotThereFails() async throws {
        var policy = JudgePolicy(kind: .command(["/nonexistent/judge"]))
        policy.retries = 0
        let judge = try CommandJudge(
            policy, arguments: ["/nonexistent/judge"], folder: "", environment: { _ in nil })
        guard case .failure(.failed) = await judge.judge(questions(1))[0] else {
            Issue.record("no failure")
            return
        }
        #expect(judge.identity == JudgeIdentity(policy))
        await judge.close()
    }
}
