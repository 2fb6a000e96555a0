/// Help texts, made from the commands' definitions.
enum Help {
    /// Widest line, however wide the terminal is: long lines read badly.
    private static let widest = 100

    static func overview(_ commands: [Command], columns: Int) -> String {
        let list = commands.map { ($0.name, $0.summary) }
        return """
            sluice decides whether a change to an ML or LLM app may reach users.

            usage  sluice COMMAND [options]      sluice COMMAND --help      sluice --version

            commands
            \(table(list, columns))
            verdicts and exit statuses
              0 ship · 1 block · 2 cannot tell · 3 could not measure
              64 usage · 65 bad input or not available yet · 70 internal · 130 stopped
              Scripts treat anything but 0 as failure.

            start with   sluice init URL
            then         sluice eval

            """
    }

    static func text(of command: Command, columns: Int) -> String {
        var text = wrapped("sluice \(command.name): \(command.summary)", columns) + "\n"
        for (index, usage) in command.usage.enumerated() {
            text +=
                (index == 0 ? "usage  " : "       ") + "sluice \(command.name)"
                + (usage.isEmpty ? "" : " " + usage) + "\n"
        }
        if !command.details.isEmpty { text += "\n" + wrapped(command.details, columns) }
        if !command.subcommands.isEmpty {
            text += "\nactions\n" + table(command.subcommands.map { ($0.word, $0.summary) }, columns)
        }
        let own = command.flags.map {
            (spelled($0), $0.summary + ($0.repeats ? " (may be given again)" : ""))
        }
        text += "\noptions\n" + table(own + [("-h, --help", "this text")], columns)
        if !command.examples.isEmpty {
            text += "\nexamples\n"
            for example in command.examples { text += "  " + example + "\n" }
        }
        let statuses = command.statuses.sorted { $0.code < $1.code }.map { (String($0.code), $0.meaning) }
        return text + "\nexit statuses\n" + table(statuses, columns)
    }

    private static func spelled(_ flag: Flag) -> String {
        var name = flag.short.map { "-\($0), " } ?? ""
        name += "--" + flag.name
        if let value = flag.value { name += " " + value }
        return name
    }

    /// Two columns, the second one wrapped under itself.
    static func table(_ rows: [(String, String)], _ columns: Int) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        var text = ""
        for (name, summary) in rows {
            let lines = folded(summary, min(columns, widest) - width - 4)
            text += "  \(padded(name, width))  \(lines.first ?? "")\n"
            for line in lines.dropFirst() { text += String(repeating: " ", count: width + 4) + line + "\n" }
        }
        return text
    }

    /// Paragraphs are folded anew; a line that begins with a space stands as it is.
    private static func wrapped(_ text: String, _ columns: Int) -> String {
        var out = ""
        var paragraph = ""
        func end() {
            for line in folded(paragraph, min(columns, widest)) { out += line + "\n" }
            paragraph = ""
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.hasPrefix(" ") {
                end()
                out += line + "\n"
            } else {
                paragraph += paragraph.isEmpty ? line : " " + line
            }
        }
        end()
        return out
    }

    private static func folded(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
