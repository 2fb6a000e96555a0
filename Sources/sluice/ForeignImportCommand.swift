import Adoption
import Domain
import Interchange
import Notation
import Policy
import Reporting
import Storage
import Text

/// `sluice import inspect` and its likes: data sets, logs and traces of other tools; a format each.
enum ForeignImportCommand {
    static let commands = ForeignFormat.all.map(command)

    private static func command(_ format: ForeignFormat) -> Command {
        Command(
            name: "import " + format.name, summary: "\(format.title): \(format.summary)",
            usage: ["FILE… [options]"],
            flags: [
                Flag(name: "out", short: "o", value: "FOLDER", summary: "where the files go (default: here)"),
                Flag(name: "app", value: "URL", summary: "the app to ask as the candidate"),
                Flag(
                    name: "project", value: "NAME",
                    summary: "what reports call the app (default: the folder's name)"),
                Flag(name: "dry-run", summary: "list what would come over, write nothing"),
                Flag(name: "force", summary: "replace files that stand there"),
                Flag(name: "json", summary: "what came over and what did not, as JSON"),
            ],
            positionals: 1...1000,
            statuses: [
                ExitStatus.ok,
                Command.Status(
                    code: ExitStatus.badInput,
                    meaning: "a file is bad, or holds no question; nothing is written"),
            ] + ExitStatus.failures.filter { $0.code != ExitStatus.badInput },
            details: format.details + "\n\n"
                + "Writes sluice.yaml, golden/\(format.name).jsonl and, where answers are known, "
                + "outputs/\(format.name).jsonl; all of them or none. What could not be carried over is listed.",
            examples: [
                "sluice import \(format.name) Tests/AdoptionTests/Fixtures/foreign/\(sample(format.name)) --dry-run",
                "sluice import \(format.name) export/\(sample(format.name)) --app http://127.0.0.1:8000/ask --out eval",
            ],
            run: { arguments, console in await run(format, arguments, console) })
    }

    /// A fixture of the tests, which the help's example reads.
    private static func sample(_ name: String) -> String {
        switch name {
        case "ragas": "ragas.csv"
        case "langfuse": "langfuse-items.json"
        case "openinference": "openinference-spans.jsonl"
        case "inspect": "inspect.eval"
        default: name + ".json"
        }
    }

    private static func run(
        _ format: ForeignFormat, _ arguments: Arguments, _ console: Console
    ) async -> Int32 {
        do {
            return try await perform(format, arguments, console)
        } catch let problem as ImportProblem {
            console.error("sluice import: \(problem.description)\nnothing was written")
            return ExitStatus.badInput
        } catch {
            return EvalCommand.report(error, arguments, console, command: "import " + format.name)
        }
    }

    private static func perform(
        _ format: ForeignFormat, _ arguments: Arguments, _ console: Console
    ) async throws -> Int32 {
        try ImportOutput.checkApp(arguments)
        var files: [(name: String, bytes: [UInt8])] = []
        for path in arguments.positionals {
            do throws(StoreError) {
                files.append((path, try read(path, format)))
            } catch {
                console.error("sluice import: \(error.description)")
                return ExitStatus.badInput
            }
        }
        let made = try ForeignImport(
            format, files: files, project: ImportCommand.project(arguments, arguments.value("out") ?? ""),
            app: try await ImportOutput.app(arguments, console))
        let output = ImportOutput(made.files, policy: made.policy, notes: made.notes, arguments)
        try output.check(console)
        let writes = !arguments.has("dry-run")
        if writes, try output.write(arguments, console) == false { return ExitStatus.badInput }
        if arguments.has("json") {
            let own: [(String, JSONValue)] = [
                ("examples", .integer(Int64(made.examples))), ("answers", .integer(Int64(made.answers))),
                ("skipped", .integer(Int64(made.skipped))),
            ]
            console.out(output.json(from: format.name, own, written: writes))
        } else {
            console.out(text(format, made, output, written: writes))
        }
        return 0
    }

