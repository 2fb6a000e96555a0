import Metrics
import Notation
import Policy
import Text

/// `sluice metrics`: what can be measured.
enum MetricsCommand {
    static let command = Command(
        name: "metrics", summary: "list the metrics, or tell all about one", usage: ["[NAME] [options]"],
        flags: [Flag(name: "json", summary: "as JSON")], positionals: 0...1,
        statuses: [ExitStatus.ok] + ExitStatus.failures,
        examples: ["sluice metrics", "sluice metrics recall"],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        var families = MetricCatalogue.families
        if let name = arguments.positionals.first {
            let known = MetricCatalogue.family(of: name) ?? policys(name)
            guard let family = known ?? MetricCatalogue.foreign(name).flatMap(MetricCatalogue.family) else {
                let problem = MetricCatalogue.unknown(name)
                let hint = problem.suggestion.map { "; did you mean '\($0)'?" } ?? ""
                console.error(Sluice.printable(problem.message + hint))
                return ExitStatus.usage
            }
            families = [family]
        }
        if arguments.has("json") {
            var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
            writer.value(["format": "sluice.metrics/1", "metrics": .array(families.map(json))])
            console.out(String(decoding: writer.bytes, as: UTF8.self) + "\n")
        } else if arguments.positionals.isEmpty {
            list(console)
        } else {
            for family in families { console.out(whole(family)) }
        }
        return 0
    }

    private static func spelled(_ family: MetricFamily) -> String {
        var name = family.name
        if case .cutoff = family.parameter { name += "@k" }
        switch family.members {
        case .none: break
        case .classes: name += "[class]"
        case .names: name += "[name]"
        case .keys: name += ".name"
        }
        return name
    }

    /// What a policy makes of others, by the names that one may think of.
    private static func policys(_ name: String) -> MetricFamily? {
        switch name {
        case "kpi", "kpis": .kpi
        case "composites", "weighted", "all_of", "any_of", "not": MetricCatalogue.family(of: "composite")
        case "customs": MetricCatalogue.family(of: "custom")
        default: nil
        }
    }

    /// A line each, by kind.
    private static func list(_ console: Console) {
        let width = min(console.width, 100)
        let own = MetricCatalogue.groups.map { group in
            (group.title, (group.title == "Your own" ? group.families + [.kpi] : group.families))
        }
        let column = own.flatMap(\.1).map { spelled($0).count }.max() ?? 0
        var text = ""
        for (title, families) in own {
            text += title + "\n"
            for family in families.sorted(by: { $0.name < $1.name }) {
                let name = spelled(family)
                let mark = mark(family)
                let space = width - column - 4 - (mark.isEmpty ? 0 : mark.count + 1)
                let line = cut(family.summary, max(space, 20)) + (mark.isEmpty ? "" : " " + mark)
                text += "  " + name + String(repeating: " ", count: column - name.count + 2) + line + "\n"
            }
            text += "\n"
        }
        console.out(text)
        console.out(
            """
            \(MetricCatalogue.families.count + 1) metrics; those without a model in brackets cost under 0.1 ms an answer.
            'sluice metrics NAME' tells all about one, with its source, what it needs and an example that runs.

            """)
    }

    /// The kinds of model that it asks.
    private static func mark(_ family: MetricFamily) -> String {
        var kinds: [String] = []
        for need in family.needs {
            guard case .model(let kind) = need else { continue }
            switch kind {
            case .judge: kinds.append("judge")
            case .custom: kinds.append("program")
            case .embedding, .tokenVectors: kinds.append("embedding")
            }
        }
        return kinds.isEmpty ? "" : "[" + kinds.joined(separator: ", ") + "]"
    }

    /// Without its full stop, at a word's end where it is too long.
    private static func cut(_ summary: String, _ space: Int) -> String {
        var text = summary.hasSuffix(".") ? String(summary.dropLast()) : summary
        guard text.count > space else { return text }
        text = String(text.prefix(space - 1))
        if let end = text.lastIndex(of: " ") { text = String(text[..<end]) }
        while let last = text.last, ",;:".contains(last) { text.removeLast() }
        return text + "…"
    }

    private static func whole(_ family: MetricFamily) -> String {
        var takes = ""
        if case .value(let words) = family.parameter { takes = "  takes    \(family.name): \(words)\n" }
        var nature = ""
        if let definition = definition(family) {
            nature = "  unit     \(definition.unit.rawValue), \(range(definition)), \(better(definition))\n"
        }
        return """
            \(spelled(family))
              \(family.summary)
            \(takes)\
            \(nature)\
              needs    \(family.needs.isEmpty ? "nothing" : needs(family).joined(separator: ", "))
              line     \(line(family))
              cost     \(family.cost)
              source   \(family.source)
              example  \(family.example)
              try it   \(MetricTrial.commands(family).joined(separator: "\n" + String(repeating: " ", count: 11)))

            """
    }

    /// What of a line of `sluice score` it reads.
    private static func line(_ family: MetricFamily) -> String {
        guard let line = family.line else { return "no line holds it: it is of whole runs" }
        var parts: [String] = []
        if !line.required.isEmpty { parts.append(line.required.joined(separator: ", ")) }
        if !line.optional.isEmpty { parts.append("where given: " + line.optional.joined(separator: ", ")) }
        if let note = line.note { parts.append(note) }
        return parts.joined(separator: "; ")
    }

    /// The example's own definition: unit, range and direction hang on nothing that a parameter changes.
    private static func definition(_ family: MetricFamily) -> MetricDefinition? {
        WorkedExample(family).flatMap { try? $0.definition() }
    }

    private static func range(_ definition: MetricDefinition) -> String {
        switch (definition.lowest, definition.highest) {
        case (let low?, let high?): "from \(short(low)) to \(short(high))"
        case (let low?, nil): "from \(short(low)) up"
        case (nil, let high?): "up to \(short(high))"
        case (nil, nil): "unbounded"
        }
    }

    private static func better(_ definition: MetricDefinition) -> String {
        definition.direction == .neither ? "neither way better" : "\(definition.direction.rawValue) is better"
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    private static func takes(_ family: MetricFamily) -> JSONValue {
        if case .value(let words) = family.parameter { return .string(words) }
        return .null
    }

    private static func needs(_ family: MetricFamily) -> [String] {
        family.needs.map { need in
            switch need {
            case .observed(let key): "app.observe.\(key)"
            case .expected(let field): "data set: \(field)"
            case .anyExpectation: "data set: an expectation of the answer"
            case .model(let kind): kind.words
            }
        }
    }

    private static func json(_ family: MetricFamily) -> JSONValue {
        [
            "name": .string(family.name), "spelled": .string(spelled(family)),
            "summary": .string(family.summary),
            "takes": takes(family), "needs": .array(needs(family).map { .string($0) }),
            "line": family.line.map { line in
                [
                    "required": .array(line.required.map { .string($0) }),
                    "optional": .array(line.optional.map { .string($0) }),
                ]
            } ?? .null,
            "cost": .string(family.cost), "source": .string(family.source),
            "example": .string(family.example),
            "unit": definition(family).map { .string($0.unit.rawValue) } ?? .null,
            "lowest": definition(family)?.lowest.map { .number($0) } ?? .null,
            "highest": definition(family)?.highest.map { .number($0) } ?? .null,
            "better": definition(family).map { .string($0.direction.rawValue) } ?? .null,
        ]
    }
}
