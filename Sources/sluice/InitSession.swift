import Adoption
import Domain
import Glibc
import Interchange
import Notation
import Policy
import Storage
import Targets
import Text

/// One `sluice init` from its arguments to its exit status.
struct InitSession {
    private let arguments: Arguments
    private let console: Console
    private let url: String?
    private let command: [String]?
    private let headers: [TargetPolicy.Header]
    private let preset: Preset?
    private let timeoutSeconds: Double
    /// Where the policy goes, and its folder with a slash.
    private let path: String
    private let folder: String
    private let inputs: InputsReader?

    static let golden = "golden/starter.jsonl"

    init(_ arguments: Arguments, _ console: Console) throws {
        self.arguments = arguments
        self.console = console
        let policy = PolicyFile.path(arguments)
        path = policy
        folder = policy.lastIndex(of: "/").map { String(policy[...$0]) } ?? ""
        command = try arguments.value("command").map(ShellWords.split)
        var address = arguments.positionals.first
        if command != nil, address != nil {
            throw Arguments.Problem(message: "an address and --command exclude one another", hint: nil)
        }
        if command == nil, address == nil { address = InitQuestion.address(arguments, console) }
        url = address
        if command == nil, address == nil {
            throw Arguments.Problem(
                message: "name the app: sluice init http://127.0.0.1:8000/ask",
                hint: "or --command 'PROGRAM …'")
        }
        headers = try InitHeaders.read(arguments.all("header"))
        if let address { try InitHeaders.check(address: address) }
        preset = try InitSession.preset(arguments)
        timeoutSeconds = try InitSession.timeout(arguments)
        if arguments.has("inputs"), arguments.has("dataset") {
            throw Arguments.Problem(message: "--inputs and --dataset exclude one another", hint: nil)
        }
        inputs = try arguments.value("inputs").map(InitSession.inputs)
        try checkPlaces()
    }

    private static func preset(_ arguments: Arguments) throws(Arguments.Problem) -> Preset? {
        guard let name = arguments.value("preset") else { return nil }
        if let preset = Preset.named(name) { return preset }
        let known = Preset.all.map(\.name)
        let near = nearest(name, in: known).map { "did you mean '\($0)'?" }
        throw Arguments.Problem(
            message: "there is no preset '\(name)'",
            hint: near ?? "there are " + known.joined(separator: ", "))
    }

