import Calibration
import Digest
import Domain
import Glibc
import Interchange
import Ledger
import Metrics
import Notation
import Policy
import Replay
import Reporting
import Scoring
import Storage
import Synchronization
import Targets

/// One `sluice eval` from its arguments to its exit status: opens the adapters, runs the gate, writes the reports.
struct EvalSession {
    let arguments: Arguments
    let console: Console
    let store: String
    let evidence: DirectoryEvidence
    let file: PolicyFile
    let policy: ReleasePolicy
    let kinds: [ChangeKind]
    let mode: EvalMode
    private let earlier: Manifest?
    /// What the policy was held against; nil: it was taken as it stands.
    let trust: TrustReport?
    /// The data set that a change brings, which is not read where it is held back.
    private let brought: Manifest.DatasetFacts?
    let allowance: TargetAllowance?
    private let damage = RecordDamage()

    /// - Parameter mode: What to do, in place of what the arguments say.
    init(_ arguments: Arguments, _ console: Console, mode given: EvalMode? = nil) throws {
        self.arguments = arguments
        self.console = console
        store = arguments.value("store") ?? ".sluice"
        evidence = DirectoryEvidence(root: store)
        mode = try given ?? EvalMode(arguments)
        let earlier = try mode.run.map { [evidence] run in try EvalSession.manifest(of: run, evidence) }
        self.earlier = earlier
        for option in ["html", "markdown", "junit"] {
            if let path = arguments.value(option) { try OutputFile.check(path) }
        }
        let repeats = try arguments.number("repeat", least: 1, most: EvalSession.mostRepeats)
        if mode.usesRecordedPolicy, let earlier {
            file = try PolicyFile.parse(
                Array(earlier.policyText.utf8), path: earlier.policyPath, repeats: earlier.repeats,
                needsRecords: false, console: console)
            (trust, brought, allowance) = (try TrustRecord.read(earlier.runID, evidence), nil, nil)
        } else {
            let door = try PolicyDoor.open(arguments, repeats: repeats, console: console)
            file = door.file
            (trust, brought, allowance) = (door.trust, door.dataset, door.allowance)
        }
        var policy = file.policy
        try EvalSession.overlay(&policy, arguments)
        if case .twice = mode { try EvalSession.ask(&policy, twice: repeats) }
        self.policy = policy
        let given = try EvalSession.kinds(arguments)
        kinds = given.isEmpty ? earlier?.changes ?? [] : given
    }

    private static func manifest(of run: String, _ evidence: DirectoryEvidence) throws -> Manifest {
        guard let bytes = try evidence.get(run: run, name: "manifest.json") else {
            let known = try evidence.runs().suffix(5).joined(separator: ", ")
            throw StoreError(
                .missing,
                "there is no run \(run) under \(evidence.root)/runs"
                    + (known.isEmpty ? "" : "; the newest are \(known)"))
        }
        let manifest: Manifest
        do throws(ManifestCodec.Problem) { manifest = try ManifestCodec.decode(bytes) } catch {
            throw StoreError(
                .damaged,
                "\(evidence.folder(run: run))/manifest.json: \(error.description); put it back from a copy, or evaluate "
                    + "anew")
        }
        guard ContentDigest(of: manifest.policyText).description == manifest.policyDigest else {
            throw StoreError(
                .damaged,
                "run \(run): the recorded policy is not the one that was judged by; restore manifest.json")
        }
        return manifest
    }

    private static func kinds(_ arguments: Arguments) throws(Arguments.Problem) -> [ChangeKind] {
        var kinds: [ChangeKind] = []
        for word in arguments.all("change").flatMap({ $0.split(separator: ",") }) {
            guard let kind = ChangeKind(rawValue: String(word)) else {
                let known = ChangeKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Arguments.Problem(message: "--change '\(word)' is none of \(known)", hint: nil)
            }
            kinds.append(kind)
        }
        return Set(kinds).sorted()
    }

