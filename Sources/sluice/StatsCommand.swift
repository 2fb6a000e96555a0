import Calculator
import Domain
import Glibc
import Notation
import Storage

/// `sluice stats`: any statistic that the product uses, by name.
enum StatsCommand {
    static let command = Command(
        name: "stats", summary: "compute any statistic of the gates and monitors: JSON in, JSON out",
        usage: [
            "NAME [FILE | '{…}']   one object of arguments, from FILE, as it stands, or from standard input",
            "--lines [NAME] [FILE]",
            "--list",
        ],
        flags: [
            Flag(name: "list", summary: "every statistic with one line and its source"),
            Flag(
                name: "lines",
                summary: "a call a line, an answer a line; without NAME, 'statistic' names it in each"),
            Flag(name: "example", summary: "print an input of NAME that works"),
            Flag(name: "json", summary: "the list as JSON; answers are JSON always"),
        ],
        positionals: 0...2,
        statuses: [
            ExitStatus.ok,
            Command.Status(
                code: ExitStatus.badInput,
                meaning: "an input is bad, or the statistic has no value for it: the message says which"),
        ] + ExitStatus.failures.filter { $0.code != ExitStatus.badInput },
        details: """
            A calculator over the very functions that verdicts rest on. 'sluice stats NAME --help' lists what one \
            takes. No answer is ever NaN: where a statistic has no value the command says why and fails. In an answer of \
            several parts, a bound that does not exist yet is null.
            """,
        examples: [
            "sluice stats --list",
            "echo '{\"successes\": 45, \"trials\": 50, \"confidence\": 0.95}' | sluice stats wilson-interval",
            "sluice stats wilson-interval --example | sluice stats wilson-interval",
        ],
        topic: help, run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        if arguments.has("list") { return list(arguments, console) }
        var words = arguments.positionals[...]
        var entry: StatisticEntry?
        if let name = words.first, let found = StatisticCatalogue.entry(named: name) {
            entry = found
            words = words.dropFirst()
        } else if let name = words.first, !arguments.has("lines") || words.count > 1 {
            if name == "list" || name == "help" {
                return misused("'\(name)' is no statistic; did you mean '--\(name)'?", console)
            }
            let near = StatisticCatalogue.suggestion(for: name).map { "did you mean '\($0)'?" }
            console.error(
                "sluice stats: unknown statistic '\(Sluice.printable(name))'; "
                    + (near ?? "see 'sluice stats --list'"))
            return ExitStatus.usage
        }
        if arguments.has("example") {
            guard let entry else { return misused("--example needs the NAME of a statistic", console) }
            console.out(text(entry.example) + "\n")
            return 0
        }
        guard words.count <= 1 else {
            return misused("unexpected argument '\(words[words.startIndex + 1])'", console)
        }
        if arguments.has("lines") { return lines(entry, path: words.first, console) }
        guard let entry else {
            return misused("name a statistic; 'sluice stats --list' shows them", console)
        }
        return single(entry, path: words.first, console)
    }

    /// Arguments are written by people: a value that a repeated key hides would be missed.
    private static let written = JSONLimits(refusesRepeatedKeys: true)

    /// Whether a word of the command line is the object itself; `./{file` is a file of that name.
    private static func isObject(_ word: String) -> Bool { word.first { $0 != " " && $0 != "\n" } == "{" }

    private static func single(_ entry: StatisticEntry, path: String?, _ console: Console) -> Int32 {
        let place = path.map { isObject($0) ? "argument" : $0 } ?? "standard input"
        do throws(StoreError) {
            let bytes: [UInt8]
            if let path, isObject(path) {
                bytes = Array(path.utf8)
            } else if let path {
                bytes = try InputFile.read(path)
            } else {
                bytes = try InputFile.standardInput()
            }
            let value: JSONValue
            do throws(JSONError) { value = try JSONValue.parse(bytes, limits: written) } catch {
                console.error(
                    "sluice stats \(entry.name): \(Sluice.printable(place)):\(error.mark.line):\(error.mark.column): \(error.cause)"
                )
                return ExitStatus.badInput
            }
            do throws(StatisticProblem) {
                console.out(text(try entry.answer(value), pretty: true) + "\n")
                return 0
            } catch {
                console.error("sluice stats \(entry.name): \(error.description)")
                return ExitStatus.badInput
            }
        } catch {
            console.error("sluice stats: \(error.description)")
            return ExitStatus.badInput
        }
    }

