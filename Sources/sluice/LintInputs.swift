import Curation
import Domain
import Interchange
import Notation
import Storage

/// What a lint goes by, out of the policy and the files beside it.
enum LintInputs {
    static func options(
        _ arguments: Arguments, _ policy: PolicyFile?, _ console: Console
    ) throws -> LintOptions {
        var options = LintOptions(
            today: try DatasetArguments.today(arguments), upkeep: policy?.policy.upkeep ?? Upkeep())
        options.systems = arguments.all("model").map { SystemName($0, .model, origin: "named with --model") }
        var prompts = PromptIndex(threshold: options.upkeep.similarity)
        if let file = policy {
            let policy = file.policy
            options.rules = policy.gates + ChangeKind.allCases.flatMap { policy.gatesByChange[$0] ?? [] }
            options.metrics = policy.metrics
            options.slices = policy.slices
            options.growth = policy.growth
            if !policy.growth.isEmpty {
                options.candidates = try CandidateFiles.load(".sluice/" + CandidateFiles.name, console)
                    .candidates
                options.newestRun = try CandidateFiles.newestRun(".sluice", project: policy.project)
            }
            options.confidence = policy.confidence
            options.isThisSet = policy.estimand == .thisSet
            options.inputColumns = sentColumns(policy)
            options.isConversational = takesHistory(policy)
            options.systems += try systems(file)
            addPrompts(policy, &prompts)
        }
        for path in arguments.all("prompts") {
            prompts.add(name: path, text: String(decoding: try input(path, console), as: UTF8.self))
        }
        options.prompts = prompts
        if let path = arguments.value("retired-docs") {
            let text = String(decoding: try input(path, console), as: UTF8.self)
            for line in text.split(whereSeparator: \.isNewline) {
                let id = line.drop { $0 == " " || $0 == "\t" }
                let end = id.lastIndex { $0 != " " && $0 != "\t" && $0 != "\r" }
                guard let end, id.first != "#" else { continue }
                options.retiredDocuments.insert(String(id[...end]))
            }
        }
        options.hasChunks = arguments.has("chunks")
        return options
    }

    /// A file of the user's: what is wrong with it is bad input.
    private static func input(_ path: String, _ console: Console) throws(PolicyFile.Shown) -> [UInt8] {
        do throws(StoreError) { return try InputFile.read(path) } catch {
            console.error("sluice dataset lint: \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }

    /// The chunks of an index, one at a time; what cannot be read is told and left out.
    static func chunks(
        _ path: String, _ console: Console, _ take: (RetrievedDocument) -> Void
    ) throws(PolicyFile.Shown) {
        var problems = 0
        do throws(StoreError) {
            try InputFile.lines(path) { number, bytes in
                guard let value = try? JSONValue.parse(bytes), let chunk = ChunkReader.chunk(value) else {
                    problems += 1
                    if problems <= 5 {
                        console.error(
                            "\(path):\(number): error: no chunk; write {\"id\": \"…\", \"text\": \"…\"}")
                    }
                    return
                }
                take(chunk)
            }
        } catch {
            console.error("sluice dataset lint: \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        guard problems == 0 else {
            if problems > 5 { console.error("and \(problems - 5) more") }
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }

    // MARK: Out of the policy

    private static func targets(_ policy: ReleasePolicy) -> [(arm: String, target: TargetPolicy)] {
        [("baseline", policy.app.baseline), ("candidate", policy.app.candidate)].compactMap { arm, target in
            target.map { (arm, $0) }
        }
    }

    /// Further columns of the data set that requests send: they are part of what is asked.
    static func sentColumns(_ policy: ReleasePolicy) -> [String] {
        let known: Set<String> = ["query", "history", "context", "tags", "category", "dataset_version"]
        var found: [String] = []
        for (_, target) in targets(policy) {
            for column in DatasetChecks.columns(of: target)
            where !known.contains(column) && !found.contains(column) { found.append(column) }
        }
        return found
    }

    /// Whether any arm is shown earlier turns; a recording shows nothing of how it was asked.
    private static func takesHistory(_ policy: ReleasePolicy) -> Bool {
        let all = targets(policy)
        return all.isEmpty
            || all.contains { _, target in
                switch target.kind {
                case .http(_, _, let template): template.map { text($0).contains("${input.history}") } ?? true
                case .openAI, .command, .recorded: true
                }
            }
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.bytes(), as: UTF8.self) }

    /// What the app goes by: its models, the versions that gates and the blessed run name, its project.
    static func systems(_ file: PolicyFile) throws(StoreError) -> [SystemName] {
        let policy = file.policy
        var names = [SystemName(policy.project, .app, origin: "the policy's project")]
        for (arm, target) in targets(policy) {
            let origin = "the model of the policy's \(arm)"
            if case .openAI(_, let model, _, _, _) = target.kind {
                names.append(SystemName(model, .model, origin: origin))
            }
            if case .http(_, _, let template?) = target.kind, let model = template["model"]?.stringValue,
                !model.contains("${")
            {
                names.append(SystemName(model, .model, origin: origin))
            }
            if let model = target.overlay["model"]?.stringValue {
                names.append(SystemName(model, .model, origin: origin))
            }
        }
        for rule in policy.gates {
            guard case .text(let wanted) = rule.form, let part = rule.metric.statistic else { continue }
            names.append(version(part, wanted, origin: "the version that '\(rule.text)' wants"))
        }
        if let name = policy.app.blessedBaseline {
            for seen in try EvalArms.baselines(file).load(name).blessing.target.versions {
                for value in seen.values {
                    names.append(version(seen.name, value, origin: "seen in the blessed baseline '\(name)'"))
                }
            }
        }
        return names
    }

    /// What the newest runs of a store saw the app go by.
    static func seenSystems(_ store: String) -> [SystemName] {
        let evidence = DirectoryEvidence(root: store)
        var names: [SystemName] = []
        for run in ((try? evidence.runs()) ?? []).suffix(50) {
            guard let bytes = try? evidence.get(run: run, name: "manifest.json"),
                let manifest = try? ManifestCodec.decode(bytes)
            else { continue }
            for seen in [manifest.baseline, manifest.candidate].compactMap({ $0 }).flatMap(\.versions) {
                for value in seen.values {
                    let name = version(seen.name, value, origin: "seen in run \(run)")
                    if !names.contains(where: { $0.text == name.text && $0.kind == name.kind }) {
                        names.append(name)
                    }
                }
            }
        }
        return names
    }

    private static func version(_ part: String, _ value: String, origin: String) -> SystemName {
        SystemName(value, part == "model" ? .model : .version(of: part), origin: origin)
    }

    /// The system prompts that the policy itself sends.
    private static func addPrompts(_ policy: ReleasePolicy, _ prompts: inout PromptIndex) {
        for (arm, target) in targets(policy) {
            guard case .openAI(_, _, _, _, let system?) = target.kind else { continue }
            prompts.add(name: "of the policy's \(arm)", text: system.description)
        }
    }
}