    private static func overlay(_ policy: inout ReleasePolicy, _ arguments: Arguments) throws {
        if arguments.has("without-baseline") {
            if arguments.has("baseline") {
                throw Arguments.Problem(
                    message: "--baseline and --without-baseline exclude one another", hint: nil)
            }
            policy.app.baseline = nil
            policy.app.blessedBaseline = nil
        }
        if let url = arguments.value("baseline") {
            policy.app.baseline = try moved(policy.app.baseline ?? policy.app.candidate, to: url, "baseline")
            policy.app.blessedBaseline = nil
        }
        if let url = arguments.value("candidate") {
            policy.app.candidate = try moved(
                policy.app.candidate ?? policy.app.baseline, to: url, "candidate")
        }
        if arguments.has("no-retry") { policy.app.limits.retries = 0 }
        if arguments.has("no-cache") { policy.app.limits.cache = false }
        if let text = arguments.value("cache-age") {
            guard let age = MeasureForm.duration.value(of: .text(text)), age > 0 else {
                throw Arguments.Problem(
                    message: "--cache-age takes a time such as 30m, 6h or 2d, not '\(text)'", hint: nil)
            }
            policy.app.limits.cacheAgeSeconds = age
        }
        if let number = try arguments.number("concurrency", least: 1) {
            policy.app.limits.concurrency = number
        }
        if let number = try arguments.number("repeat", least: 1, most: mostRepeats) {
            policy.app.limits.repeats = number
        }
        if let text = arguments.value("seed") {
            guard let seed = UInt64(text) else {
                throw Arguments.Problem(message: "--seed takes a whole number, not '\(text)'", hint: nil)
            }
            policy.seed = seed
        }
    }

    /// One app in both arms: the baseline where it can be asked.
    private static func ask(_ policy: inout ReleasePolicy, twice repeats: Int?) throws(StoreError) {
        guard let app = policy.app.baseline ?? policy.app.candidate else {
            throw StoreError(.missing, "the policy names no app to ask; give its address there")
        }
        if case .recorded(let file) = app.kind {
            throw StoreError(
                .missing,
                "recorded answers cannot be asked: the policy's app is \(file); give a live app's address there, or "
                    + "leave out --ask to draw from a run")
        }
        policy.app.baseline = app
        policy.app.candidate = app
        policy.app.blessedBaseline = nil
        // An answer that is not asked for anew shows no noise.
        policy.app.limits.cache = false
        policy.app.limits.repeats = repeats ?? max(2, policy.app.limits.repeats)
    }

    /// A target at another address, in the form that it has.
    static func moved(
        _ target: TargetPolicy?, to url: String, _ arm: String
    ) throws(Arguments.Problem) -> TargetPolicy {
        guard var target else {
            throw Arguments.Problem(
                message: "--\(arm) needs an app in the policy to take its form from", hint: nil)
        }
        switch target.kind {
        case .http(let old, let method, let template):
            target.kind = .http(url: url + placeholders(old, url), method: method, template: template)
        case .openAI(_, let model, let parameters, let stream, let system):
            target.kind = .openAI(
                baseURL: url, model: model, parameters: parameters, stream: stream, system: system)
        case .command, .recorded:
            throw Arguments.Problem(
                message: "--\(arm) takes an address, and the policy's \(arm) has none", hint: nil)
        }
        return target
    }

    /// The query of a policy's address where the question stands in it and the new address has no query of its own.
    private static func placeholders(_ old: String, _ new: String) -> Substring {
        guard !new.contains("?"), let mark = old.firstIndex(of: "?"), old[mark...].contains("${") else {
            return ""
        }
        return old[mark...]
    }

    // MARK: The run

    func run() async throws -> Int32 {
        guard let result = try await result() else { return ExitStatus.couldNotMeasure }
        return try finish(result)
    }

    /// Before anything is asked or written: that the ledger can be read, in which the run is entered when it ends.
    private func checkLedger() throws {
        do throws(StoreError) {
            _ = try SQLiteRunStore(path: store + "/ledger.db").runs(limit: 1)
        } catch {
            console.error(
                "COULD NOT MEASURE  nothing was asked, the ledger of runs cannot be used: "
                    + Sluice.printable(error.description))
            throw PolicyFile.Shown(status: ExitStatus.couldNotMeasure)
        }
    }

