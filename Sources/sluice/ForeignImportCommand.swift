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
        if let app = arguments.value("app") {
            try InitHeaders.check(address: app)
            guard app.hasPrefix("http://") || app.hasPrefix("https://") else {
                throw Arguments.Problem(
                    message: "--app takes an address such as http://127.0.0.1:8000/ask", hint: nil)
            }
        }
        var files: [(name: String, bytes: [UInt8])] = []
        for path in arguments.positionals {
            do throws(StoreError) {
                files.append((path, try read(path, format)))
            } catch {
                console.error("sluice import: \(error.description)")
                return ExitStatus.badInput
            }
        }
        let found: ImportedApp?
        if let url = arguments.value("app") {
            found = await ImportCommand.app(url, console)
        } else {
            found = nil
        }
        let out = arguments.value("out").map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        let made = try ForeignImport(
            format, files: files, project: ImportCommand.project(arguments, out), app: found)
        var written = made.files.map { NewFiles.File(path: out + $0.path, bytes: Array($0.text.utf8)) }
        if let policy = made.policy {
            written.append(NewFiles.File(path: out + "sluice.yaml", bytes: Array(policy.utf8)))
        }
        try check(made, console)
        let writes = !arguments.has("dry-run")
        if writes {
            let standing = NewFiles.standing(written.map(\.path))
            guard arguments.has("force") || standing.isEmpty else {
                console.error(
                    "sluice import: \(standing.joined(separator: ", ")) stands there already; replace with --force, or "
                        + "name another folder with --out")
                return ExitStatus.badInput
            }
            try NewFiles.write(written, replacing: arguments.has("force"))
        }
        if arguments.has("json") {
            console.out(json(format, made, written.map(\.path), written: writes))
        } else {
            console.out(text(format, made, written.map(\.path), written: writes))
        }
        return 0
    }

    /// A file's bytes; an `.eval` log, which is an archive, as the JSON that it would have been.
    private static func read(_ path: String, _ format: ForeignFormat) throws(StoreError) -> [UInt8] {
        let bytes = try InputFile.read(path)
        guard ZipArchive.isArchive(bytes) else { return bytes }
        let archive = try ZipArchive(bytes, path: path)
        guard let header = archive.entries.first(where: { $0.name == "header.json" }) else {
            throw StoreError(
                .damaged, "\(path) is an archive, and no log of Inspect; unpack it and name the files within")
        }
        var whole = try archive.read(header, limit: 256 << 20)
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
            whole += try archive.read(entry, limit: 256 << 20)
            guard whole.count <= 2 << 30 else {
                throw StoreError(.full, "\(path) unpacks to more than 2 GiB; import it in parts")
            }
        }
        return whole + Array("]}".utf8)
    }

    /// What was made must be what the gate can read: a defect of this command otherwise.
    private static func check(_ made: ForeignImport, _ console: Console) throws {
        if let policy = made.policy {
            let (read, diagnostics) = PolicyReader.read(Array(policy.utf8), path: "sluice.yaml")
            guard read != nil else {
                console.error(DiagnosticText(isColoured: false).render(diagnostics))
                throw InitDefect()
            }
        }
        for file in made.files where file.path.hasPrefix("golden/") {
            let (_, reader) = DatasetReader.read([(name: file.path, bytes: Array(file.text.utf8))])
            for problem in reader.problems.prefix(20) { console.error(problem.description) }
            if reader.errorCount > 0 { throw PolicyFile.Shown(status: ExitStatus.badInput) }
        }
    }

    // MARK: Words

    private static func text(
        _ format: ForeignFormat, _ made: ForeignImport, _ files: [String], written: Bool
    ) -> String {
        var out = ""
        func list(_ notes: [ImportNote], _ title: String) {
            guard !notes.isEmpty else { return }
            out += "\(title) (\(notes.count))\n"
            for note in notes {
                let line = note.place.line > 0 ? ":\(note.place.line)" : ""
                out += "  \(VisibleText.line(note.place.file))\(line)  \(VisibleText.line(note.what))\n"
                out += "      mend: \(VisibleText.line(note.mend))\n"
            }
            out += "\n"
        }
        list(made.left, "could not be carried over")
        list(made.changed, "came over, and means something slightly different")
        let examples = "\(made.examples) example\(made.examples == 1 ? "" : "s")"
        let answers = "\(made.answers) recorded answer\(made.answers == 1 ? "" : "s")"
        out += "\(examples), \(answers)"
        if made.skipped > 0 { out += ", \(made.skipped) row\(made.skipped == 1 ? "" : "s") left out" }
        out += "\n"
        for file in files { out += (written ? "wrote " : "would write ") + file + "\n" }
        guard written else { return out }
        let isTraced = format.name == "langfuse" || format.name == "openinference"
        if isTraced { out += "what people wrote is in it: sluice dataset anonymise\n" }
        out +=
            made.policy == nil
            ? "next  sluice init URL --dataset \(files[0])\n" : "next  sluice validate, then sluice eval\n"
        return out
    }

    private static func json(
        _ format: ForeignFormat, _ made: ForeignImport, _ files: [String], written: Bool
    ) -> String {
        let notes = made.notes.map { note -> JSONValue in
            [
                "kind": .string(note.kind.rawValue), "file": .string(note.place.file),
                "line": .integer(Int64(note.place.line)),
                "what": .string(note.what), "mend": .string(note.mend),
            ]
        }
        let value: JSONValue = [
            "format": "sluice.import/1", "from": .string(format.name),
            "examples": .integer(Int64(made.examples)), "answers": .integer(Int64(made.answers)),
            "skipped": .integer(Int64(made.skipped)), "notes": .array(notes),
            "files": .array(files.map { .string($0) }), "written": .bool(written),
        ]
        return String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n"
    }
}
