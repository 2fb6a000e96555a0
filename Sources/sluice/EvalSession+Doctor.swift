import Digest
import Domain
import Glibc
import Interchange
import Ledger
import Policy
import Replay
import Storage
import Targets

/// What `sluice doctor` needs of a session: scores to test the gates on, and the apps to reach.
extension EvalSession {
    /// Asks one app in both arms and keeps the run; its name, or nil where it could not be reached, which has been
    /// said.
    func askTwice() async throws -> String? {
        guard let result = try await result() else { return nil }
        try keep(result)
        return result.manifest.runID
    }

    /// The scores of the run, by today's policy.
    func scores() async throws -> RunScores {
        let prepared = try prepare()
        let ports = try makePorts(prepared)
        return try await closing(ports) { try await GoldenGate(prepared.request, ports).scores() }
    }

    /// The scores of the answers that a person blessed, as one arm.
    func blessedScores(_ name: String) async throws -> RunScores {
        let examples = try dataset()
        let (target, blessed) = try EvalArms.blessed(name, file, policy, store: store)
        var manifest = freshManifest(examples)
        manifest.candidate = Manifest.TargetFacts(identity: target.identity)
        let requirements = policy.requirements(for: kinds)
        let request = GoldenGate.Request(
            policy: policy, rules: requirements.gates, layers: requirements.layers, resources: file.resources,
            manifest: manifest, repeats: manifest.repeats, automaticMargins: blessed.automaticMargins)
        let ports = GoldenGate.Ports(
            examples: examples, targets: [.candidate: target], evidence: MemoryEvidence(),
            runs: MemoryRunStore(), scratch: try ScratchFile(folder: store + "/scratch"), cache: nil,
            clock: MonotonicClock(), models: try models(for: request, examples))
        return try await closing(ports) { try await GoldenGate(request, ports).scores() }
    }

    /// The data set's digest, by which runs are found that were made over it.
    func datasetDigest() throws -> String { try dataset().digest.description }

    /// The live apps of the policy, each with what it is called, and an example to ask it.
    func live() throws -> (targets: [(arm: Arm, target: any Target)], example: Example?) {
        var targets: [(arm: Arm, target: any Target)] = []
        for (arm, app) in [(Arm.baseline, policy.app.baseline), (.candidate, policy.app.candidate)] {
            guard let app else { continue }
            let target = try TargetFactory.make(
                app, limits: policy.app.limits, folder: file.folder, environment: { Environment.value($0) },
                allowance: allowance)
            targets.append((arm, target))
        }
        let examples = try dataset()
        return (targets, examples.count > 0 ? try examples.example(0) : nil)
    }

    var project: String { policy.project }

    /// What the policy's prices are in; an app's own costs are in dollars.
    var currency: String { (policy.app.candidate ?? policy.app.baseline)?.prices?.currency ?? "USD" }
    var policyPath: String { file.path }
    var seed: UInt64 { policy.seed }
    /// Repeats that a verdict would make.
    var judgedRepeats: Int { policy.app.limits.repeats }
    var timeoutSeconds: Double { policy.app.limits.timeoutSeconds }

    /// What is blessed today, for rules by auto over a run that was paired with no blessing.
    func todaysBlessing() throws -> BlessedBaseline? {
        guard case .examine = mode, let name = policy.app.blessedBaseline else { return nil }
        return try baselines.load(name)
    }
}
