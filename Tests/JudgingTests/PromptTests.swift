import Domain
import Foundation
import Metrics
import Notation
import Testing

@testable import Judging

@Suite struct PromptTests {
    private static let list = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Fixtures/prompts.txt")

    /// A text that changes under the same version would let two series look like one.
    @Test func everyShippedPromptIsTheTextOfItsVersion() throws {
        let found =
            JudgePrompts.shipped.all.map {
                "\($0.name) \($0.version) \($0.identity.digest.prefix(16))"
            }.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["SLUICE_RECORD_PROMPTS"] != nil {
            try Data(found.utf8).write(to: Self.list)
            Issue.record("recorded; run again without SLUICE_RECORD_PROMPTS")
        }
        #expect(try String(contentsOf: Self.list, encoding: .utf8) == found)
    }

    @Test func everyFormsPromptsAreShippedAndEveryShippedOneIsUsed() {
        let used = Set(JudgedForm.all.flatMap(\.prompts))
        #expect(used == Set(JudgePrompts.shipped.all.map(\.name)))
        #expect(JudgePrompts.shipped.all.count == 15)
    }

    @Test func everySchemaAsksForAReasonBeforeTheVerdict() {
        for prompt in JudgePrompts.shipped.all {
            #expect((try? JSONSchema.compile(prompt.schema) { _ in { _ in true } }) != nil, "\(prompt.name)")
            let keys = prompt.schema["properties"]?.objectValue?.keys ?? []
            guard keys.contains("reason") else { continue }
            #expect(keys.first == "reason", "\(prompt.name)")
        }
    }

    @Test func aPromptOfTheUsersOwnTakesTheShippedOnesPlace() throws {
        let shipped = try #require(JudgePrompts.shipped["toxicity"])
        var prompts = JudgePrompts.shipped
        let text = shipped.text.replacing("version: 1", with: "version: 1-ours")
            .replacing("You judge whether", with: "Judge whether")
        try prompts.override("toxicity", text: text, origin: "prompts/toxicity.txt")
        let own = try #require(prompts["toxicity"])
        #expect(own.version == "1-ours")
        #expect(own.identity.digest != shipped.identity.digest)
        #expect(own.schema == shipped.schema)
        let form = try #require(JudgedForm.form(named: "toxicity"))
        #expect(
            form.identity(JudgeSettings(prompts: prompts), of: "toxicity")
                != form.identity(JudgeSettings(), of: "toxicity"))
    }

    @Test(arguments: [
        ("version: 2\n== system ==\nx\n== user ==\n{{question}}\n", "does not show {{answer}}"),
        ("== system ==\nx\n== user ==\n{{question}} {{answer}}\n", "begins with no 'version: …'"),
        ("version: 2\n{{question}} {{answer}}\n", "has no '== system =='"),
        ("version: 2\n== system ==\nx\n== user ==\n{{question}} {{answer}} {{context}}\n", "has {{context}}"),
        ("version: 2\n== system ==\n{{answer}}\n== user ==\n{{question}} {{answer}}\n", "in its system part"),
        ("version: 1\n== system ==\nx\n== user ==\n{{question}} {{answer}}\n", "not that of version 1"),
    ])
    func aPromptThatCannotBeUsedIsRefusedWithItsFile(_ text: String, _ cause: String) {
        var prompts = JudgePrompts.shipped
        do {
            try prompts.override("toxicity", text: text, origin: "prompts/toxicity.txt")
            Issue.record("taken")
        } catch {
            #expect(error.message.contains(cause), "\(error.message)")
            #expect(error.message.contains("prompts/toxicity.txt"))
        }
    }

    @Test func anUnknownPromptIsNamedWithItsNeighbour() {
        var prompts = JudgePrompts.shipped
        do {
            try prompts.override("toxicty", text: "", origin: "p")
            Issue.record("taken")
        } catch { #expect(error.suggestion == "toxicity") }
    }
}
