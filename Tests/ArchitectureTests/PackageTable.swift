/// The targets of Package.swift with what each declares, read from its text.
struct PackageTable {
    struct Entry {
        let name: String
        let function: String
        let dependencies: [String]
        let line: Int
    }

    let file: String
    let entries: [Entry]

    /// Reads every `room("A", ["B", …])`, `command(…)`, `tests(…)` and `.target(name: "A", …)`.
    init(file: String, text: String) {
        // Comments would be read as calls; the text of literals is what is wanted here, so they are cut by hand.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var plain = ""
        for line in lines {
            let isComment = line.drop { $0 == " " }.hasPrefix("//")
            plain += (isComment ? "" : String(line)) + "\n"
        }
        let call =
            #/(room|command|tests|\.systemLibrary|\.target)\(\s*(?:name:\s*)?"([A-Za-z0-9_]+)"(?:\s*,\s*\[([^\]]*)\])?/#
        var entries: [Entry] = []
        for match in plain.matches(of: call) {
            let before = plain[..<match.range.lowerBound]
            let names = (match.output.3 ?? "").matches(of: #/"([A-Za-z0-9_]+)"/#).map { String($0.output.1) }
            entries.append(
                Entry(
                    name: String(match.output.2), function: String(match.output.1), dependencies: names,
                    line: before.count { $0 == "\n" } + 1))
        }
        self.file = file
        self.entries = entries
    }

    subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}