    /// A line's trouble is its own: it is answered in its place, and the rest goes on.
    private static func lines(_ entry: StatisticEntry?, path: String?, _ console: Console) -> Int32 {
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            console.error("sluice stats: \(path ?? ""): \(String(cString: strerror(errno)))")
            return ExitStatus.badInput
        }
        defer { if path != nil { close(descriptor) } }
        var splitter = JSONLineSplitter()
        var isWhole = true
        var out: [UInt8] = []
        func answer(_ number: Int, _ line: UnsafeBufferPointer<UInt8>) {
            let answer: (answer: JSONValue, hasResult: Bool)
            do throws(JSONError) {
                answer = StatisticCall.answer(try JSONValue.parse(line, limits: written), fixed: entry)
            } catch {
                let words = "line \(number), column \(error.mark.column): \(error.cause)"
                answer = (
                    ["format": "sluice.stats/1", "error": ["kind": "input", "message": .string(words)]], false
                )
            }
            if !answer.hasResult { isWhole = false }
            out += Array(text(answer.answer).utf8) + [UInt8(ascii: "\n")]
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        do {
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    console.error("sluice stats: \(String(cString: strerror(errno)))")
                    return ExitStatus.badInput
                }
                if count == 0 { break }
                try buffer[..<count].withUnsafeBufferPointer { try splitter.feed($0, answer) }
                flush(&out, console)
            }
            try splitter.finish(answer)
            flush(&out, console)
        } catch {
            flush(&out, console)
            console.error("sluice stats: \(error)")
            return ExitStatus.badInput
        }
        return isWhole ? 0 : ExitStatus.badInput
    }

    private static func flush(_ out: inout [UInt8], _ console: Console) {
        guard !out.isEmpty else { return }
        console.out(String(decoding: out, as: UTF8.self))
        out.removeAll(keepingCapacity: true)
    }

    private static func list(_ arguments: Arguments, _ console: Console) -> Int32 {
        if arguments.has("json") {
            let entries = StatisticCatalogue.entries.map(json)
            console.out(
                text(["format": "sluice.statistics/1", "statistics": .array(entries)], pretty: true) + "\n")
            return 0
        }
        for family in StatisticEntry.Family.allCases {
            let entries = StatisticCatalogue.entries.filter { $0.family == family }
            guard !entries.isEmpty else { continue }
            console.out(family.rawValue + "\n")
            console.out(
                Help.table(entries.map { ($0.name, "\($0.summary) [\($0.source)]") }, console.width) + "\n")
        }
        console.out("'sluice stats NAME --help' tells what one takes, with an example that works\n")
        return 0
    }

    @Sendable
    private static func help(_ name: String, _ columns: Int) -> String? {
        guard let entry = StatisticCatalogue.entry(named: name) else { return nil }
        let rows = entry.arguments.map { argument in
            let fallback = argument.fallback.map { "; \($0) if left out" } ?? ""
            return (argument.name, "\(argument.kind): \(argument.summary)\(fallback)")
        }
        return """
            sluice stats \(entry.name): \(entry.summary)

            arguments
            \(Help.table(rows, columns))
            source   \(entry.source)

            example
              echo \(ShellWord.quoted(text(entry.example))) | sluice stats \(entry.name)

            """
    }

    private static func json(_ entry: StatisticEntry) -> JSONValue {
        [
            "name": .string(entry.name), "family": .string(entry.family.rawValue),
            "summary": .string(entry.summary), "source": .string(entry.source),
            "arguments": .array(
                entry.arguments.map { argument in
                    [
                        "name": .string(argument.name), "kind": .string(argument.kind),
                        "default": argument.fallback.map { .string($0) } ?? .null,
                        "summary": .string(argument.summary),
                    ]
                }),
            "example": entry.example,
        ]
    }

    private static func text(_ value: JSONValue, pretty: Bool = false) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: pretty))
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func misused(_ words: String, _ console: Console) -> Int32 {
        console.error("sluice stats: \(Sluice.printable(words))\nsee 'sluice stats --help'")
        return ExitStatus.usage
    }
}
