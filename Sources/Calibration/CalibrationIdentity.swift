import Metrics

/// What of a judged metric's identity changed: named, so that nobody has to guess what to put back.
enum CalibrationIdentity {
    /// `the prompt 'correctness' changed`, `votes were 1 majority and are 3 mean`; nil: nothing did.
    ///
    /// - Parameters:
    ///   - was: `JudgedForm.identity` as it was recorded.
    ///   - now: As it is.
    static func change(from was: [String], to now: [String], of metric: String) -> String? {
        guard was != now else { return nil }
        let (before, after) = (Parts(was), Parts(now))
        var found: [String] = []
        let prompts = JudgedForm.form(named: metric)?.prompts ?? []
        let changed = after.prompts.indices.filter { number in
            !before.prompts.indices.contains(number) || before.prompts[number] != after.prompts[number]
        }
        if before.prompts.count > after.prompts.count {
            found.append("its prompts changed")
        } else {
            for number in changed {
                let name = prompts.indices.contains(number) ? "the prompt '\(prompts[number])'" : "a prompt"
                found.append("\(name) changed")
            }
        }
        for (name, words) in Parts.kinds {
            let (old, new) = (before.others[name], after.others[name])
            guard old != new else { continue }
            if name == "words" {
                found.append("\(words(metric)) changed")
            } else {
                found.append("\(words(metric)) was '\(old ?? "none")' and is '\(new ?? "none")'")
            }
        }
        if found.isEmpty { found.append("what its judge is asked changed") }
        return found.joined(separator: ", ")
    }

    private struct Parts {
        var prompts: [String] = []
        var others: [String: String] = [:]

        typealias Kind = (name: String, words: @Sendable (String) -> String)

        static let kinds: [Kind] = [
            ("reader", { _ in "the reader of verdicts" }), ("votes", { _ in "judge.votes with judge.rule" }),
            ("texts", { _ in "judge.redact (texts)" }),
            (
                "words",
                { metric in
                    switch metric.prefix(while: { $0 != "[" }) {
                    case "rubric": "the policy's words or scale of \(metric)"
                    case "tone": "judge.tone"
                    case "role_adherence": "judge.role"
                    default: "the policy's own words in its prompt"
                    }
                }
            ),
        ]

        init(_ identity: [String]) {
            for part in identity {
                let name = part.prefix { $0 != " " }
                if part.contains(" "), Self.kinds.contains(where: { $0.name == name }) {
                    others[String(name)] = String(part.dropFirst(name.count + 1))
                } else {
                    prompts.append(part)
                }
            }
        }
    }
}
