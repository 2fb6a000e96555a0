/// The reference of the policy file as Markdown, made from the table of keys and the forms of rules.
public enum PolicyReference {
    /// Ends with a newline; the same bytes for the same version of the product.
    public static func markdown() -> String {
        var out = "# The policy file\n\n"
        out +=
            "Made from the product's own table of keys; editors can use the JSON Schema made of it.\n"
        section("sluice.yaml", PolicyKeys.root, level: 2, into: &out)
        out += "\n## Rules\n\n```\n"
        out += "rule   := [ \"when\" slice \":\" ] [ \"confidently\" ] metric form\n"
        out += "slice  := NAME | NAME \"=\" VALUE\n"
        out += "metric := NAME [ \"@\" K ] [ \"[\" MEMBER | \"each\" \"]\" ] [ \".\" STATISTIC ]\n```\n\n"
        out += "STATISTIC is mean, min, max or a percentile such as p95; for `versions` the version's name. "
        out += "A rule that holds brackets must be quoted inside `[ … ]`.\n"
        for entry in GateFormEntry.all { form(entry, into: &out) }
        presets(into: &out)
        strictness(into: &out)
        return out
    }

    private static func section(_ title: String, _ keys: [KeyDefinition], level: Int, into out: inout String)
    {
        table(title, keys, level: level, into: &out)
        for key in keys { parts(of: key, title: title, level: level, into: &out) }
    }

    private static func table(_ title: String, _ keys: [KeyDefinition], level: Int, into out: inout String) {
        out += "\n" + String(repeating: "#", count: min(level, 6)) + " \(title)\n\n"
        out += "| key | takes | default | means |\n|---|---|---|---|\n"
        for key in keys {
            let name = "`\(key.name)`" + (key.isRequired ? " (required)" : "")
            let later = key.availability == .notYet ? " *Not available yet.*" : ""
            let fallback = key.defaultText.map { "`\(escaped($0))`" } ?? ""
            out +=
                "| \(name) | \(escaped(key.form.words)) | \(fallback) | \(escaped(key.summary))\(later) |\n"
        }
        out += "\n```yaml\n"
        for key in keys where key.availability == .available { out += "\(key.name): \(key.example)\n" }
        out += "```\n"
    }

    /// Sections of what a key holds.
    private static func parts(of key: KeyDefinition, title: String, level: Int, into out: inout String) {
        guard key.availability == .available else { return }
        let path = title == "sluice.yaml" ? key.name : title + "." + key.name
        switch key.form {
        case .keys(let inner): section(path, inner, level: level + 1, into: &out)
        case .names(_, _, .keys(let inner)): section(path + ".NAME", inner, level: level + 1, into: &out)
        case .choice(let forms) where key.name == "candidate":
            for form in forms {
                guard case .keys(let inner) = form, let lead = form.lead else { continue }
                table("A target with \(lead)", inner, level: level + 1, into: &out)
            }
        case .names(_, _, .list(.keys(let inner), _, _)):
            section(path + ".NAME[]", inner, level: level + 1, into: &out)
        case .list(.gate, _, _) where level == 2:
            section("An entry of gates", PolicyKeys.gate, level: 3, into: &out)
        case .list(.metric, _, _) where level == 2:
            section("The metric kpi", PolicyKeys.kpi, level: 3, into: &out)
        case .choice(let forms) where key.name != "baseline", .names(_, _, .choice(let forms)):
            let mappings = forms.compactMap { form in form.innerKeys.map { (lead: form.lead, keys: $0) } }
            if mappings.count == 1 { section(path, mappings[0].keys, level: level + 1, into: &out) }
            guard mappings.count > 1 else { break }
            for (lead, inner) in mappings {
                let named = lead.map { "\(path) with \($0)" } ?? path
                table(named, inner, level: level + 1, into: &out)
                for key in inner { parts(of: key, title: path, level: level + 1, into: &out) }
            }
        default: break
        }
    }

    private static func form(_ entry: GateFormEntry, into out: inout String) {
        out +=
            "\n### \(entry.name)\n\n`\(entry.rulePattern)`\n\n"
        out += entry.summary + "\n\n"
        out += "- passes: \(entry.passes)\n- fails: \(entry.fails)\n"
        if let unsure = entry.unsure { out += "- unsure: \(unsure)\n" }
        out += "\n```\n" + entry.examples.joined(separator: "\n") + "\n```\n"
    }

    private static func presets(into out: inout String) {
        out += "\n## Presets\n\nA rule of the file on the same slice and metric replaces a preset's. "
        out += "What the app does not show is left out with a warning.\n"
        for preset in Preset.all {
            out += "\n### \(preset.name): \(preset.summary)\n\n"
            out += "Metrics: " + preset.metrics.map { "`\($0)`" }.joined(separator: ", ") + "\n\n"
            out += "| gate | where the threshold comes from |\n|---|---|\n"
            for gate in preset.gates { out += "| `\(escaped(gate.rule))` | \(escaped(gate.source)) |\n" }
        }
    }

    private static func strictness(into out: inout String) {
        out += "\n## Kinds of change\n\n"
        out +=
            "A change of several kinds must pass the union of what they ask for. Where two rules are on one "
        out +=
            "slice and metric and one implies the other, the stricter holds:\n\n"
        out += "| form | stricter is |\n|---|---|\n"
        for row in Strictness.table { out += "| \(escaped(row.form)) | \(escaped(row.stricter)) |\n" }
        out +=
            "\nOf two answers to being undecided, `fail` is stricter than `ask`, and `ask` than `continue`; "
        out += "a rule gives way only to one that is at least as strict in that too. "
        out += "Rules that do not compare both hold.\n"
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text { out += character == "|" ? "\\|" : String(character) }
        return out
    }
}

extension ValueForm {
    /// The keys of a mapping, or of the mappings of names.
    fileprivate var innerKeys: [KeyDefinition]? {
        switch self {
        case .keys(let keys): keys
        case .names(_, _, let form): form.innerKeys
        default: nil
        }
    }
}
