import Domain
import Interchange
import Ledger
import Storage

/// What came of a trust comparison, kept beside its run.
enum TrustRecord {
    private static let name = "trust.json"

    static func write(_ trust: TrustReport, _ run: String, _ evidence: DirectoryEvidence) throws(StoreError) {
        try evidence.put(run: run, name: name, bytes: TrustCodec.encode(trust))
    }

    static func read(_ run: String, _ evidence: DirectoryEvidence) throws(StoreError) -> TrustReport? {
        guard let bytes = try evidence.get(run: run, name: name) else { return nil }
        do throws(TrustCodec.Problem) { return try TrustCodec.decode(bytes) } catch {
            throw StoreError(.damaged, "\(evidence.folder(run: run))/\(name): \(error.description)")
        }
    }

    /// Notes in the ledger that a change was held back: no pair of arms was looked at.
    static func keep(_ trust: TrustReport, _ manifest: Manifest, in runs: any RunStore) throws(StoreError) {
        try runs.begin(
            RunRecord(
                id: manifest.runID, project: manifest.project, startedAt: manifest.startedAt,
                pair: "refused " + manifest.runID, datasetDigest: manifest.dataset.digest,
                policyDigest: manifest.policyDigest))
        try runs.end(
            run: manifest.runID, verdict: .block, durationSeconds: 0,
            gates: trust.loosenings.prefix(1000).map {
                RunRecord.Gate(
                    rule: $0.words, outcome: GateResult.Outcome.fails.rawValue, candidate: nil, baseline: nil)
            })
    }
}
