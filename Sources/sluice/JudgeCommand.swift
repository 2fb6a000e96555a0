import Domain
import Metrics
import Notation
import Storage

/// `sluice judge`: the judge of answers, and how it is itself measured.
enum JudgeCommand {
    static let command = Command.group(
        "judge", summary: "hold the judge of answers against labels of people; its prompts",
        details: """
            A judge that nobody measured is an opinion. 'calibrate' says how often it errs and in which direction, and
            writes the record without which its metrics may not gate; 'prompts' shows what it is asked.
            """,
        [JudgeCalibrateCommand.command, JudgePromptsCommand.command])
}

/// `sluice judge prompts`: what judges are asked, to read or to begin one's own from.
enum JudgePromptsCommand {
    static let command = Command(
        name: "judge prompts", summary: "show the prompts that judges are asked by",
        usage: ["[NAME] [options]"],
        flags: [
            Flag(name: "write", value: "FOLDER", summary: "put them there, one file each, to be edited"),
            Flag(name: "json", summary: "as JSON"),
        ], positionals: 0...1, statuses: [ExitStatus.ok] + ExitStatus.failures,
        details: """
            A policy takes prompts of your own from the folder that 'judge.prompts' names: NAME.txt in the place of the
            shipped NAME, with a version of its own. The form of the verdict stays. Another prompt starts a new series
            of scores, and asks for a new calibration.
            """,
        examples: ["sluice judge prompts", "sluice judge prompts support"], run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        let all = JudgePrompts.shipped.all
        var chosen = all
        if let name = arguments.positionals.first {
            guard let prompt = JudgePrompts.shipped[name] else {
                let known = all.map(\.name).joined(separator: ", ")
                console.error(
                    "sluice judge prompts: there is no prompt '\(Sluice.printable(name))'; there are \(known)"
                )
                return ExitStatus.usage
            }
            chosen = [prompt]
        }
        if let folder = arguments.value("write") {
            return write(chosen, folder, console)
        }
        if arguments.has("json") {
            var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
            writer.value(["format": "sluice.judge-prompts/1", "prompts": .array(chosen.map(json))])
            console.out(String(decoding: writer.bytes, as: UTF8.self) + "\n")
        } else if arguments.positionals.isEmpty {
            console.out(Help.table(all.map { ("\($0.name) \($0.version)", users(of: $0)) }, console.width))
        } else {
            for prompt in chosen { console.out(prompt.text) }
        }
        return 0
    }

    private static func users(of prompt: JudgePrompt) -> String {
        "asked by "
            + JudgedForm.all.filter { $0.prompts.contains(prompt.name) }.map(\.name).joined(separator: ", ")
    }

    private static func json(_ prompt: JudgePrompt) -> JSONValue {
        [
            "name": .string(prompt.name), "version": .string(prompt.version),
            "digest": .string(prompt.identity.digest), "text": .string(prompt.text), "schema": prompt.schema,
            "fields": .array(prompt.fields.map { .string($0) }),
        ]
    }

    private static func write(_ prompts: [JudgePrompt], _ folder: String, _ console: Console) -> Int32 {
        let folder = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        for prompt in prompts {
            let path = "\(folder)/\(prompt.name).txt"
            do throws(StoreError) {
                if (try? InputFile.read(path)) != nil {
                    throw StoreError(.denied, "\(path) is there already; remove it, or name another folder")
                }
                try InputFile.write(path, Array(prompt.text.utf8))
            } catch {
                console.error("sluice judge prompts: \(error.description)")
                return ExitStatus.badInput
            }
            console.out("\(Sluice.printable(path))\n")
        }
        return 0
    }
}
