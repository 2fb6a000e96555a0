import Domain
import Notation

/// The share of the assistant's turns that keep to its role, by a judge.
///
/// The role is the conversation's system turn, else the policy's `judge.role`; not applicable without one.
enum RoleAdherence {
    static let form = JudgedForm(
        name: "role_adherence", needs: [.observed("text")],
        summary: "Share of the assistant's turns that keep to the role it was given, by a judge.",
        source: "Own prompt, a verdict a turn; the role is the system turn or 'judge.role'.",
        example:
            #"{"history": [{"role": "system", "content": "Speak of orders only."}], "text": "Here is a poem.", "judge": [{"verdicts": [{"number": 2, "verdict": "no"}]}]} → 0"#,
        prompts: ["role_adherence"], words: { settings, _ in settings.role.map { [$0] } ?? [] },
        unless: { input, settings, _ in role(input, settings) == nil ? noRole : nil }
    ) { input, bench in
        if input.answer?.text == nil { return .done(input.notShown("text")) }
        guard let role = role(input, bench.settings) else { return .done(.notApplicable(noRole)) }
        return bench.turns("role_adherence", input.conversation(), ["role": .text(role)])
    }

    private static let noRole = "neither the example nor the policy names a role"

    private static func role(_ input: MeasureInput, _ settings: JudgeSettings) -> String? {
        input.example.history.first { $0.role == .system }?.content ?? settings.role
    }
}
