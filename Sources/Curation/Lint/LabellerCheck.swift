import Domain

/// Labels that the system under test, or a relative of it, made for itself.
struct LabellerCheck: LintCheck {
    private let systems: [SystemName]
    private let families: [(family: JudgeFamily, name: SystemName)]
    /// Verdicts by annotator: a set has few.
    private var known: [String: Verdict] = [:]

    private enum Verdict {
        case person
        case selfMade(String)
        case machine
    }

    init(systems: [SystemName]) {
        self.systems = systems
        families = systems.compactMap { name in
            guard name.kind == .model || name.kind == .version(of: "model") else { return nil }
            return ModelFamily.of(name.text, isModel: true).map { ($0, name) }
        }
    }

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        let model = example.provenance(.annotatorModel)
        let annotator = example.provenance(.annotator)
        guard model != nil || annotator != nil else { return }
        for (label, isModel) in [(model, true), (annotator, false)] {
            guard let label else { continue }
            let name = isModel ? "annotator_model \(quoted(label))" : "annotator \(quoted(label))"
            switch verdict(label, isModel: isModel) {
            case .person: continue
            case .selfMade(let why):
                log.add(
                    .error, .selfLabelled, example, "\(name) \(why)",
                    mend:
                        "let a person, or a model of another family, label it anew: a system agrees with its "
                        + "own mistakes")
                return
            case .machine:
                if let approver = example.provenance(.approver), !isMachine(approver) { return }
                log.add(
                    .warning, .machineLabelled, example, "\(name) is a model, and nobody approved the label",
                    mend: "let a person look, and name them as approver")
                return
            }
        }
    }

    /// Why a label is no person's, as a clause; nil where it may be one's.
    func refusal(of label: String) -> String? {
        switch judge(label, isModel: false) {
        case .person: nil
        case .selfMade(let why): why
        case .machine: "is a model"
        }
    }

    private mutating func isMachine(_ label: String) -> Bool {
        if case .person = verdict(label, isModel: false) { return false }
        return true
    }

    private mutating func verdict(_ label: String, isModel: Bool) -> Verdict {
        let key = (isModel ? "m:" : "a:") + label
        if let verdict = known[key] { return verdict }
        let verdict = judge(label, isModel: isModel)
        if known.count < 10_000 { known[key] = verdict }
        return verdict
    }

    private func judge(_ label: String, isModel: Bool) -> Verdict {
        let words = ModelFamily.words(label)
        if LabellerCheck.isSystem(words) { return .selfMade("is the system under test") }
        for system in systems where names(words, system) {
            return .selfMade("names \(quoted(system.text)), \(system.origin)")
        }
        guard let family = ModelFamily.of(label, isModel: isModel) else {
            return isModel ? .machine : .person
        }
        if let relative = families.first(where: { $0.family == family }) {
            return .selfMade(
                "is of the family \(family.title), as is \(quoted(relative.name.text)), \(relative.name.origin)"
            )
        }
        return .machine
    }

    /// `candidate`, `the app`, `system under test`.
    private static func isSystem(_ words: [String]) -> Bool {
        let plain = words.filter {
            !["the", "our", "this", "itself", "output", "outputs", "answer"].contains($0)
        }
        let known: Set<String> = [
            "candidate", "baseline", "app", "bot", "chatbot", "system", "system under test", "sut", "self",
            "assistant", "model", "production", "model under test", "app under test", "self labelled",
            "production app", "production system",
        ]
        return known.contains(plain.joined(separator: " "))
    }

    private func names(_ words: [String], _ system: SystemName) -> Bool {
        let wanted = ModelFamily.words(system.text)
        guard !wanted.isEmpty, words.count >= wanted.count else { return false }
        let isFound = (0...(words.count - wanted.count)).contains { start in
            Array(words[start..<(start + wanted.count)]) == wanted
        }
        guard isFound else { return false }
        switch system.kind {
        case .model: return true
        case .app:
            // `helpdesk` and `helpdesk team` may be people; `helpdesk bot` and `helpdesk v3` are the app.
            let rest = words.filter { !wanted.contains($0) }
            return !rest.isEmpty
                && rest.allSatisfy {
                    ["app", "bot", "system", "service", "model", "v"].contains($0) || Self.isVersion($0)
                }
        case .version(let part):
            // A version such as `1` or `14` stands in many a text; beside the name of its part it is meant.
            let joined = wanted.joined()
            if joined.count >= 4 && joined.contains(where: \.isLetter) { return true }
            let beside = words.filter { !wanted.contains($0) }
            return beside.contains { word in
                ModelFamily.words(part).contains(word)
                    || systems.contains { $0.kind == .app && ModelFamily.words($0.text).contains(word) }
            }
        }
    }

    private static func isVersion(_ word: String) -> Bool {
        let digits = word.hasPrefix("v") ? word.dropFirst() : word[...]
        return !digits.isEmpty && digits.allSatisfy(\.isNumber)
    }
}
