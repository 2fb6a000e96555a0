import Adoption
import Calibration
import Digest
import Domain
import Interchange
import Metrics
import Notation
import Policy
import Replay
import Reporting
import Scoring
import Shadowing
import Storage
import Targets
import Text

/// One shadow report in the making: takes exchanges, compares their arms, has the policy judge the same answers, and
/// writes what came of it.
final class ShadowSession {
    private let arguments: Arguments
    private let console: Console
    /// Nil without a policy.
    private let door: PolicyDoor?
    private let options: ShadowOptions
    private var comparison: ShadowComparison
    private var readers: Readers?
    /// Exchanges that wait until the form of answers is known, where no policy says it.
    private var waiting: [Exchange] = []
    private var units: [String: [RecordGate.Row]] = [:]
    private var unitOrder: [String] = []
    private var first = Int.max
    private var last = Int.min
    private var plans: Set<Int> = []
    private var fellBack = 0
    private var feedback = FeedbackTally()
    private var mapping = ""
    /// The numbers that each gateway gave to what was read.
    private var numbers = GivenNumbers()

    private struct Readers {
        let production: CapturedReader
        let candidate: CapturedReader
        let template: JSONValue?
    }

    private static let looked = 40

    /// What a command says that does nothing, since the change is held back.
    var refused: Int32? {
        guard let trust = door?.trust, trust.isRefused else { return nil }
        return PolicyDoor.refused(ShadowJSON.format, trust, arguments, console)
    }

    init(_ arguments: Arguments, _ console: Console) throws {
        self.arguments = arguments
        self.console = console
        for option in ["html", "markdown"] {
            if let path = arguments.value(option) { try OutputFile.check(path) }
        }
        let isNamed = arguments.has("policy") || arguments.has("policy-from")
        if isNamed || InputFile.exists(PolicyFile.path(arguments)) {
            door = try PolicyDoor.open(arguments, console: console)
        } else {
            door = nil
        }
        var options = ShadowOptions()
        options.seed = door?.file.policy.seed ?? 1
        if let text = arguments.value("seed") {
            guard let seed = UInt64(text) else {
                throw Arguments.Problem(message: "--seed takes a whole number, not '\(text)'", hint: nil)
            }
            options.seed = seed
        }
        if let confidence = door?.file.policy.confidence { options.confidence = 2 * confidence - 1 }
        if let limit = door?.file.policy.unmeasuredLimit { options.mostLoss = limit }
        if let least = try arguments.number("least", least: 2) { options.leastKeys = least }
        if let shown = try arguments.number("show", least: 0, most: 1_000) { options.shownPairs = shown }
        self.options = options
        let policy = door?.file.policy
        let prices = policy?.app.candidate?.prices ?? policy?.app.baseline?.prices
        comparison = ShadowComparison(options, prices: prices)
        if let app = policy?.app {
            guard let production = app.baseline ?? app.candidate,
                let candidate = app.candidate ?? app.baseline
            else {
                throw StoreError(.missing, "the policy names no app: how answers are read stands in 'app'")
            }
            readers = try Self.readers(production, candidate)
            mapping = "as the policy's app.observe says"
        }
    }

    private static func readers(_ production: TargetPolicy, _ candidate: TargetPolicy) throws -> Readers {
        var template: JSONValue?
        if case .http(_, _, let own) = candidate.kind { template = own ?? RequestTemplate.standard }
        return Readers(
            production: try CapturedReader(production), candidate: try CapturedReader(candidate),
            template: template)
    }

    /// Where the policy says that the arms are.
    var addresses: (production: String?, candidate: String?) {
        func address(_ target: TargetPolicy?) -> String? {
            if case .http(let url, _, _)? = target?.kind { return url }
            return nil
        }
        let app = door?.file.policy.app
        return (address(app?.baseline), address(app?.candidate))
    }

    /// The body that a question is put into.
    func template() throws -> RequestTemplate {
        try RequestTemplate(readers?.template ?? RequestTemplate.standard)
    }

    func addUnread() { comparison.addUnread() }

    func add(_ exchange: Exchange) throws {
        if readers == nil {
            waiting.append(exchange)
            if waiting.count >= Self.looked { try settle() }
            return
        }
        take(exchange)
    }

    // MARK: The form of answers

    /// Finds the parts of answers as `init` does, from the first of them.
    private func settle() throws {
        guard readers == nil else { return }
        var answers: [ProbedAnswer] = []
        for exchange in waiting {
            guard let answer = exchange.production, answer.failure == nil, let body = answer.body,
                body.encoding == nil, !body.isTruncated
            else { continue }
            let question = exchange.body.flatMap { try? JSONValue.parse($0.bytes) }.flatMap {
                CapturedQuestion($0)
            }
            answers.append(
                ProbedAnswer(
                    question: question?.query ?? "", body: try? JSONValue.parse(body.bytes),
                    plainText: body.text,
                    isStream: answer.isStream))
        }
        let found = MappingFinder.find(answers)
        var target = TargetPolicy(kind: .http(url: "", method: "POST", template: nil))
        target.observe = ObserveMap(found)
        let reader = try CapturedReader(target)
        readers = Readers(production: reader, candidate: reader, template: nil)
        let parts =
            found.parts.map { "\($0.part) \($0.pointer)" }
            + found.known.map { "\($0.part) as its API has it" }
        mapping =
            parts.isEmpty ? "nothing was found in answers but their bodies" : parts.joined(separator: ", ")
        let held = waiting
        waiting = []
        for exchange in held { take(exchange) }
    }

