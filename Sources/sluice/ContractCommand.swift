import Deployment
import Domain
import Interchange
import Notation
import Policy
import Probing
import Replay
import Reporting
import Storage
import Targets
import Text

/// `sluice contract`: what every deployment must hold to, found out in seconds.
enum ContractCommand {
    static let command = Command(
        name: "contract", summary: "hold a deployment to its contract in seconds: SHIP or BLOCK",
        usage: ["[options]"],
        flags: [
            PolicyFile.flag
        ] + PolicyDoor.flags + [
            Flag(
                name: "url", short: "u", value: "URL", repeats: true,
                summary: "the deployment's address, in place of the candidate's; several are instances of one"
            ),
            Flag(
                name: "dataset", short: "d", value: "PATH", repeats: true,
                summary: "data set to draw probes from, in place of the policy's"),
            Flag(name: "probes", short: "n", value: "N", summary: "draw so many examples as probes"),
            Flag(name: "markdown", value: "FILE", summary: "write a job's summary"),
            Flag(name: "junit", value: "FILE", summary: "write JUnit XML"),
            Flag(name: "json", summary: "print the report as JSON on stdout"),
        ],
        statuses: [
            Command.Status(code: ExitStatus.ship, meaning: "SHIP: every check holds"),
            Command.Status(code: ExitStatus.block, meaning: "BLOCK: a check fails"),
            Command.Status(
                code: ExitStatus.couldNotMeasure,
                meaning: "no verdict: app unreachable, or a check had nothing to see"),
        ] + ExitStatus.failures,
        details: """
            Asks a few examples of the data set, always the same ones, or the rows under 'contract.probes', and checks
            status, headers, schema, bounds, labels against their scores, time and versions as the policy's 'contract'
            says. Nothing is estimated: each check says what these probes showed. docs/contract.md has more.
            """,
        examples: [
            "sluice contract --policy examples/helpdesk/sluice.yaml --url http://127.0.0.1:8101/v1/answer",
            "sluice contract --url http://10.0.0.1/answer --url http://10.0.0.2/answer --junit contract.xml",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            for option in ["markdown", "junit"] {
                if let path = arguments.value(option) { try OutputFile.check(path) }
            }
            let door = try PolicyDoor.open(arguments, console: console)
            if let trust = door.trust, trust.isRefused {
                return PolicyDoor.refused("sluice.contract/1", trust, arguments, console)
            }
            let file = door.file
            guard let contract = file.policy.contract else {
                console.error(
                    "\(file.path): error: the policy has no 'contract'; add one, such as\n"
                        + "contract: \(example)")
                return ExitStatus.badInput
            }
            let report = try await report(contract, door, arguments, console)
            return try show(report, arguments, console)
        } catch {
            return EvalCommand.report(error, arguments, console, command: "contract")
        }
    }

    private static var example: String {
        PolicyKeys.root.first { $0.name == "contract" }?.example ?? "{ latency: 2s }"
    }

    private static func report(
        _ contract: ContractPolicy, _ door: PolicyDoor, _ arguments: Arguments, _ console: Console
    ) async throws -> ContractReport {
        let file = door.file
        let policies = try targets(file.policy, arguments)
        let isWeb = try checkForm(contract, policies.map(\.policy), file)
        let schema = try contract.schema.map { try SchemaFiles.compile($0, file) }
        var instances: [ContractProber.Instance] = []
        for (name, policy) in policies {
            let target = try TargetFactory.make(
                policy, limits: file.policy.app.limits, folder: file.folder,
                environment: { Environment.value($0) }, allowance: door.allowance)
            instances.append(.init(name: name ?? target.identity.address, target: target))
        }
        var (examples, notes) = try probes(contract, file, arguments, console)
        if let trust = door.trust { notes.append(TrustWords.summary(trust)) }
        let clock = MonotonicClock()
        let startedAt = MachineFacts.now().text
        let began = clock.now()
        let prober = ContractProber(
            instances, limits: file.policy.app.limits, run: "c" + MachineFacts.runID().dropFirst(),
            clock: ProbeClock(now: { clock.now() }, sleep: { await clock.sleep($0) }))
        let looks = await prober.looks(examples, concurrency: contract.concurrency)
        for instance in instances { await instance.target.close() }
        let redaction = Redaction(secrets: secrets(policies.map(\.policy)))
        let judge = ContractJudge(contract, schema: schema, redaction: redaction, isWeb: isWeb)
        return ContractReport(
            project: file.policy.project, startedAt: startedAt, seconds: clock.now() - began,
            targets: instances.map(\.name), probes: looks.count, checks: judge.judge(looks), notes: notes)
    }

