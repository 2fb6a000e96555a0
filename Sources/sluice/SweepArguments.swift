import Domain
import Notation
import Policy
import Sweeping

/// What the command line adds to the policy's sweep.
struct SweepArguments {
    let plan: SweepPolicy
    let only: [String]

    init(_ policy: SweepPolicy, _ arguments: Arguments) throws(Arguments.Problem) {
        var plan = policy
        for text in arguments.all("vary") {
            let parameter = try Self.parameter(text)
            plan.vary.removeAll { $0.name == parameter.name }
            plan.vary.append(parameter)
        }
        for text in arguments.all("variant") {
            let variant = try Self.variant(text)
            plan.variants.removeAll { $0.name == variant.name }
            plan.variants.append(variant)
        }
        if arguments.has("apart") { plan.combination = .apart }
        if let name = arguments.value("reference") { plan.reference = name == SweepNames.own ? nil : name }
        if let text = arguments.value("axes") { plan.axes = try Self.metrics(text, "axes") }
        if let text = arguments.value("metrics") { plan.metrics = try Self.metrics(text, "metrics") }
        self.plan = plan
        only = Self.names(arguments)
    }

    /// Names of grid variants hold commas of their own: each is found among the known ones later.
    private static func names(_ arguments: Arguments) -> [String] {
        var names: [String] = []
        for text in arguments.all("only") {
            // `a=1,b=2` is one name where several parameters are crossed: then --only stands once a name.
            if arguments.all("only").count > 1 || text.contains("=") && text.split(separator: ",").count > 1 {
                names.append(text)
            } else {
                names += text.split(separator: ",").map(String.init)
            }
        }
        return names
    }

    /// `top_k=1,3,5`; values are JSON where they read as a number, a truth value, null or a quoted text.
    private static func parameter(_ text: String) throws(Arguments.Problem) -> SweepPolicy.Parameter {
        let (name, list) = try split(text, "--vary")
        var values: [JSONValue] = []
        if list.hasPrefix("["), case .array(let given)? = try? JSONValue.parse(Array(list.utf8)) {
            values = given
        } else {
            for piece in list.split(separator: ",", omittingEmptySubsequences: false) {
                values.append(try value(String(piece), "--vary '\(text)'"))
            }
        }
        guard !values.isEmpty else {
            throw Arguments.Problem(message: "--vary '\(text)' names no value", hint: "write NAME=V1,V2")
        }
        for (index, value) in values.enumerated() where values[..<index].contains(value) {
            throw Arguments.Problem(
                message: "--vary '\(text)' names \(Variant.text(value)) twice", hint: nil)
        }
        return SweepPolicy.Parameter(name: name, values: values)
    }

    /// `small: model=small-1, top_k=3`.
    private static func variant(_ text: String) throws(Arguments.Problem) -> SweepPolicy.Variant {
        guard let colon = text.firstIndex(of: ":") else {
            throw Arguments.Problem(
                message: "--variant '\(text)' has no name", hint: "write NAME: PARAMETER=VALUE")
        }
        let name = trimmed(String(text[..<colon]))
        guard SweepNames.isName(name) else {
            throw Arguments.Problem(
                message: "'\(name)' is no name of a variant",
                hint: "use letters, digits, '-', '_', '.' and '='; 'policy' is the app as it is")
        }
        var settings: [SweepPolicy.Setting] = []
        for piece in text[text.index(after: colon)...].split(separator: ",") {
            let (parameter, given) = try split(trimmed(String(piece)), "--variant")
            settings.append(SweepPolicy.Setting(parameter, try value(given, "--variant '\(text)'")))
        }
        guard !settings.isEmpty else {
            throw Arguments.Problem(message: "the variant '\(name)' changes nothing", hint: nil)
        }
        return SweepPolicy.Variant(name: name, settings: settings)
    }

    private static func split(
        _ text: String, _ flag: String
    ) throws(Arguments.Problem) -> (name: String, rest: String) {
        guard let equals = text.firstIndex(of: "=") else {
            throw Arguments.Problem(
                message: "\(flag) takes PARAMETER=VALUE, not '\(text)'", hint: nil)
        }
        let name = trimmed(String(text[..<equals]))
        guard !name.isEmpty else {
            throw Arguments.Problem(message: "\(flag) '\(text)' names no parameter", hint: nil)
        }
        return (name, String(text[text.index(after: equals)...]))
    }

    /// - Parameter flag: The option as it was written, for a message.
    private static func value(_ text: String, _ flag: String) throws(Arguments.Problem) -> JSONValue {
        let text = trimmed(text)
        guard !text.isEmpty else {
            throw Arguments.Problem(
                message: "\(flag) has a value that is empty", hint: "write '\"\"' for the empty text")
        }
        guard let read = try? JSONValue.parse(Array(text.utf8)) else { return .string(text) }
        switch read {
        case .array, .object: return .string(text)
        case .null, .bool, .integer, .number, .string: return read
        }
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func metrics(
        _ text: String, _ flag: String
    ) throws(Arguments.Problem) -> [MetricReference] {
        var found: [MetricReference] = []
        for piece in text.split(separator: ",") {
            do throws(SweepNames.Problem) {
                found.append(try SweepNames.metric(trimmed(String(piece))))
            } catch {
                throw Arguments.Problem(message: "--\(flag): \(error.message)", hint: error.mend)
            }
        }
        guard !found.isEmpty else {
            throw Arguments.Problem(message: "--\(flag) names no metric", hint: nil)
        }
        return found
    }
}
