import Domain
import Glibc
import Interchange
import Policy
import Storage
import Targets

/// Both arms of an `eval`, ready to be asked or read, and the blessed baseline that one of them may be.
struct EvalArms {
    let targets: [Arm: any Target]
    let facts: [Arm: Manifest.TargetFacts]
    /// The blessing that the baseline arm stands on.
    let blessed: BlessedBaseline?

    /// Beside the policy, so that both are reviewed together.
    static func baselines(_ file: PolicyFile) -> BaselineFiles {
        BaselineFiles(folder: file.folder + "baselines")
    }

    /// The name under which a run keeps the blessing it was paired with.
    private static let recordedBlessing = "baseline.json"

    /// The arms of a run that is to be asked.
    ///
    /// - Parameter store: The folder of runs; a blessed baseline is unpacked under it.
    static func asking(
        _ policy: ReleasePolicy, _ file: PolicyFile, allowance: TargetAllowance?, store: String, run: String
    ) throws -> EvalArms {
        var targets: [Arm: any Target] = [:]
        var facts: [Arm: Manifest.TargetFacts] = [:]
        for (arm, target) in [(Arm.baseline, policy.app.baseline), (.candidate, policy.app.candidate)] {
            guard let target else { continue }
            let made = try TargetFactory.make(
                target, limits: policy.app.limits, folder: file.folder,
                environment: { Environment.value($0) },
                allowance: allowance)
            targets[arm] = made
            facts[arm] = Manifest.TargetFacts(identity: made.identity)
        }
        guard targets[.candidate] != nil else {
            throw StoreError(
                .missing, "the policy names no app.candidate; give its address there, or --candidate URL")
        }
        guard let name = policy.app.blessedBaseline else {
            return EvalArms(targets: targets, facts: facts, blessed: nil)
        }
        let baseline = try loaded(name, file)
        let target = try unpacked(baseline, file, policy, scratch: store + "/scratch/" + run)
        targets[.baseline] = target
        facts[.baseline] = Manifest.TargetFacts(
            identity: target.identity, blessed: "\(name): \(baseline.blessing.why)")
        return EvalArms(targets: targets, facts: facts, blessed: baseline)
    }

    /// The answers that a person blessed, to be read like any app's.
    static func blessed(
        _ name: String, _ file: PolicyFile, _ policy: ReleasePolicy, store: String
    ) throws -> (target: any Target, baseline: BlessedBaseline) {
        let baseline = try loaded(name, file)
        let scratch = store + "/scratch/" + MachineFacts.runID()
        return (try unpacked(baseline, file, policy, scratch: scratch), baseline)
    }

    private static func loaded(_ name: String, _ file: PolicyFile) throws -> BlessedBaseline {
        do throws(StoreError) { return try baselines(file).load(name) } catch {
            guard error.kind == .missing else { throw error }
            throw StoreError(
                .missing,
                error.description + "\nfor a first one, run the app against itself or alone "
                    + "(sluice eval --baseline URL, or --without-baseline), then bless that run")
        }
    }

    private static func unpacked(
        _ baseline: BlessedBaseline, _ file: PolicyFile, _ policy: ReleasePolicy, scratch: String
    ) throws -> BlessedTarget {
        let path = try baselines(file).unpackedObservations(baseline.name, into: scratch)
        // The target holds it open; nothing is left behind, however this process ends.
        defer {
            unlink(path)
            rmdir(scratch)
        }
        var limits = policy.app.limits
        // A line holds an answer with its earlier turns, each as large as answers may be.
        limits.answerBytes = max(limits.answerBytes, 64 << 20)
        let recorded = try RecordedTarget(
            TargetPolicy(kind: .recorded(file: path)), file: path, limits: limits)
        return BlessedTarget(
            recorded, baseline, address: baselines(file).folder + "/" + baseline.observations.file)
    }

    /// The arms of a run that is only read again: as it recorded them.
    static func reading(_ manifest: Manifest, _ evidence: DirectoryEvidence) throws -> EvalArms {
        var targets: [Arm: any Target] = [:]
        var facts: [Arm: Manifest.TargetFacts] = [:]
        for (arm, recorded) in [(Arm.baseline, manifest.baseline), (.candidate, manifest.candidate)] {
            guard let recorded else { continue }
            targets[arm] = SilentTarget(identity: recorded.identity)
            facts[arm] = recorded
        }
        return EvalArms(targets: targets, facts: facts, blessed: try recorded(manifest.runID, evidence))
    }

    private static func recorded(_ run: String, _ evidence: DirectoryEvidence) throws -> BlessedBaseline? {
        guard let bytes = try evidence.get(run: run, name: recordedBlessing) else { return nil }
        do throws(BaselineCodec.Problem) { return try BaselineCodec.decode(bytes) } catch {
            throw StoreError(
                .damaged, "\(evidence.folder(run: run))/\(recordedBlessing): \(error.description)")
        }
    }

    /// Keeps the blessing beside the run, so that it can be judged again when the baseline is another.
    func record(_ run: String, _ evidence: DirectoryEvidence) throws {
        guard let blessed else { return }
        try evidence.put(run: run, name: EvalArms.recordedBlessing, bytes: BaselineCodec.encode(blessed))
    }

    /// That a run is resumed with the arms that it began with.
    func check(against earlier: Manifest, _ evidence: DirectoryEvidence) throws {
        for (arm, before) in [(Arm.baseline, earlier.baseline), (.candidate, earlier.candidate)] {
            let now = facts[arm]
            guard now?.identity != before?.identity else { continue }
            func words(_ facts: Manifest.TargetFacts?) -> String {
                facts.map { "\($0.identity.kind) \($0.identity.address)" } ?? "none"
            }
            let same = now?.identity.address == before?.identity.address ? ", asked in another way" : ""
            throw StoreError(
                .damaged,
                "run \(earlier.runID) asked another \(arm.rawValue) (\(words(before))) than this would "
                    + "(\(words(now))\(same)); restore the policy or the options it had, or start a new run")
        }
    }
}

/// The observations of a blessed run, under the name that people know them by.
private struct BlessedTarget: Target {
    let identity: TargetIdentity
    private let recorded: RecordedTarget

    init(_ recorded: RecordedTarget, _ baseline: BlessedBaseline, address: String) {
        self.recorded = recorded
        identity = TargetIdentity(
            kind: "blessed", address: address, configuration: baseline.observations.digest)
    }

    func ask(_ question: Question) async -> Attempt {
        let attempt = await recorded.ask(question)
        guard case .failed(let failure) = attempt.result, failure.cause == .notRecorded else {
            return attempt
        }
        return Attempt(
            .failed(
                Failure(
                    cause: .notRecorded,
                    detail:
                        "the blessed baseline has no such answer; bless a run over the present data set and repeats"
                )))
    }

    func close() async { await recorded.close() }
}

/// An arm that is known by its record only.
struct SilentTarget: Target {
    let identity: TargetIdentity

    func ask(_ question: Question) async -> Attempt {
        Attempt(.failed(Failure(cause: .notRecorded, detail: "nothing is asked")))
    }

    func close() async {}
}