    func result() async throws -> RunResult? {
        if let trust, trust.isRefused { return try refused(trust) }
        let given = try arguments.value("diff").map(ChangeDiff.read)
        let prepared = try prepare()
        let runID = prepared.request.manifest.runID
        if mode.asks {
            try checkLedger()
            try SetSnapshots(store: store).keep(prepared.examples)
            try evidence.put(
                run: runID, name: "manifest.json", bytes: ManifestCodec.encode(prepared.request.manifest))
            try prepared.arms.record(runID, evidence)
            if let trust { try TrustRecord.write(trust, runID, evidence) }
            if let external = prepared.request.resources.external {
                try evidence.put(
                    run: runID, name: ExternalFiles.recorded, bytes: ExternalScoresCodec.encode(external))
            }
            if let given { try evidence.put(run: runID, name: ChangeDiff.name, bytes: given) }
            try keepCalibration(runID)
        }
        let diff = try (given ?? evidence.get(run: runID, name: ChangeDiff.name)).map {
            String(decoding: $0, as: UTF8.self)
        }
        let ports = try makePorts(prepared)
        let result = try await closing(ports) { try await gate(prepared.request, ports) }
        if let cache = ports.cache as? SQLiteResponseCache {
            cache.close()
            for note in cache.notes { console.error("warning: \(note.description)") }
        }
        for target in prepared.arms.targets.values { await target.close() }
        guard var result else { return nil }
        result.trust = trust
        tellJudging(
            of: prepared.request, prepared.examples, arms: prepared.arms.targets.count, in: &result)
        if let warning = prepared.arms.blessed?.datasetWarning(
            digest: result.manifest.dataset.digest, count: result.manifest.dataset.count)
        {
            result.warnings.append(warning)
            if mode.asks, let blessed = prepared.arms.blessed {
                tellChanges(since: blessed.blessing.dataset.digest, to: prepared.examples)
            }
        }
        if let diff {
            result.diff = diff
            result.changes += UnifiedDiff(diff).files.map(\.summary)
        }
        return result
    }

    /// Gates of the policy, whatever the change.
    var gateCount: Int { policy.gates.count + policy.gatesByChange.values.reduce(0) { $0 + $1.count } }

    var confidence: Double { policy.confidence }

    var baselines: BaselineFiles { EvalArms.baselines(file) }

    /// The baseline that the policy holds candidates against, where it is a blessed one.
    var blessedName: String? { policy.app.blessedBaseline }

    /// What the ledger knows of a run.
    func record(_ run: String) throws -> RunRecord? {
        try SQLiteRunStore(path: store + "/ledger.db").run(run)
    }

    /// What the run was, as it was recorded.
    var recorded: Manifest? { earlier }

    struct Prepared {
        let request: GoldenGate.Request
        let examples: DatasetFiles
        let arms: EvalArms
    }

    func prepare() throws -> Prepared {
        let examples = try dataset()
        var manifest = freshManifest(examples)
        let arms: EvalArms
        if let earlier, !mode.asks {
            arms = try EvalArms.reading(earlier, evidence)
        } else {
            arms = try EvalArms.asking(
                policy, file, allowance: allowance, store: store, run: manifest.runID)
            if let earlier { try arms.check(against: earlier, evidence) }
        }
        manifest.baseline = arms.facts[.baseline]
        manifest.candidate = arms.facts[.candidate]
        if let earlier { try keepFacts(of: earlier, in: &manifest) }
        let requirements = policy.requirements(for: kinds)
        var rules = requirements.gates
        // A blessing fixes margins for every kind of change.
        if case .bless = mode {
            rules = policy.gates + ChangeKind.allCases.flatMap { policy.gatesByChange[$0] ?? [] }
        }
        if mode.asks {
            try checkFrozen(examples)
            try DatasetChecks(policy, rules: rules, path: file.path, examples).show(console)
        }
        var resources = file.resources
        resources.external = try external(examples, manifest)
        var request = GoldenGate.Request(
            policy: policy, rules: rules, layers: requirements.layers, resources: resources,
            manifest: manifest, repeats: manifest.repeats,
            automaticMargins: try (arms.blessed ?? todaysBlessing())?.automaticMargins ?? [:],
            day: day(of: manifest))
        request.takesKeptScores = mode.usesRecordedPolicy && !mode.asks
        let calibration = try calibration(manifest)
        request.judges = JudgeDoor.judges(calibration, request.resources)
        request.calibratedModels = calibration?.answered ?? []
        request.people = try people(manifest)
        switch mode {
        case .fresh, .twice: break
        case .resume: request.resume = true
        case .rescore, .reproduce, .report, .bless, .examine: request.rescore = true
        }
        return Prepared(request: request, examples: examples, arms: arms)
    }

