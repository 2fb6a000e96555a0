import Notation
import Text

/// Holds a YAML tree against the table of keys and reports every departure. Says nothing of meaning.
struct FormChecker {
    let log: ProblemLog
    /// False where the tree is not the whole file.
    var reportsMissing = true
    /// How messages call what the file holds.
    var whole = "the policy"

    /// - Parameter name: How messages call the value: `app.limits.timeout`.
    func check(_ node: YAMLNode, _ form: ValueForm, name: String) {
        switch form {
        case .list(let element, let orOne, let atLeast): checkList(node, element, orOne, atLeast, name)
        case .keys(let keys): checkKeys(node, keys, name)
        case .names(let words, let what, let value): checkNames(node, words, what, value, name)
        case .template:
            if node.members == nil { wrongType(node, form, name) }
        case .anything: break
        case .metric: checkMetric(node, name)
        case .gate: checkGate(node, name)
        case .choice(let forms): checkChoice(node, forms, name)
        case .text, .integer, .number, .flag, .word, .measure, .constant: checkScalar(node, form, name)
        }
    }

    // MARK: mappings

    func checkKeys(_ node: YAMLNode, _ keys: [KeyDefinition], _ name: String) {
        guard let members = node.members else { return wrongType(node, .keys(keys), name) }
        for member in members {
            let key = member.key.text ?? ""
            guard let definition = keys.first(where: { $0.name == key }) else {
                unknown(member.key, key, among: keys.map(\.name), in: name)
                continue
            }
            let path = name.isEmpty ? key : name + "." + key
            if definition.availability == .notYet {
                log.report(
                    .notYet, "\(Printable.quoted(path)) is not available yet", at: .init(member.key),
                    mend: "remove it; this version does not have that part")
            }
            check(member.value, definition.form, name: path)
        }
        for key in keys where reportsMissing && key.isRequired && node[key.name] == nil {
            missing(key, of: node, name)
        }
    }

    private func missing(_ key: KeyDefinition, of node: YAMLNode, _ name: String) {
        let whole = name.isEmpty ? self.whole : Printable.quoted(name)
        log.report(
            .missingKey, "\(whole) lacks \(Printable.quoted(key.name))", at: .init(node.start, width: 1),
            mend: "add '\(key.name): \(key.example)'")
    }

    private func unknown(_ node: YAMLNode, _ key: String, among known: [String], in name: String) {
        let place = name.isEmpty ? "" : " in \(Printable.quoted(name))"
        var mend: String?
        if let near = nearest(key, in: known) {
            mend = "did you mean '\(near)'?"
        } else if whole == "the policy", let home = KeyPaths.home(of: key, writtenIn: name), home != name {
            mend = home.isEmpty ? "it stands at the top of the file" : "it stands in '\(home)'"
        } else if known.count <= 16 {
            mend = "known here: " + known.joined(separator: ", ")
        }
        log.report(.unknownKey, "unknown key \(Printable.quoted(key))\(place)", at: .init(node), mend: mend)
    }

    private func checkNames(
        _ node: YAMLNode, _ words: [String], _ what: String, _ form: ValueForm, _ name: String
    ) {
        guard let members = node.members else {
            return wrongType(node, .names(words: words, what: what, form), name)
        }
        for member in members {
            let key = member.key.text ?? ""
            if !words.isEmpty, !words.contains(key) {
                let mend = nearest(key, in: words).map { "did you mean '\($0)'?" }
                log.report(
                    .unknownKey, "unknown \(what) \(Printable.quoted(key)) in \(Printable.quoted(name))",
                    at: .init(member.key), mend: mend ?? "known: " + words.joined(separator: ", "))
            } else if key.isEmpty {
                log.report(
                    .badValue, "a \(what) in \(Printable.quoted(name)) has no name", at: .init(member.key))
            }
            check(member.value, form, name: name + "." + key)
        }
    }

    // MARK: lists

    private func checkList(
        _ node: YAMLNode, _ element: ValueForm, _ orOne: Bool, _ atLeast: Int, _ name: String
    ) {
        guard let elements = node.elements else {
            if orOne, node.members == nil, !isNull(node) {
                check(node, element, name: name)
            } else {
                wrongType(node, .list(element, orOne: orOne, atLeast: atLeast), name)
            }
            return
        }
        if reportsMissing, elements.count < atLeast {
            let least = atLeast == 1 ? "is empty" : "needs at least \(atLeast) entries"
            log.report(.badValue, "\(Printable.quoted(name)) \(least)", at: .init(node))
        }
        for element_ in elements { check(element_, element, name: name) }
    }

