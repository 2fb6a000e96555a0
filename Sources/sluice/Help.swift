/// Help texts, made from the commands' definitions.
enum Help {
    static func overview(_ commands: [Command]) -> String {
        var text = """
            sluice decides whether a change to an ML or LLM app may reach users.

            usage  sluice COMMAND [options]      sluice COMMAND --help

            commands

            """
        let width = commands.map(\.name.count).max() ?? 0
        for command in commands { text += "  \(padded(command.name, width))  \(command.summary)\n" }
        text += """

            verdicts and exit statuses
              0 ship · 1 block · 2 cannot tell · 3 could not measure
              64 usage · 65 bad input or not available yet · 70 internal · 130 stopped
              Scripts treat anything but 0 as failure.

            start with   sluice validate --policy sluice.yaml
            then         sluice eval --policy sluice.yaml

            """
        return text
    }

    static func text(of command: Command) -> String {
        var text = "sluice \(command.name): \(command.summary)\n\nusage  sluice \(command.name) \(command.usage)\n"
        if !command.details.isEmpty { text += "\n" + command.details + "\n" }
        text += "\noptions\n"
        let names = command.flags.map(spelled)
        let width = names.map(\.count).max() ?? 0
        for (flag, name) in zip(command.flags, names) {
            text += "  \(padded(name, width))  \(flag.summary)\n"
        }
        if !command.examples.isEmpty {
            text += "\nexamples\n"
            for example in command.examples { text += "  " + example + "\n" }
        }
        text += "\nexit statuses\n"
        for status in command.statuses { text += "  \(padded(String(status.code), 3))  \(status.meaning)\n" }
        return text
    }

    private static func spelled(_ flag: Flag) -> String {
        var name = flag.short.map { "-\($0), " } ?? ""
        name += "--" + flag.name
        if let value = flag.value { name += " " + value }
        return name
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
