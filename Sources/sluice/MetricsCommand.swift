import Metrics
import Notation
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
            guard let family = MetricCatalogue.family(of: name) else {
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
            console.out(Help.table(families.map { (spelled($0), $0.summary) }, console.width))
            console.out(
                "\n'sluice metrics NAME' tells what one takes and needs, with its source and an example\n")
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

    private static func whole(_ family: MetricFamily) -> String {
        var takes = ""
        if case .value(let words) = family.parameter { takes = "  takes    \(family.name): \(words)\n" }
        return """
            \(spelled(family))
              \(family.summary)
            \(takes)\
              example  \(family.example)
              needs    \(family.needs.isEmpty ? "nothing" : needs(family).joined(separator: ", "))
              source   \(family.source)

            """
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
            case .model(let kind): kind.words
            }
        }
    }

    private static func json(_ family: MetricFamily) -> JSONValue {
        [
            "name": .string(family.name), "spelled": .string(spelled(family)),
            "summary": .string(family.summary),
            "takes": takes(family), "needs": .array(needs(family).map { .string($0) }),
            "source": .string(family.source),
            "example": .string(family.example),
        ]
    }
}