    /// The day that waivers are held against: a record that is read again keeps its own.
    private func day(of manifest: Manifest) -> Day? {
        mode.usesRecordedPolicy ? Day(manifest.startedAt) : Day(MachineFacts.now().text)
    }

    /// A change that loosens its policy unapproved: blocked, with nothing asked, so that no look at the data is spent.
    private func refused(_ trust: TrustReport) throws -> RunResult {
        var manifest: Manifest
        if let earlier, !mode.asks {
            manifest = earlier
        } else {
            manifest = freshManifest(
                brought ?? Manifest.DatasetFacts(digest: "", count: 0, files: [], version: nil))
        }
        if mode.asks {
            try checkLedger()
            try evidence.put(
                run: manifest.runID, name: "manifest.json", bytes: ManifestCodec.encode(manifest))
            try TrustRecord.write(trust, manifest.runID, evidence)
            try TrustRecord.keep(trust, manifest, in: try SQLiteRunStore(path: store + "/ledger.db"))
        }
        var result = RunResult(
            manifest: manifest, verdict: .block, headline: TrustWords.headline(trust))
        result.trust = trust
        result.layers = policy.requirements(for: kinds).layers
        return result
    }

    /// Scores made elsewhere: today's files where the run is judged today, what it keeps where it is read again.
    private func external(_ examples: DatasetFiles, _ manifest: Manifest) throws -> ExternalScores? {
        guard !policy.external.isEmpty else { return nil }
        if mode.usesRecordedPolicy {
            return try ExternalFiles.recorded(manifest.runID, evidence)
                ?? ExternalScores(declared: policy.external)
        }
        let arms = Arm.allCases.filter {
            $0 == .baseline ? manifest.baseline != nil : manifest.candidate != nil
        }
        return try ExternalFiles.read(policy, file, examples, arms: arms)
    }

    func dataset() throws -> DatasetFiles {
        let given = arguments.all("dataset")
        if given.isEmpty, let earlier, let kept = try keptSet(of: earlier) { return kept }
        // A run that exists goes on over the files that it began with.
        let usual = earlier?.dataset.files ?? policy.datasets.map { PolicyFile.resolve($0, file.folder) }
        let paths = given.isEmpty ? usual : given
        guard !paths.isEmpty else {
            throw StoreError(
                .missing, "the policy names no data set; add 'dataset: golden/' or give --dataset PATH")
        }
        return try InputProblems.dataset(paths, console)
    }

    /// The set that a run began with: its files, or what the store kept of them where they are another set by now.
    private func keptSet(of earlier: Manifest) throws -> DatasetFiles? {
        let kept = SetSnapshots(store: store)
        guard kept.has(earlier.dataset.digest) else { return nil }
        let now = try? DatasetFiles(paths: earlier.dataset.files)
        if let now, now.digest.description == earlier.dataset.digest {
            return try InputProblems.checked(now, console)
        }
        console.error(
            "note: the data set was edited since; run \(earlier.runID) is read over the one it was made with, "
                + "\(earlier.dataset.digest)")
        return try kept.open(earlier.dataset.digest)
    }

    func freshManifest(_ examples: DatasetFiles) -> Manifest {
        freshManifest(
            Manifest.DatasetFacts(
                digest: examples.digest.description, count: examples.count, files: examples.paths,
                version: examples.version, frozen: frozenTag(examples)))
    }

