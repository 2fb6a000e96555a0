import Domain
import Notation

/// The share of an answer's claims that its context bears out: supported claims ÷ claims, by a judge in two steps.
///
/// First the answer is taken apart into claims, once; then each claim is held against the passages, once a vote, and
/// the votes on each claim become one. Not applicable where there is no context, or where the answer claims nothing;
/// *unmeasured* where the judge fails, or the votes on every claim are split.
enum Faithfulness {
    static let form = JudgedForm(
        name: "faithfulness", needs: [.observed("text"), .observed("documents")],
        summary: "Share of the answer's claims that the retrieved passages bear out.",
        source:
            "Claims and support in two steps, after S. Es et al., RAGAS, EACL 2024 (demonstrations); own prompts.",
        example:
            #"{"text": "We open at 9, also on Sundays.", "documents": [{"text": "We open at 9."}], "judge": [{"claims": ["They open at 9.", "They open on Sundays."]}, {"verdicts": [{"number": 1, "verdict": "yes"}, {"number": 2, "verdict": "no"}]}]} → 0.5"#,
        prompts: ["claims", "support"], questions: 2
    ) { input, bench in
        guard let answer = input.answer?.text else { return .done(input.notShown("text")) }
        guard let context = input.contextTexts() else { return .done(input.noContext()) }
        if context.isEmpty { return .done(.notApplicable("nothing was retrieved")) }
        return bench.supported(
            question: input.example.query, text: answer, by: context, nothing: "the answer claims nothing")
    }
}

extension JudgeBench {
    /// The share of a text's claims that passages bear out.
    func supported(question: String, text: String, by context: [String], nothing: String) -> JudgeStep {
        let values: [String: JudgeField] = ["question": .text(question), "answer": .text(text)]
        let lists = poll("claims", values, isOnce: true) { reply -> Result<[String], JudgeProblem> in
            .success(JudgeBench.texts(reply, "claims"))
        }
        switch lists {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let lists):
            guard let claims = lists.first, !claims.isEmpty else { return .done(.notApplicable(nothing)) }
            return share(
                "support", ["context": .texts(context), "claims": .texts(claims)], of: claims.count,
                Contradiction([
                    ("not supported", "no"), ("unsupported", "no"), ("not borne out", "no"),
                    ("contradicted by", "no"), ("fully supported", "yes"), ("is supported", "yes"),
                ]))
        }
    }

    /// The share of numbered things that a prompt's verdict passes.
    func share(
        _ prompt: String, _ values: [String: JudgeField], of count: Int,
        _ contradiction: Contradiction = Contradiction()
    ) -> JudgeStep {
        switch poll(prompt, values, { $0.flags(count, contradiction) }) {
        case .pending(let questions): return .ask(questions)
        case .lost(let measurement): return .done(measurement)
        case .votes(let votes):
            let known = shares(votes).compactMap { $0 }
            if known.isEmpty { return .done(.unmeasured("the judge's votes are split on everything")) }
            return .done(.value(known.reduce(0, +) / Double(known.count)))
        }
    }

    /// Texts of a list, empty ones left out.
    static func texts(_ reply: JudgeReply, _ key: String) -> [String] {
        (reply.verdict[key]?.arrayValue ?? []).compactMap(\.stringValue).map(\.trimmed).filter { !$0.isEmpty }
    }
}
