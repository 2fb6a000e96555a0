import Calibration
import Curation
import Domain
import Ledger
import Metrics
import Policy
import Replay
import Storage

/// What `sluice dataset diff` needs of a session: a run judged again over other examples than it was made with.
extension EvalSession {
    /// The run's record judged by its own policy, over some of its examples; nothing is asked or kept.
    ///
    /// - Parameter reexpected: Examples of which other things are expected than when the run was made.
    func judged(
        over examples: any ExampleSource, reexpected: Set<String> = []
    ) async throws -> RunResult {
        guard var manifest = recorded else { throw StoreError(.missing, "there is no such run") }
        let arms = try EvalArms.reading(manifest, evidence)
        manifest.dataset = Manifest.DatasetFacts(
            digest: manifest.dataset.digest, count: examples.count, files: manifest.dataset.files,
            version: manifest.dataset.version)
        let requirements = policy.requirements(for: kinds)
        var request = GoldenGate.Request(
            policy: policy, rules: requirements.gates, layers: requirements.layers, resources: file.resources,
            manifest: manifest, repeats: manifest.repeats,
            automaticMargins: arms.blessed?.automaticMargins ?? [:])
        request.rescore = true
        if !policy.external.isEmpty {
            request.resources.external = try ExternalFiles.recorded(
                manifest.runID, evidence, reexpected: reexpected, declared: policy.external)
        }
        // What models said stands with the run; a run that is only read is not written to.
        request.takesKeptScores = true
        request.reexpected = reexpected
        let calibration = try calibration(manifest)
        request.judges = JudgeDoor.judges(calibration, request.resources)
        request.calibratedModels = calibration?.answered ?? []
        let ports = GoldenGate.Ports(
            examples: examples, targets: arms.targets, evidence: evidence, runs: MemoryRunStore(),
            scratch: try ScratchFile(folder: store + "/scratch"), cache: nil, clock: MonotonicClock())
        return try await GoldenGate(request, ports).run()
    }
}

/// Some examples of one set, and some of another in the place of theirs.
struct PickedExamples: ExampleSource {
    let old: DatasetFiles
    let new: DatasetFiles
    /// Numbers in the old set; those below zero are of the new one: −1 is its first.
    private let picked: [Int32]

    /// - Parameter reexpected: Examples of the old set to be read from the new one.
    init(_ diff: DatasetDiff, old: DatasetFiles, new: DatasetFiles, reexpected: Bool) {
        self.old = old
        self.new = new
        guard reexpected else {
            picked = diff.remaining
            return
        }
        let pairs =
            diff.remaining.map { (old: $0, pick: $0) }
            + diff.reexpected.map { (old: $0.old, pick: -1 - $0.new) }
        picked = pairs.sorted { $0.old < $1.old }.map(\.pick)
    }

    var count: Int { picked.count }

    func example(_ index: Int) throws(StoreError) -> Example {
        let place = Int(picked[index])
        return place >= 0 ? try old.example(place) : try new.example(-1 - place)
    }
}