    private func freshManifest(_ dataset: Manifest.DatasetFacts) -> Manifest {
        var manifest = Manifest(
            runID: mode.run ?? MachineFacts.runID(), sluiceVersion: Sluice.version, project: policy.project,
            policyPath: file.path)
        manifest.changes = kinds
        manifest.title = arguments.value("title") ?? ""
        manifest.policyText = policy.source.text
        manifest.policyDigest = ContentDigest(of: policy.source.text).description
        manifest.dataset = dataset
        manifest.repeats = policy.app.limits.repeats
        if policy.app.limits.cache { manifest.cacheAgeSeconds = policy.app.limits.cacheAgeSeconds }
        manifest.seed = policy.seed
        manifest.startedAt = MachineFacts.now().text
        manifest.environment = MachineFacts.environment()
        return manifest
    }

    /// A run that is read again keeps the facts of its asking; its data set has to be the same one.
    private func keepFacts(of earlier: Manifest, in manifest: inout Manifest) throws {
        guard earlier.project == manifest.project else {
            throw StoreError(
                .damaged,
                "run \(earlier.runID) is of project \(earlier.project), and \(file.path) is of \(manifest.project); "
                    + "name its policy with --policy FILE")
        }
        guard earlier.dataset.digest == manifest.dataset.digest else {
            throw StoreError(
                .damaged,
                "run \(earlier.runID) was made over another data set (\(earlier.dataset.digest)); "
                    + "restore it, or start a new run")
        }
        manifest.dataset = earlier.dataset
        manifest.startedAt = earlier.startedAt
        manifest.durationSeconds = earlier.durationSeconds
        manifest.cost = earlier.cost
        manifest.attempt = earlier.attempt
        manifest.seed = arguments.has("seed") ? manifest.seed : earlier.seed
        manifest.repeats = earlier.repeats
        if !mode.asks { manifest.cacheAgeSeconds = earlier.cacheAgeSeconds }
        if manifest.title.isEmpty { manifest.title = earlier.title }
        if !mode.asks { manifest.environment = earlier.environment }
    }

    func makePorts(_ prepared: Prepared) throws -> GoldenGate.Ports {
        let now = MachineFacts.now().seconds
        let cache =
            policy.app.limits.cache && mode.asks
            ? try SQLiteResponseCache(
                path: store + "/cache.db", now: now,
                lifetimeSeconds: Int64(min(policy.app.limits.cacheAgeSeconds.rounded(.up), 1e9)),
                maximumBytes: policy.app.limits.cacheBytes) : nil
        return GoldenGate.Ports(
            examples: prepared.examples, targets: prepared.arms.targets, evidence: evidence,
            runs: try SQLiteRunStore(path: store + "/ledger.db"),
            scratch: try ScratchFile(folder: store + "/scratch"),
            cache: cache, clock: MonotonicClock(),
            models: try models(
                for: prepared.request, prepared.examples, arms: prepared.arms.targets.count))
    }

    /// Runs the gate; nil where it was stopped or an arm could not be reached, which has been said.
    private func gate(_ request: GoldenGate.Request, _ ports: GoldenGate.Ports) async throws -> RunResult? {
        let progress = ProgressLine(console: console, isQuiet: arguments.has("quiet"))
        let gate = GoldenGate(
            request, ports, progress: { progress.show($0) },
            notice: { [console, damage] problem in
                damage.note()
                console.error("warning: \(problem.description)")
            })
        let runID = request.manifest.runID
        let task = Task { try await gate.run() }
        let signals = StopSignals { task.cancel() }
        defer { signals.end() }
        do {
            let result = try await task.value
            progress.end()
            return result
        } catch let interruption as ReplayInterruption {
            progress.end()
            switch interruption {
            case .stopped(let done, let planned):
                console.error(
                    "stopped with \(done) of \(planned) answered; nothing is lost\n\(resumeHint(runID))")
                throw PolicyFile.Shown(status: ExitStatus.stopped)
            case .unreachable(let arm, let why):
                console.error(
                    "COULD NOT MEASURE  the \(arm.rawValue) cannot be reached: \(why)\n\(resumeHint(runID))")
                return nil
            case .store(let problem): throw problem
            }
        }
    }

