import Adoption
import Domain
import Glibc
import Interchange
import Notation
import Policy
import Reporting
import Storage
import Targets
import Text

/// `sluice import`: what other tools hold, as a policy and a data set; an action a format.
enum ImportCommand {
    static let command = Command.group(
        "import", summary: "take over what another tool holds: promptfoo, Inspect, RAGAS and others",
        details: """
            Makes a policy and a golden set from another tool's files. What has no counterpart is listed with its line
            and what to do about it; nothing is dropped in silence.
            """,
        [promptfoo, csv] + ForeignImportCommand.commands)

    /// The data set's own import, under the name that people look for it.
    static let csv: Command = {
        let own = DatasetImportCommand.command
        return Command(
            name: "import csv", summary: "a spreadsheet as examples: 'sluice dataset import' by another name",
            usage: own.usage, flags: own.flags, positionals: own.positionals, statuses: own.statuses,
            details: own.details,
            examples: own.examples.map { $0.replacing("sluice dataset import", with: "sluice import csv") },
            run: own.run)
    }()

    static let promptfoo = Command(
        name: "import promptfoo",
        summary: "a promptfooconfig.yaml, or a CSV file of its tests, as policy and golden set",
        usage: ["FILE [options]"],
        flags: [
            Flag(name: "out", short: "o", value: "FOLDER", summary: "where the files go (default: here)"),
            Flag(
                name: "app", value: "URL",
                summary: "the app to ask, in place of the configuration's providers"),
            Flag(
                name: "project", value: "NAME",
                summary: "what reports call the app (default: the folder's name)"),
            Flag(
                name: "question", value: "NAME",
                summary: "the variable or column that is asked (default: the one that looks most like it)"),
            Flag(name: "partial", summary: "write what comes over, although something does not"),
            Flag(name: "dry-run", summary: "list what would come over, write nothing"),
            Flag(name: "force", summary: "replace files that stand there"),
            Flag(name: "json", summary: "what came over and what did not, as JSON"),
        ],
        positionals: 1...1,
        statuses: [
            ExitStatus.ok,
            Command.Status(
                code: ExitStatus.badInput,
                meaning:
                    "the file is bad, or something has no counterpart and --partial is not given; nothing is written"
            ),
        ] + ExitStatus.failures.filter { $0.code != ExitStatus.badInput },
        details: """
            Assertions become expectations of rows (references, required and prohibited elements) and gates; variables
            become columns; the first two pairs of provider and prompt become baseline and candidate. Keys are never
            written, only the names of their variables. Writes sluice.yaml, golden/promptfoo.jsonl and, where they are
            needed, schemas/ and outputs/; all of them or none.
            """,
        examples: [
            "sluice import promptfoo Tests/AdoptionTests/Fixtures/promptfoo/echo.yaml --dry-run",
            "sluice import promptfoo promptfooconfig.yaml",
            "sluice import promptfoo promptfooconfig.yaml --partial --out eval",
            "sluice import promptfoo tests.csv --app http://127.0.0.1:8000/ask",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            return try await perform(arguments, console)
        } catch let problem as ImportProblem {
            console.error("sluice import: \(problem.description)\nnothing was written")
            return ExitStatus.badInput
        } catch {
            return EvalCommand.report(error, arguments, console, command: "import promptfoo")
        }
    }

    private static func perform(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
        let path = arguments.positionals[0]
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        try ImportOutput.checkApp(arguments)
        // Before its parts: a configuration that is not there is a simpler message.
        do throws(StoreError) { _ = try InputFile.read(path) } catch {
            console.error("sluice import: \(error.description)")
            return ExitStatus.badInput
        }
        let made = try PromptfooImport(
            path: name, project: project(arguments, folder),
            app: try await ImportOutput.app(arguments, console),
            question: arguments.value("question"), files: DiskFiles(folder: folder))
        let isRefused = !made.left.isEmpty && !arguments.has("partial")
        let output = ImportOutput(made.files, policy: made.policy, notes: made.notes, arguments)
        try output.check(console)
        let writes = !isRefused && !arguments.has("dry-run")
        if writes, try output.write(arguments, console) == false { return ExitStatus.badInput }
        if arguments.has("json") {
            let own: [(String, JSONValue)] = [
                ("tests", .integer(Int64(made.tests))), ("assertions", .integer(Int64(made.assertions))),
                ("carried", .integer(Int64(made.carried))),
                (
                    "question",
                    made.question.map { ["name": .string($0.name), "why": .string($0.why)] } ?? .null
                ),
            ]
            console.out(output.json(from: "promptfoo", own, written: writes))
        } else {
            console.out(text(made, output, written: writes, folder: folder))
        }
        if isRefused {
            console.error(
                "\(made.left.count) \(made.left.count == 1 ? "thing has" : "things have") no counterpart; "
                    + "nothing was written. Write what comes over with --partial.")
            return ExitStatus.badInput
        }
        return 0
    }

    /// How the app wants to be asked and read, found out by asking it; by its address alone where it is not there.
    static func app(_ url: String, _ console: Console) async -> ImportedApp {
        do {
            let prober = try HTTPProber(
                headers: [], timeoutSeconds: 60, environment: { Environment.value($0) })
            let survey = Survey(prober, .init(samples: StarterSet.probes())) {
                console.progress("asking: " + $0)
            }
            defer { console.clearProgress() }
            let finding = try await survey.run(url)
            return ImportedApp(finding, MappingFinder.find(finding.answers))
        } catch {
            let words = (error as? SurveyProblem)?.cause ?? "\(error)"
            return ImportedApp(unasked: url, why: words)
        }
    }

    static func project(_ arguments: Arguments, _ folder: String) -> String {
        if let name = arguments.value("project") { return name }
        let here = folder.isEmpty || folder == "./" ? MachineFacts.workingFolder() : folder
        let name = here.split(separator: "/").last.map(String.init) ?? ""
        return name.isEmpty || name == "." || name == ".." ? "app" : name
    }

    private static func text(
        _ made: PromptfooImport, _ output: ImportOutput, written: Bool, folder: String
    ) -> String {
        var out = output.notesText("has no counterpart", folder: folder)
        out += "\(made.tests) tests, \(made.carried) of \(made.assertions) assertions come over\n"
        if let asked = made.question {
            out += "asked: '\(VisibleText.line(asked.name))' (\(asked.why); another: --question NAME)\n"
        }
        out += output.filesText(written: written)
        if written, made.policy != nil { out += "next  sluice validate, then sluice eval\n" }
        return out
    }
}

/// The files beside a configuration.
private struct DiskFiles: ConfigurationFiles {
    let folder: String
    /// Most of one file: 16 MiB.
    private static let mostBytes = 16 << 20

    func read(_ path: String) throws(ConfigurationFileProblem) -> [UInt8] {
        let whole = path.hasPrefix("/") ? path : folder + path
        do throws(StoreError) {
            let bytes = try InputFile.read(whole)
            if bytes.count <= Self.mostBytes { return bytes }
        } catch {
            throw ConfigurationFileProblem(error.description)
        }
        throw ConfigurationFileProblem("\(whole) is larger than \(Self.mostBytes) bytes")
    }

    func list(_ path: String) -> [String] {
        let whole = path.hasPrefix("/") ? path : folder + path
        return (try? InputFile.names(in: whole)) ?? []
    }
}
