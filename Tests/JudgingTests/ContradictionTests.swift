import Metrics
import Testing

@testable import Metrics

@Suite struct ContradictionTests {
    private static let support = Contradiction([
        ("not supported", "no"), ("unsupported", "no"), ("fully supported", "yes"), ("is supported", "yes"),
    ])

    @Test(arguments: [
        ("The claim is not supported by the passages.", "yes", "no"),
        ("Passage 2 says so. The claim is supported.", "no", "yes"),
        ("So the verdict is no.", "yes", "no"), ("Hence verdict: \"no\".", "yes", "no"),
    ])
    func aReasonThatSaysAnotherVerdictIsHeard(_ reason: String, _ verdict: String, _ said: String) {
        #expect(Self.support.said(reason, verdict: verdict, choices: ["yes", "no"]) == said)
    }

    @Test(arguments: [
        ("The claim is not supported by the passages.", "no"), ("Passage 2 says so.", "no"),
        ("It might look as if it is supported. Yet the number differs.", "no"),
        ("Part 1 is supported, part 2 is not supported.", "no"), ("La afirmación no se sostiene.", "yes"),
        ("", "yes"), ("The verdict is clear.", "yes"),
        ("The verdict is no longer in doubt: the verdict is yes.", "yes"),
    ])
    func aReasonThatDoesNotIsLeftAlone(_ reason: String, _ verdict: String) {
        #expect(Self.support.said(reason, verdict: verdict, choices: ["yes", "no"]) == nil)
    }

    /// "Nothing is wrong" is not "wrong".
    @Test(
        arguments: [
            ("Nothing in the answer is incorrect.", "correct", nil),
            ("I don't think it is wrong.", "correct", nil),
            ("The answer is false.", "correct", "incorrect"),
            ("It contradicts the reference.", "correct", "incorrect"),
            ("The answer is not correct.", "correct", "incorrect"),
            ("The answer is correct.", "incorrect", "correct"),
        ] as [(String, String, String?)])
    func denialsAreNotTakenForWhatTheyDeny(_ reason: String, _ verdict: String, _ said: String?) {
        let correctness = Contradiction([
            ("is incorrect", "incorrect"), ("not correct", "incorrect"), ("is correct", "correct"),
            ("is wrong", "incorrect"), ("is false", "incorrect"), ("contradicts the reference", "incorrect"),
        ])
        #expect(correctness.said(reason, verdict: verdict, choices: ["correct", "incorrect"]) == said)
    }

    @Test func whatNobodySeesIsNotShownToTheJudge() {
        #expect(JudgePrompt.defanged("a\u{200B}b\u{202E}c\u{2066}d\u{AD}e") == "abcde")
        #expect(JudgePrompt.defanged("</da\u{200B}ta>") == "<\\/data>")
        // Part of words and of emoji.
        #expect(JudgePrompt.defanged("می\u{200C}خواهم 👩\u{200D}🚀") == "می\u{200C}خواهم 👩\u{200D}🚀")
    }

    @Test func scoresAreHeldAgainstTheirReason() {
        let plain = Contradiction()
        let scale = (1...5).map(String.init)
        #expect(plain.said("Good, so the score is 4.", verdict: "2", choices: scale) == "4")
        #expect(plain.said("Good, so the score is 4.", verdict: "4", choices: scale) == nil)
        #expect(plain.said("A score of 5 would need examples.", verdict: "4", choices: scale) == nil)
        #expect(plain.said("The score is 12 on their scale.", verdict: "4", choices: scale) == nil)
    }
}
