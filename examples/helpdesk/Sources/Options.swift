/// What the command line asks for.
struct Options: Sendable {
    enum Mode: Sendable, Hashable {
        case serve
        case ask(String)
        case table, fit, help
    }

    var mode = Mode.serve
    var port = 8101
    var version = "v1"
    var data = "examples/helpdesk/data"
    var seed: UInt64 = 0
    var jitterMilliseconds = 1.0
    var isMinimal = false

    struct Problem: Error { let message: String }

    init(_ arguments: [String]) throws(Problem) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--help", "-h": mode = .help
            case "--minimal": isMinimal = true
            case "--table": mode = .table
            case "--fit": mode = .fit
            case "--ask": mode = .ask(try Self.value(name, &rest))
            case "--port":
                guard let port = Int(try Self.value(name, &rest)), (0...65535).contains(port) else {
                    throw Problem(message: "--port: give a number from 0 to 65535; 0 takes a free one")
                }
                self.port = port
            case "--version-of":
                version = try Self.value(name, &rest)
                guard Variant.named(version) != nil else {
                    throw Problem(message: "--version-of: no version '\(version)'; there are \(Self.names)")
                }
            case "--data": data = try Self.value(name, &rest)
            case "--seed":
                guard let seed = UInt64(try Self.value(name, &rest)) else {
                    throw Problem(message: "--seed: give a whole number from 0")
                }
                self.seed = seed
            case "--jitter":
                guard let jitter = Double(try Self.value(name, &rest)), (0...10_000).contains(jitter) else {
                    throw Problem(message: "--jitter: give milliseconds from 0 to 10000")
                }
                jitterMilliseconds = jitter
            default: throw Problem(message: "unknown option '\(name)'; see helpdesk --help")
            }
        }
    }

    static var names: String { Variant.all.map(\.name).joined(separator: ", ") }

    static var help: String {
        let versions = Variant.all.map { variant in
            "  " + variant.name + String(repeating: " ", count: 20 - variant.name.utf8.count)
                + variant.summary
        }
        return """
            helpdesk: a small question-answering app for Sluice to judge

              helpdesk [--port N] [--version-of NAME]  serve POST /v1/answer, /v1/stream; GET /config, /healthz
              helpdesk --ask FILE                      answer the rows of a JSON Lines file, a line each
              helpdesk --table                         measure every version on the golden set, no server
              helpdesk --fit                           fit the span models anew

              --data DIR     the data folder (examples/helpdesk/data)
              --seed N       decides between equally good answers (0)
              --jitter MS    random waiting a request, at most (1)
              --minimal      answers hold "answer" and nothing else

            versions
            \(versions.joined(separator: "\n"))

            exit status: 0 done · 64 usage · 66 data missing or unreadable · 69 no port to listen on
            """
    }

    private static func value(_ name: String, _ rest: inout ArraySlice<String>) throws(Problem) -> String {
        guard let value = rest.popFirst() else { throw Problem(message: "\(name) needs a value") }
        return value
    }
}