    private static func timeout(_ arguments: Arguments) throws(Arguments.Problem) -> Double {
        guard let text = arguments.value("timeout") else { return 60 }
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60)]
        let unit = units.first { text.hasSuffix($0.0) }
        let number = Double(unit.map { text.dropLast($0.0.count) } ?? text[...])
        guard let unit, let number, number * unit.1 >= 0.001, number * unit.1 <= 3600 else {
            throw Arguments.Problem(
                message: "--timeout takes a time such as 90s or 2m, not '\(text)'", hint: nil)
        }
        return number * unit.1
    }

    private static func inputs(_ path: String) throws -> InputsReader {
        let bytes = path == "-" ? try InputFile.standardInput() : try InputFile.read(path)
        do throws(InputsReader.Problem) { return try InputsReader(bytes, name: path) } catch {
            let place = error.line > 0 ? "\(path):\(error.line)" : path
            throw StoreError(.damaged, "\(place): \(error.cause); \(error.mend)")
        }
    }

    /// Before anything is asked: that nothing stands in the way.
    private func checkPlaces() throws {
        guard !arguments.has("dry-run") else { return }
        let standing = NewFiles.standing(writesGolden ? [path, folder + InitSession.golden] : [path])
        guard arguments.has("force") || standing.isEmpty else {
            let verb = standing.count == 1 ? "stands there already" : "stand there already"
            console.error(
                "sluice init: \(standing.joined(separator: " and ")) \(verb); replace with --force, or name another "
                    + "place with --policy FILE")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        try OutputFile.check(path)
    }

    private var writesGolden: Bool { !arguments.has("dataset") }

    // MARK: The run

    func run() async throws -> Int32 {
        let finding = try await find()
        let mapping = MappingFinder.find(finding.answers)
        guard
            let choice = PresetChoice.choose(mapping)
                ?? preset.map({ PresetChoice(preset: $0, why: "", others: []) })
        else { throw InitSession.nothing(finding) }
        let chosen = preset ?? InitQuestion.preset(choice, arguments, console)
        let set = try dataset(finding, mapping, chosen)
        let policy = StarterPolicy(facts(finding, mapping, chosen, examples: set.count))
        try check(policy, set)
        let words = InitWords(
            finding: finding, mapping: mapping, preset: chosen,
            why: preset == nil ? choice.why : "as you said",
            others: preset == nil ? choice.others : [], policy: policy, set: set, path: path, folder: folder)
        if arguments.has("dry-run") {
            console.out(arguments.has("json") ? words.json(written: false) : policy.text)
            return 0
        }
        var files: [NewFiles.File] = []
        if let bytes = set.bytes {
            files.append(NewFiles.File(path: folder + InitSession.golden, bytes: bytes))
        }
        // The policy last: with it the app is set up.
        files.append(NewFiles.File(path: path, bytes: Array(policy.text.utf8)))
        try NewFiles.write(files, replacing: arguments.has("force"))
        console.out(arguments.has("json") ? words.json(written: true) : words.text)
        return 0
    }

    private static func nothing(_ finding: AppFinding) -> SurveyProblem {
        SurveyProblem(
            .empty,
            "the app answers (\(finding.shape.words)), and nothing in its answers is a text, a class, a score or a list of documents",
            [
                "let it return its answer, for example {\"answer\": \"…\"}",
                "or say what it is with --preset, and map the parts in the policy by hand",
            ])
    }

    private func find() async throws -> AppFinding {
        if let command { return try await ask(command) }
        let samples = inputs.map { StarterSet.probes(of: $0.questions) } ?? StarterSet.probes()
        let prober = try HTTPProber(
            headers: headers, timeoutSeconds: timeoutSeconds, environment: { Environment.value($0) })
        let options = Survey.Options(samples: samples, model: arguments.value("model"))
        if let url {
            console.error(
                "asking \(Sluice.printable(url)): at most \(options.budget) requests, usually five, each marked "
                    + "X-Sluice-Replay: init")
        }
        let survey = Survey(prober, options) { [console] in console.progress("asking: " + $0) }
        defer { console.clearProgress() }
        return try await survey.run(url ?? "")
    }

    /// An app that is a program: there is one way to ask it.
    private func ask(_ command: [String]) async throws -> AppFinding {
        var limits = ReplayLimits()
        limits.timeoutSeconds = timeoutSeconds
        var policy = TargetPolicy(kind: .command(arguments: command))
        policy.headers = headers
        let target = try TargetFactory.make(
            policy, limits: limits, folder: folder, environment: { Environment.value($0) })
        let samples = inputs.map { Array($0.questions.prefix(3)) } ?? StarterSet.probes()
        var answers: [ProbedAnswer] = []
        for (index, sample) in samples.enumerated() {
            let example = Example(id: "init-\(index + 1)", query: sample.query)
            let question = Question(
                example: example, query: sample.query, history: [], arm: .candidate, repetition: 0, turn: 0,
                attempt: 0,
                session: nil, runID: "init", idempotencyKey: "init-\(index + 1)",
                timeoutSeconds: timeoutSeconds)
            switch await target.ask(question).result {
            case .answered(let answer):
                answers.append(
                    ProbedAnswer(
                        question: sample.query, body: answer.body,
                        plainText: answer.body == nil ? answer.text : nil,
                        milliseconds: answer.latencyMilliseconds ?? 0))
            case .failed(let failure):
                await target.close()
                throw SurveyProblem(
                    .unreachable, "\(command.joined(separator: " ")): \(failure.detail)",
                    [
                        "let it read one JSON object a line ({\"id\", \"query\", …}) and write one with the same id",
                        "write logs to standard error",
                    ])
            }
        }
        await target.close()
        return AppFinding(
            shape: AppShape(.command(command)), answers: answers, notes: [], requests: samples.count)
    }

    // MARK: What is written

    private func dataset(_ finding: AppFinding, _ mapping: Mapping, _ preset: Preset) throws -> InitSet {
        if let path = arguments.value("dataset") {
            let files = try InputProblems.dataset([path], console)
            return InitSet(
                path: InitSession.relative(path, to: folder), count: files.count, bytes: nil, blanks: [],
                isOwn: true)
        }
        var columns: [String] = []
        if case .http(let url, _, let template) = finding.shape.kind {
            columns = (try? TemplateText(url).columns) ?? []
            if let template { columns += (try? RequestTemplate(template).columns) ?? [] }
        }
        if let inputs, let bytes = inputs.dataset {
            return InitSet(
                path: InitSession.golden, count: inputs.questions.count, bytes: bytes, blanks: [], isOwn: true
            )
        }
        let set = StarterSet(
            inputs?.questions ?? [], preset: preset.name, parts: mapping.names, columns: columns)
        return InitSet(
            path: InitSession.golden, count: set.count, bytes: Array(set.text.utf8), blanks: set.blanks,
            isOwn: inputs != nil)
    }

    /// A path as a policy in a folder names it.
    private static func relative(_ path: String, to folder: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty { return path }
        if path.hasPrefix(folder) { return String(path.dropFirst(folder.count)) }
        let ups = folder.split(separator: "/").filter { $0 != "." }
        return ups.contains("..") || folder.hasPrefix("/")
            ? MachineFacts.workingFolder() + "/" + path : String(repeating: "../", count: ups.count) + path
    }

    private func facts(
        _ finding: AppFinding, _ mapping: Mapping, _ preset: Preset, examples: Int
    ) -> StarterPolicy.Facts {
        var facts = StarterPolicy.Facts(
            project: project, shape: finding.shape, mapping: mapping, preset: preset,
            dataset: arguments.value("dataset").map { InitSession.relative($0, to: folder) }
                ?? InitSession.golden,
            examples: examples)
        facts.candidate = arguments.value("candidate")
        facts.headers = headers
        facts.milliseconds = finding.answers.map(\.milliseconds).max() ?? 0
        facts.isStream = finding.answers.contains(where: \.isStream)
        facts.showsCost = finding.answers.contains { $0.showsCost(mapping) }
        facts.hasOtherBands = finding.answers.contains { $0.hasOtherBands(mapping) }
        return facts
    }

    private var project: String {
        if let name = arguments.value("project") { return name }
        let here = folder.isEmpty || folder == "./" ? MachineFacts.workingFolder() : folder
        let name = here.split(separator: "/").last.map(String.init) ?? ""
        return name.isEmpty || name == "." || name == ".." ? "app" : name
    }

    /// What was written must be what the gate can read: a defect of this command otherwise.
    private func check(_ policy: StarterPolicy, _ set: InitSet) throws {
        let (read, diagnostics) = PolicyReader.read(Array(policy.text.utf8), path: path)
        guard read != nil else {
            console.error(DiagnosticText(isColoured: false).render(diagnostics))
            throw InitDefect()
        }
        guard let bytes = set.bytes else { return }
        let name = arguments.value("inputs") ?? InitSession.golden
        let (_, reader) = DatasetReader.read([(name: name, bytes: bytes)])
        guard reader.errorCount == 0 else {
            for problem in reader.problems.prefix(20) { console.error(problem.description) }
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }
}

/// A policy of our own making that our own reader refuses.
struct InitDefect: Error, CustomStringConvertible {
    let description = "the policy that was made is refused by its own reader: please report this"
}

/// The data set that a first policy names.
struct InitSet {
    /// As the policy names it.
    let path: String
    let count: Int
    /// Nil where it is the user's own, and stays where it is.
    let bytes: [UInt8]?
    let blanks: [String]
    let isOwn: Bool
}
