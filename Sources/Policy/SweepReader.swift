import Domain
import Metrics
import Notation

/// Reads `sweep`; what is wrong with its form has been told already.
struct SweepReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> SweepPolicy {
        var sweep = SweepPolicy()
        guard let node else { return sweep }
        for member in node["vary"]?.members ?? [] {
            guard let name = member.key.text else { continue }
            let values = member.value.elements?.map(\.json) ?? [member.value.json]
            for (index, value) in values.enumerated() where values[..<index].contains(value) {
                log.report(
                    .redundant, "a value of \(Printable.quoted(name)) stands twice",
                    at: .init(member.value.elements?[index] ?? member.value), mend: "remove one of them")
            }
            sweep.vary.append(SweepPolicy.Parameter(name: name, values: values))
        }
        if let word = node["combine"]?.text.flatMap(SweepPolicy.Combination.init(rawValue:)) {
            sweep.combination = word
        }
        for member in node["variants"]?.members ?? [] {
            guard let name = member.key.text else { continue }
            if !SweepNames.isName(name) {
                log.report(
                    .badValue, "\(Printable.quoted(name)) is no name of a variant", at: .init(member.key),
                    mend: "use letters, digits, '-', '_', '.' and '='; 'policy' is the app as it is")
            }
            var settings: [SweepPolicy.Setting] = []
            for setting in member.value.members ?? [] {
                settings.append(SweepPolicy.Setting(setting.key.text ?? "", setting.value.json))
            }
            if settings.isEmpty, member.value.members != nil {
                log.report(
                    .badValue, "the variant \(Printable.quoted(name)) changes nothing", at: .init(member.key),
                    mend: "give it a parameter; the app as it is takes part by itself")
            }
            sweep.variants.append(SweepPolicy.Variant(name: name, settings: settings))
        }
        for member in node["parameters"]?.members ?? [] {
            guard let name = member.key.text, let text = member.value.text else { continue }
            guard let place = SweepPolicy.Place(text) else {
                log.report(
                    .badValue, "\(Printable.quoted(text)) is no place of a parameter",
                    at: .init(member.value),
                    mend: "write a JSON Pointer such as '/options/\(Printable.text(name, limit: 30))', "
                        + "'header NAME', 'env NAME', 'url' or 'system'")
                continue
            }
            sweep.places.append(SweepPolicy.Placement(parameter: name, place: place))
        }
        sweep.reference = node["reference"]?.text
        sweep.axes = metrics(node["axes"])
        sweep.metrics = metrics(node["metrics"])
        return sweep
    }

    private func metrics(_ node: YAMLNode?) -> [MetricReference] {
        var found: [MetricReference] = []
        for element in node?.elements ?? [] {
            guard let text = element.text else { continue }
            do throws(SweepNames.Problem) { found.append(try SweepNames.metric(text)) } catch {
                log.report(.badValue, error.message, at: .init(element), mend: error.mend)
            }
        }
        return found
    }
}

/// Names that a sweep's policy and command line share.
public enum SweepNames {
    /// What is wrong with a name, and how to mend it.
    public struct Problem: Error, Sendable {
        public let message: String
        public let mend: String?
    }

    /// Whether a variant may be called so: something that a shell and a report take as one word.
    public static func isName(_ name: String) -> Bool {
        guard name != own, !name.isEmpty, name.utf8.count <= 80 else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.=+".utf8.contains(byte)
            }
        }
    }

    /// What the app is called that no parameter is laid over.
    public static let own = "policy"

    /// A metric that variants can be held against each other on: `recall@3`, `latency.p95`, `intent_f1[refund]`.
    ///
    /// - Throws: a text that is no metric, an unknown one, one without a better and worse.
    public static func metric(_ text: String) throws(Problem) -> MetricReference {
        let quoted = Printable.quoted(text)
        let parsed: ParsedRule
        do throws(RuleProblem) {
            _ = try RuleParser.parseMetric(text)
            parsed = try RuleParser.parse(text + " not worse than baseline")
        } catch {
            throw Problem(message: "\(quoted) is no metric: \(error.message)", mend: error.mend)
        }
        let reference = parsed.metric.reference
        if reference.name == "kpi" {
            throw Problem(message: "the kpi is made of other metrics", mend: "name one of its parts")
        }
        guard let family = MetricCatalogue.family(of: reference.name) else {
            let near = MetricCatalogue.unknown(parsed.metric.family).suggestion.map { name in
                parsed.metric.cutoff.map { "\(name)@\($0)" } ?? name
            }
            throw Problem(
                message: "unknown metric \(quoted)",
                mend: near.map { "did you mean '\($0)'?" } ?? "'sluice metrics' lists all")
        }
        if reference.selector == .each {
            throw Problem(message: "\(quoted) is many metrics", mend: "name one: \(reference.name)[NAME]")
        }
        // What a parameter makes of it, only the policy's own entry says.
        if case .value = family.parameter { return reference }
        let definition: MetricDefinition
        do throws(MetricProblem) {
            let name = MetricCatalogue.definitionName(for: reference)
            definition = try MetricCatalogue.define(MetricRequest(name: name))
        } catch {
            throw Problem(
                message: Printable.text(error.message), mend: error.suggestion.map { "did you mean '\($0)'?" }
            )
        }
        if definition.direction == .neither {
            throw Problem(
                message: "neither way is better for \(quoted)", mend: "choose a metric that has one")
        }
        let context = RuleChecker.Context(hasBaseline: true, repeats: 1, currency: nil, kpi: nil)
        var checker = RuleChecker(context: context, rule: parsed, family: family, definition: definition)
        if checker.check() == nil, let note = checker.notes.first(where: { $0.severity == .error }) {
            throw Problem(message: note.problem.message, mend: note.problem.mend)
        }
        return reference
    }
}