    // MARK: Pairs

    private func take(_ exchange: Exchange) {
        guard let readers else { return }
        first = min(first, exchange.began)
        last = max(last, exchange.began)
        if let plan = exchange.plan { plans.insert(plan) }
        if exchange.fellBack { fellBack += 1 }
        // A replay numbers what it sends, and stops where it is told to.
        let isLive = exchange.gateway != "replay"
        if isLive { numbers.add(exchange) }
        feedback.add(exchange)
        let asked = exchange.body.flatMap { body in
            body.encoding == nil ? try? JSONValue.parse(body.bytes) : nil
        }.flatMap { CapturedQuestion($0, template: readers.template) }
        let production = exchange.production.map { Self.side($0, readers.production) }
        let candidate = exchange.candidate.map { Self.side($0, readers.candidate) }
        let key = exchange.key.map { Self.hex($0) }
        let labels = exchange.slices.map { ShadowPair.Label($0.name, $0.value) }
        let standing = comparison.add(
            ShadowPair(
                id: exchange.id, key: key, query: asked?.query ?? "",
                route: "\(exchange.method) \(exchange.path)",
                slices: labels, production: production, candidate: candidate,
                control: exchange.control.map { Self.side($0, readers.production) }, isLive: isLive))
        guard door != nil, standing != .left else { return }
        var example = Example(id: exchange.id, query: asked?.query ?? "")
        example.history = asked?.history ?? []
        for label in labels { example.columns.append(Example.Column(name: label.name, value: label.value)) }
        if let intent = production?.answer?.intent {
            example.columns.append(Example.Column(name: "intent", value: intent))
        }
        let unit = key.map { "key " + $0 } ?? exchange.id
        if units[unit] == nil { unitOrder.append(unit) }
        units[unit, default: []].append(
            RecordGate.Row(
                example: example, baseline: Self.known(production), candidate: Self.known(candidate)))
    }

    private static func known(_ side: ShadowPair.Side?) -> Observation.Outcome? {
        side.flatMap { $0.isKnown ? $0.outcome : nil }
    }

    private static func side(_ answer: ArmAnswer, _ reader: CapturedReader) -> ShadowPair.Side {
        let read = reader.read(answer)
        return ShadowPair.Side(
            outcome: read.outcome, status: answer.status, body: read.body, failure: answer.failure,
            tokensPerSecond: answer.tokensPerSecond)
    }

    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    // MARK: The end

    /// - Parameters:
    ///   - sources: Where the exchanges came from, for the report.
    ///   - notes: What a reader must know of how they were had.
    func finish(sources: [String], notes: [String] = []) async throws -> Int32 {
        try settle()
        comparison.addMissing(numbers.missing)
        let result = comparison.result()
        var facts = ShadowReport.Facts()
        facts.sources = sources
        facts.title = arguments.value("title") ?? ""
        facts.sluiceVersion = Sluice.version
        facts.mapping = mapping
        facts.notes = notes + self.notes
        facts.feedback = feedback.rates(confidence: options.confidence)
        if last >= first {
            facts.firstAt = TimeText.text(first / 1_000_000)
            facts.lastAt = TimeText.text(last / 1_000_000)
        }
        var run: RunResult?
        var setAside: [String] = []
        var forLoad: [String] = []
        if let door {
            let policy = door.file.policy
            facts.project = policy.project
            facts.policyPath = door.file.path
            facts.policyDigest = ContentDigest(of: policy.source.text).description
            facts.currency = policy.app.candidate?.prices?.currency
            (run, setAside, forLoad) = try await judge(door, facts, result)
        } else {
            facts.project = "no policy"
        }
        return try write(
            ShadowReport(
                facts: facts, result: result, run: run, setAside: setAside, setAsideForLoad: forLoad))
    }

    private var notes: [String] {
        var notes: [String] = []
        if plans.count > 1 {
            let numbers = plans.sorted().map(String.init).joined(separator: ", ")
            notes.append(
                "\(plans.count) routing plans were in force (\(numbers)): what was compared is a mixture")
        }
        if fellBack > 0 {
            notes.append(
                "\(Prose.counted(fellBack, "request")) fell back to production: the candidate's failure is counted"
            )
        }
        if door == nil { notes.append("parts of answers: \(mapping)") }
        return notes
    }

