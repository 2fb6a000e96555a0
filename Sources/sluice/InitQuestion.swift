import Adoption
import Glibc
import Policy

/// What cannot be found out, asked on a terminal; never in CI, never with --yes.
enum InitQuestion {
    private static func mayAsk(_ arguments: Arguments, _ console: Console) -> Bool {
        console.isInteractive && isatty(STDIN_FILENO) == 1 && !arguments.has("yes") && !arguments.has("json")
    }

    static func address(_ arguments: Arguments, _ console: Console) -> String? {
        guard mayAsk(arguments, console) else { return nil }
        console.error("The address that the app answers questions at (http://127.0.0.1:8000/ask):")
        let line = readLine()?.split(whereSeparator: \.isWhitespace).first.map(String.init)
        return line
    }

    /// The preset; asked for only where the answers suit several.
    static func preset(_ choice: PresetChoice, _ arguments: Arguments, _ console: Console) -> Preset {
        guard !choice.others.isEmpty, mayAsk(arguments, console) else { return choice.preset }
        console.clearProgress()
        console.error("\(choice.why); which preset suits the app?")
        let all = [choice.preset] + choice.others
        for preset in all { console.error("  \(preset.name): \(preset.summary)") }
        console.error("its name, or Enter for \(choice.preset.name):")
        let word = readLine()?.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        return all.first { $0.name == word } ?? Preset.named(word) ?? choice.preset
    }
}