    /// A metric's name, or a mapping from it to its parameter.
    private func checkMetric(_ node: YAMLNode, _ name: String) {
        if let members = node.members {
            guard members.count == 1, let only = members.first else {
                log.report(
                    .wrongType,
                    "an entry of \(Printable.quoted(name)) is one metric, here are \(members.count)",
                    at: .init(node), mend: "begin each metric with its own '-'")
                return
            }
            if only.key.text == "kpi" { checkKeys(only.value, PolicyKeys.kpi, "kpi") }
            return
        }
        guard let text = node.text, !text.isEmpty, node.elements == nil, isText(node) else {
            return wrongType(node, .metric, name)
        }
    }

    /// A rule as a text, as a mapping with `rule`, or as the mapping that YAML makes of `when x: …`.
    private func checkGate(_ node: YAMLNode, _ name: String) {
        if let members = node.members {
            if members.count == 1, let only = members.first, !Self.isGateKey(only.key) {
                if only.value.text == nil || !isText(only.value) {
                    wrongType(only.value, .text(.rule), "rule")
                }
                return
            }
            return checkKeys(node, PolicyKeys.gate, "gate")
        }
        if node.elements != nil || !isText(node) { wrongType(node, .gate, name) }
    }

    static func isGateKey(_ key: YAMLNode) -> Bool {
        PolicyKeys.gate.contains { $0.name == key.text }
    }

    // MARK: alternatives

    private func checkChoice(_ node: YAMLNode, _ forms: [ValueForm], _ name: String) {
        if let members = node.members {
            let mappings = forms.filter(\.isMapping)
            let keys = members.compactMap(\.key.text)
            if let chosen = ValueForm.chosen(of: mappings, by: keys)
                ?? (mappings.count == 1 ? mappings[0] : nil)
            {
                return check(node, chosen, name: name)
            }
            guard !mappings.isEmpty else { return wrongType(node, .choice(forms), name) }
            guard reportsMissing else { return }
            let leads = mappings.compactMap(\.lead)
            let slip = members.first { nearest($0.key.text ?? "", in: leads) != nil }
            let mend = slip.flatMap { nearest($0.key.text ?? "", in: leads) }.map { "did you mean '\($0)'?" }
            log.report(
                .missingKey, "\(Printable.quoted(name)) needs one of: " + leads.joined(separator: ", "),
                at: slip.map { .init($0.key) } ?? .init(node.start, width: 1), mend: mend)
            return
        }
        if node.elements != nil {
            guard let list = forms.first(where: \.isList) else {
                return wrongType(node, .choice(forms), name)
            }
            return check(node, list, name: name)
        }
        let scalars = forms.filter { !$0.isMapping && !$0.isList }
        if scalars.count == 1 { return check(node, scalars[0], name: name) }
        let problems = scalars.map { ScalarForm.problem(node, $0) }
        guard !problems.contains(where: { $0 == nil }) else { return }
        let mend = problems.compactMap { $0?.mend }.first
        wrongType(node, .choice(scalars.isEmpty ? forms : scalars), name, mend: mend)
    }

    // MARK: scalars

    private func checkScalar(_ node: YAMLNode, _ form: ValueForm, _ name: String) {
        guard let problem = ScalarForm.problem(node, form) else { return }
        guard problem.isOfType else { return wrongType(node, form, name, mend: problem.mend) }
        log.report(
            .badValue, "\(Printable.quoted(name)) takes \(form.words), not \(written(node))", at: .init(node),
            mend: problem.mend)
    }

    private func wrongType(_ node: YAMLNode, _ form: ValueForm, _ name: String, mend: String? = nil) {
        log.report(
            .wrongType, "\(Printable.quoted(name)) takes \(form.words), not \(written(node))",
            at: .init(node),
            mend: mend)
    }

    private func isNull(_ node: YAMLNode) -> Bool { node.scalar == .null }

    private func isText(_ node: YAMLNode) -> Bool {
        if case .text(let text) = node.scalar { return !text.isEmpty }
        return false
    }

    /// What was written, in words for a message.
    private func written(_ node: YAMLNode) -> String {
        if node.elements != nil { return "a list" }
        if node.members != nil { return "a mapping" }
        guard let text = node.text, !text.isEmpty else { return "nothing" }
        switch node.scalar {
        case .null: return "nothing"
        case .bool: return "the truth value \(Printable.quoted(text))"
        case .integer, .number: return "the number \(Printable.text(text, limit: 40))"
        default: return Printable.quoted(text)
        }
    }
}