    /// A file's bytes; an `.eval` log, which is an archive, as the JSON that it would have been.
    private static func read(_ path: String, _ format: ForeignFormat) throws(StoreError) -> [UInt8] {
        let bytes = try InputFile.read(path)
        guard ZipArchive.isArchive(bytes) else {
            guard path.hasSuffix(".eval"), bytes.first(where: { !($0 == 0x20 || 0x09...0x0D ~= $0) }) != 0x7B
            else {
                return bytes
            }
            throw StoreError(
                .damaged,
                "\(path): it is no log of Inspect: it begins neither as an archive nor as JSON; copy the log anew, or "
                    + "write it as JSON with 'inspect log convert --to json'")
        }
        let archive = try ZipArchive(bytes, path: path)
        guard let header = archive.entries.first(where: { $0.name == "header.json" }) else {
            // A log that was cut off before its end has samples, and the head is written last.
            let isBegun = archive.entries.contains { $0.name.hasPrefix("_journal/") }
            throw StoreError(
                .damaged,
                isBegun
                    ? "\(path): header.json is missing: the evaluation did not end; end it with 'inspect eval-retry', and import "
                        + "the log that it writes"
                    : "\(path) is an archive, and no log of Inspect; unpack it and name the files within")
        }
        var whole = try json(archive, header, path)
        while let last = whole.last, last != UInt8(ascii: "}") { whole.removeLast() }
        guard whole.popLast() != nil else {
            throw StoreError(.damaged, "\(path): its header.json is no object; write the log again")
        }
        whole += Array(",\"samples\":[".utf8)
        var isFirst = true
        let samples = archive.entries.filter { $0.name.hasPrefix("samples/") && $0.name.hasSuffix(".json") }
        for entry in samples {
            if !isFirst { whole.append(UInt8(ascii: ",")) }
            isFirst = false
            whole += try json(archive, entry, path)
            guard whole.count <= 2 << 30 else {
                throw StoreError(.full, "\(path) unpacks to more than 2 GiB; import it in parts")
            }
        }
        return whole + Array("]}".utf8)
    }

    /// An entry that is JSON, so that what is wrong with it is told at its place in it.
    private static func json(
        _ archive: ZipArchive, _ entry: ZipArchive.Entry, _ path: String
    ) throws(StoreError) -> [UInt8] {
        let bytes = try archive.read(entry, limit: 256 << 20)
        if JSONGrammar.accepts(String(decoding: bytes, as: UTF8.self)) { return bytes }
        do throws(JSONError) { _ = try JSONValue.parse(bytes) } catch {
            // As Python writes them; the reader of rows takes them for null.
            if error.reason == .notFinite { return bytes }
            throw StoreError(
                .damaged,
                "\(path): \(entry.name):\(error.mark.line):\(error.mark.column): \(error.cause); write the log again, or take "
                    + "the entry out of the archive")
        }
        return bytes
    }

    private static func text(
        _ format: ForeignFormat, _ made: ForeignImport, _ output: ImportOutput, written: Bool
    ) -> String {
        var out = output.notesText("could not be carried over")
        out += Prose.counted(made.examples, "example") + ", " + Prose.counted(made.answers, "recorded answer")
        if made.skipped > 0 { out += ", \(Prose.counted(made.skipped, "row")) left out" }
        out += "\n" + output.filesText(written: written)
        guard written else { return out }
        let isTraced = format.name == "langfuse" || format.name == "openinference"
        if isTraced { out += "what people wrote is in it: sluice dataset anonymise\n" }
        return out
            + (made.policy == nil
                ? "next  sluice init URL --dataset \(output.paths[0])\n"
                : made.lacksApp
                    ? "no app is named yet, and recorded answers held against themselves tell nothing\n"
                        + "next  write your app's address under app.candidate in \(output.paths.last ?? "sluice.yaml"), "
                        + "or import again with --app URL; then sluice eval\n"
                    : "next  sluice validate, then sluice eval\n")
    }
}
