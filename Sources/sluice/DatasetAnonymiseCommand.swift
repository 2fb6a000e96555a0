import Curation
import Domain
import Glibc
import Interchange
import Notation
import Reporting
import Storage

/// `sluice dataset anonymise`: pseudonyms in the place of what must not be kept; or only whether there is any.
enum DatasetAnonymiseCommand {
    static let command = Command(
        name: "dataset anonymise",
        summary: "put pseudonyms for mail, phone, card, account, keys, listed names; or check for them",
        usage: ["[options] FILE|FOLDER… -o OUT", "--check [options] FILE|FOLDER…"],
        flags: [
            Flag(
                name: "output", short: "o", value: "OUT",
                summary: "the file to write, or the folder where several are read"),
            Flag(name: "check", summary: "write nothing; status 1 where anything is found"),
        ] + SensitiveArguments.flags + [
            Flag(
                name: "keep", value: "POINTER", repeats: true,
                summary: "a place that is not looked at: /order_number, /references/*"),
            Flag(name: "ids", summary: "replace in ids too: earlier runs will not join"),
            Flag(name: "all", summary: "every place, and not the first few"),
            Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 1...10_000,
        statuses: [
            Command.Status(code: 0, meaning: "nothing is left (with --check: nothing was found)"),
            Command.Status(
                code: ExitStatus.block,
                meaning: "something was left as it is, and told (with --check: something was found)"),
        ] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            Reads JSON Lines and CSV (of a folder, its *.jsonl and *.csv) and replaces what it finds in any text: the
            same person by the same pseudonym, in every field, file and on every day under one key; under another key by
            another. Without a key one is drawn for this run alone. A mail stays a mail (at people.invalid), a number
            keeps its digits and their groups, in ranges that are nobody's. All else stays byte for byte. Names are found
            by a list only, and no search finds everything: docs/dataset.md has its measured recall.
            """,
        examples: [
            "sluice dataset anonymise --check examples/helpdesk/golden/guardrail.jsonl",
            "sluice dataset anonymise tickets.csv -o clean.csv --names staff.txt --key-file pseudonym.key",
            "sluice dataset anonymise raw/ -o golden/ --pattern 'customer=C-[0-9]{6}' --allow help@shop.example",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do { return try work(arguments, console) } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset anonymise")
        }
    }

    private static func work(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        let isCheck = arguments.has("check")
        guard isCheck != arguments.has("output") else {
            throw Arguments.Problem(
                message: isCheck ? "--check writes nothing: leave out -o" : "say where to write: -o OUT",
                hint: isCheck ? nil : "or --check, to look only")
        }
        let files = try AnonymisedFiles.list(arguments.positionals, output: arguments.value("output"))
        var options = Anonymiser.Options()
        options.allowed = arguments.all("allow")
        options.kept = arguments.all("keep")
        options.replacesIdentifiers = arguments.has("ids")
        for pointer in options.kept where !pointer.hasPrefix("/") || (try? JSONPointer(pointer)) == nil {
            throw Arguments.Problem(
                message: "--keep takes a pointer such as /order_number, not '\(pointer)'", hint: nil)
        }
        let finder = try SensitiveArguments.finder(arguments, console)
        let key =
            try SensitiveArguments.key(arguments, console)
            ?? SensitiveArguments.Key(
                bytes: SensitiveArguments.randomKey(), origin: "random, for this run alone", isRandom: true)
        if key.isRandom, !isCheck {
            console.error(
                "note: no key was given, so the pseudonyms are this run's alone; for the same ones tomorrow set "
                    + "\(SensitiveArguments.keyVariable) or --key-file")
        }
        var anonymiser = Anonymiser(finder, Pseudonyms(key: key.bytes), options)
        let staged = StagedFiles()
        for file in files {
            if let output = file.output { try staged.begin(output) }
            try AnonymisedFiles.pass(file, &anonymiser, staged, console)
        }
        try staged.commit()
        let report = anonymiser.report
        if arguments.has("json") {
            let value = AnonymiseJSON.value(
                report, files: files.map(\.input), written: isCheck ? nil : files.compactMap(\.output),
                key: key.origin)
            console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            let names = arguments.positionals.prefix(3).joined(separator: " ")
            let title = names + (arguments.value("output").map { " → \($0)" } ?? "") + " · key: \(key.origin)"
            console.out(
                AnonymiseText.render(
                    report, title: title, isCheck: isCheck, most: arguments.has("all") ? .max : 10,
                    width: console.width, colour: console.hasColour))
        }
        return (isCheck ? report.found : report.left) > 0 ? ExitStatus.block : 0
    }
}