    private func resumeHint(_ runID: String) -> String {
        if case .twice = mode { return "ask again with   sluice doctor --ask" }
        var hint = "resume with   sluice eval --resume \(runID)"
        // What describes the change is kept in the run; all else has to be said again.
        let kept = ["resume", "change", "title", "diff", "repeat", "seed"]
        for flag in EvalCommand.command.flags where !kept.contains(flag.name) {
            if flag.value == nil {
                if arguments.has(flag.name) { hint += " --\(flag.name)" }
            } else {
                for value in arguments.all(flag.name) { hint += " --\(flag.name) \(ShellWord.quoted(value))" }
            }
        }
        return hint
    }

    // MARK: Reports

    private func finish(_ result: RunResult) throws -> Int32 {
        let runID = result.manifest.runID
        let json = Array(JSONReport.render(result).utf8)
        if case .reproduce = mode { return try compare(json, runID, result) }
        let html = Array(HTMLReport.render(result).utf8)
        if mode.asks { try keep(result, json) }
        // A rescore is another judgement of the same record: the record's own report stays.
        let name = if case .rescore = mode { "rescored.html" } else { "report.html" }
        try evidence.put(run: runID, name: name, bytes: html)
        // The verdict first: what cannot be written must not hide it.
        if arguments.has("json") {
            console.out(String(decoding: json, as: UTF8.self))
        } else {
            let place = evidence.folder(run: runID) + "/" + name
            console.out(
                TerminalReport.render(result, width: console.width, colour: console.hasColour, report: place))
        }
        if let path = arguments.value("html") { try InputFile.write(path, html) }
        if let path = arguments.value("markdown") {
            try InputFile.write(path, Array(MarkdownReport.render(result).utf8))
        }
        if let path = arguments.value("junit") {
            try InputFile.write(path, Array(JUnitReport.render(result).utf8))
        }
        if case .report = mode {
            guard damage.isFound else { return 0 }
            console.error(
                "the record of run \(runID) is damaged: this report says less than the run's own verdict did; put its "
                    + "observations back from a copy, or ask again what is lost: sluice eval --resume \(runID)"
            )
            return ExitStatus.badInput
        }
        return result.verdict.exitStatus
    }

    private func keep(_ result: RunResult, _ json: [UInt8]) throws {
        let runID = result.manifest.runID
        let manifest = ManifestCodec.encode(result.manifest)
        try evidence.put(run: runID, name: "manifest.json", bytes: manifest)
        try evidence.put(run: runID, name: "report.json", bytes: json)
        let runs = try SQLiteRunStore(path: store + "/ledger.db")
        // A run that is not in the ledger is no look at the data, and no part of its history.
        guard let record = try runs.run(runID), record.verdict != nil else { return }
        var summary = RunSummary(result, pair: record.pair)
        summary.files = [
            RunSummary.Fact(name: "manifest.json", value: ContentDigest(of: manifest).description),
            RunSummary.Fact(name: "report.json", value: ContentDigest(of: json).description),
        ]
        if let digest = try evidence.observationsDigest(run: runID) {
            summary.files.append(RunSummary.Fact(name: "observations", value: digest.description))
        }
        try runs.keep(summary)
    }

    func keep(_ result: RunResult) throws {
        try keep(result, Array(JSONReport.render(result).utf8))
        try evidence.put(
            run: result.manifest.runID, name: "report.html", bytes: Array(HTMLReport.render(result).utf8))
    }

    /// Whether the record gives the same bytes of report again.
    private func compare(_ json: [UInt8], _ runID: String, _ result: RunResult) throws -> Int32 {
        guard let before = try evidence.get(run: runID, name: "report.json") else {
            throw StoreError(.missing, "run \(runID) has no report.json to compare with; it never finished")
        }
        let here = MachineFacts.environment()
        let there = result.manifest.environment
        let kernels =
            here.kernels == there.kernels
            ? "same processor kernel (\(here.kernels))"
            : "processor kernel then \(there.kernels), now \(here.kernels)"
        if before == json {
            console.out("reproduced: report.json of \(runID) is the same, byte for byte; \(kernels)\n")
            return 0
        }
        var place = 0
        while place < min(before.count, json.count), before[place] == json[place] { place += 1 }
        console.out("NOT reproduced: report.json of \(runID) differs from byte \(place) on; \(kernels)\n")
        return ExitStatus.block
    }
}