    private func judge(
        _ door: PolicyDoor, _ facts: ShadowReport.Facts, _ result: ShadowResult
    ) async throws -> (RunResult?, [String], [String]) {
        let policy = door.file.policy
        var kinds: [ChangeKind] = []
        for word in arguments.all("change").flatMap({ $0.split(separator: ",") }) {
            guard let kind = ChangeKind(rawValue: String(word)) else {
                let known = ChangeKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Arguments.Problem(message: "--change '\(word)' is none of \(known)", hint: nil)
            }
            kinds.append(kind)
        }
        let requirements = policy.requirements(for: Set(kinds).sorted())
        let (wanted, left) = RecordGate.withoutExpectations(requirements.gates)
        let setAside = left.map(\.text)
        // One load is no other: live, a copy is asked the mirrored share of what production is asked.
        let (judged, unequal) = result.join.isUnequal ? RecordGate.withoutRelativeTimes(wanted) : (wanted, [])
        let forLoad = unequal.map(\.text)
        guard result.join.joined > 0 else { return (Self.empty(facts), setAside, forLoad) }
        var manifest = Manifest(
            runID: MachineFacts.runID(), sluiceVersion: Sluice.version, project: policy.project,
            policyPath: door.file.path)
        manifest.changes = Set(kinds).sorted()
        manifest.title = facts.title
        manifest.policyText = policy.source.text
        manifest.policyDigest = facts.policyDigest ?? ""
        manifest.seed = options.seed
        manifest.startedAt = MachineFacts.now().text
        manifest.environment = MachineFacts.environment()
        let ids = unitOrder.flatMap { units[$0] ?? [] }.map(\.example.id).joined(separator: "\n")
        manifest.dataset = Manifest.DatasetFacts(
            digest: ContentDigest(of: ids).description, count: unitOrder.count, files: facts.sources,
            version: "live requests")
        for arm in Arm.allCases {
            let identity = TargetIdentity(
                kind: "recorded", address: "captured \(arm.rawValue)", configuration: "")
            if arm == .baseline {
                manifest.baseline = Manifest.TargetFacts(identity: identity)
            } else {
                manifest.candidate = Manifest.TargetFacts(identity: identity)
            }
        }
        var request = GoldenGate.Request(
            policy: policy, rules: judged, layers: requirements.layers, resources: door.file.resources,
            manifest: manifest, day: Day(MachineFacts.now().text))
        let calibration = policy.judge?.calibration.flatMap { try? JudgeDoor.record($0, door.file.folder) }
        request.judges = JudgeDoor.judges(calibration, request.resources)
        request.calibratedModels = calibration?.answered ?? []
        let models: any ModelProvider =
            request.wantsModels
            ? try ModelDoor.open(
                policy, door.file, allowance: door.allowance, store: arguments.value("store") ?? ".sluice",
                examples: nil, notice: { [console] in console.error("waiting: \($0)") }) : NoModels()
        let gate = RecordGate(request, models: models, clock: MonotonicClock())
        // One request names itself; several of one key go by the key.
        let made = unitOrder.map { name -> RecordGate.Unit in
            let rows = units[name] ?? []
            return RecordGate.Unit(id: rows.count == 1 ? rows[0].example.id : name, rows: rows)
        }
        do {
            let result = try await gate.run(made)
            await ModelDoor.close(models, console)
            return (result, setAside, forLoad)
        } catch {
            await ModelDoor.close(models, console)
            throw error
        }
    }

    /// What stands in for a judgement where there is nothing to judge.
    private static func empty(_ facts: ShadowReport.Facts) -> RunResult {
        let manifest = Manifest(
            runID: "none", sluiceVersion: Sluice.version, project: facts.project,
            policyPath: facts.policyPath ?? "")
        return RunResult(manifest: manifest, verdict: .cannotTell, headline: "nothing was compared")
    }

    private func write(_ report: ShadowReport) throws -> Int32 {
        // The verdict first: what cannot be written must not hide it.
        if arguments.has("json") {
            console.out(ShadowJSON.render(report))
        } else {
            console.out(
                ShadowTerminal.render(
                    report, width: console.width, colour: console.hasColour, page: arguments.value("html")))
        }
        if let path = arguments.value("html") {
            try InputFile.write(path, Array(ShadowPage.render(report).utf8))
        }
        if let path = arguments.value("markdown") {
            try InputFile.write(path, Array(ShadowMarkdown.render(report).utf8))
        }
        return report.verdict?.exitStatus ?? ExitStatus.ship
    }
}

extension ObserveMap {
    /// The parts that were proposed for an app, each where it was found.
    init(_ mapping: Mapping) {
        self.init()
        let places: [(String, WritableKeyPath<ObserveMap, String?>)] = [
            ("text", \.text), ("intent", \.intent), ("confidence", \.confidence), ("score", \.score),
            ("label", \.scoreLabel), ("documents", \.documents), ("guardrail", \.guardrail),
            ("usage", \.usage),
            ("stages", \.stages), ("tools", \.tools), ("versions", \.versions), ("session", \.session),
        ]
        for (part, place) in places { self[keyPath: place] = mapping.pointer(part) }
    }
}