    private static func targets(
        _ policy: ReleasePolicy, _ arguments: Arguments
    ) throws -> [(name: String?, policy: TargetPolicy)] {
        let urls = arguments.all("url")
        guard let app = policy.app.candidate ?? policy.app.baseline else {
            throw StoreError(.missing, "the policy names no app to ask; give its address there")
        }
        if urls.isEmpty { return [(nil, app)] }
        return try urls.map { (nil, try EvalSession.moved(app, to: $0, "url")) }
    }

    /// Whether answers have status and headers.
    private static func checkForm(
        _ contract: ContractPolicy, _ targets: [TargetPolicy], _ file: PolicyFile
    ) throws(StoreError) -> Bool {
        for target in targets {
            switch target.kind {
            case .http, .openAI: continue
            case .command, .recorded:
                if !contract.statuses.isEmpty || !contract.headers.isEmpty || !contract.contentTypes.isEmpty {
                    throw StoreError(
                        .damaged,
                        "\(file.path): only an app behind HTTP has a status, headers and a content type; take them "
                            + "out of 'contract', or give the deployment's address with --url")
                }
                return false
            }
        }
        return true
    }

    /// Values of the environment that requests carry.
    private static func secrets(_ targets: [TargetPolicy]) -> [String] {
        var names: [String] = []
        for target in targets {
            names += target.headers.flatMap(\.value.variables)
            if case .openAI(_, _, _, _, let system) = target.kind { names += system?.variables ?? [] }
        }
        return names.compactMap { Environment.value($0) }
    }

    // MARK: probes

    private static func probes(
        _ contract: ContractPolicy, _ file: PolicyFile, _ arguments: Arguments, _ console: Console
    ) throws -> (examples: [Example], notes: [String]) {
        let wanted = try arguments.number("probes", least: 1)
        let count: Int
        switch contract.probes {
        case .given(let rows) where wanted == nil && arguments.all("dataset").isEmpty:
            return (try given(rows, file), [])
        case .given(let rows): count = wanted ?? rows.count
        case .golden(let usual): count = wanted ?? usual
        }
        let paths = arguments.all("dataset")
        let usual = file.policy.datasets.map { PolicyFile.resolve($0, file.folder) }
        guard !paths.isEmpty || !usual.isEmpty else {
            throw StoreError(
                .missing,
                "the policy names no data set to probe with; add 'dataset: golden/' or give --dataset PATH")
        }
        var draw = ProbeDraw(count: count, seed: file.policy.seed)
        let set = try DatasetArguments.open(paths.isEmpty ? usual : paths, console) { draw.note($0.id) }
        let examples = try draw.chosen.map { try set.example($0) }
        guard !examples.isEmpty else {
            throw StoreError(.missing, "the data set holds no example to probe with")
        }
        var notes: [String] = []
        if examples.count < count {
            notes.append("the data set has \(Prose.counted(examples.count, "example")), \(count) were wanted")
        }
        let unread = set.problems.count { $0.severity == .error } + set.furtherErrors
        if unread > 0 {
            notes.append(
                "\(Prose.counted(unread, "problem")) of the data set, whose rows were no probes; see 'sluice dataset lint'"
            )
        }
        return (examples, notes)
    }

    /// Rows of the policy, read as a data set's are.
    private static func given(_ rows: [JSONObject], _ file: PolicyFile) throws(StoreError) -> [Example] {
        var reader = DatasetReader()
        var examples: [Example] = []
        reader.begin(file: "contract.probes")
        for row in rows {
            var row = row
            if row["id"] == nil, row["query_id"] == nil {
                row["id"] = .string("probe \(examples.count + 1)")
            }
            reader.feed(JSONValue.object(row).bytes() + [0x0A]) { example, _ in examples.append(example) }
        }
        reader.endFile { example, _ in examples.append(example) }
        reader.finish()
        guard reader.errorCount == 0, examples.count == rows.count else {
            let first = reader.problems.first.map { "\($0)" } ?? "a row holds no example"
            throw StoreError(.damaged, "\(file.path): contract.probes: \(first)")
        }
        return examples
    }

    // MARK: the report

    private static func show(
        _ report: ContractReport, _ arguments: Arguments, _ console: Console
    ) throws(StoreError) -> Int32 {
        if arguments.has("json") {
            console.out(
                String(decoding: ContractForms.json(report).bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            console.out(ContractForms.terminal(report, width: console.width, colour: console.hasColour))
        }
        if let path = arguments.value("markdown") {
            try InputFile.write(path, Array(ContractForms.markdown(report).utf8))
        }
        if let path = arguments.value("junit") {
            try InputFile.write(path, Array(ContractForms.junit(report).utf8))
        }
        return report.verdict.exitStatus
    }
}
