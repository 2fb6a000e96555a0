import Text

/// What a user typed, read against a command's flags.
struct Arguments: Sendable {
    private(set) var positionals: [String] = []
    private var values: [String: [String]] = [:]
    private var switches = Set<String>()

    struct Problem: Error {
        let message: String
        let hint: String?
    }

    /// `--name value`, `--name=value`, `-x value`; `--` ends the options.
    init(_ words: [String], flags: [Flag], positionals allowed: ClosedRange<Int>) throws(Problem) {
        var index = 0
        var onlyPositionals = false
        while index < words.count {
            let word = words[index]
            index += 1
            if onlyPositionals || !word.hasPrefix("-") || word == "-" {
                positionals.append(word)
                continue
            }
            if word == "--" {
                onlyPositionals = true
                continue
            }
            let name: String
            var inline: String?
            if let equals = word.firstIndex(of: "="), word.hasPrefix("--") {
                name = String(word[..<equals])
                inline = String(word[word.index(after: equals)...])
            } else {
                name = word
            }
            guard
                let flag = flags.first(where: { "--" + $0.name == name || $0.short.map { "-\($0)" } == name })
            else {
                let near = nearest(String(name.drop { $0 == "-" }), in: flags.map(\.name))
                throw Problem(message: "unknown option \(name)", hint: near.map { "did you mean '--\($0)'?" })
            }
            guard let placeholder = flag.value else {
                if inline != nil { throw Problem(message: "--\(flag.name) takes no value", hint: nil) }
                switches.insert(flag.name)
                continue
            }
            var value = inline
            if value == nil, index < words.count {
                value = words[index]
                index += 1
            }
            guard let value else {
                throw Problem(
                    message: "--\(flag.name) needs a value: --\(flag.name) \(placeholder)", hint: nil)
            }
            if values[flag.name] != nil, !flag.repeats {
                throw Problem(message: "--\(flag.name) is given twice", hint: nil)
            }
            values[flag.name, default: []].append(value)
        }
        if positionals.count < allowed.lowerBound {
            throw Problem(message: "an argument is missing", hint: nil)
        }
        if positionals.count > allowed.upperBound {
            throw Problem(message: "unexpected argument '\(positionals[allowed.upperBound])'", hint: nil)
        }
    }

    func has(_ name: String) -> Bool { switches.contains(name) || values[name] != nil }

    func value(_ name: String) -> String? { values[name]?.last }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// A whole number of at least `least`, or a problem that says so.
    func number(_ name: String, least: Int, most: Int? = nil) throws(Problem) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), number >= least, number <= most ?? .max else {
            let range = "from \(least)" + (most.map { " to \($0)" } ?? "")
            throw Problem(message: "--\(name) takes a whole number \(range), not '\(text)'", hint: nil)
        }
        return number
    }
}
