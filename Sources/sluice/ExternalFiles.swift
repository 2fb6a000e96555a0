import Digest
import Domain
import Interchange
import Policy
import Storage

/// The files of scores that a policy names, read and bound to a run.
enum ExternalFiles {
    /// Under which name a run keeps the scores that it was judged by.
    static let recorded = "external.jsonl"

    /// Largest file that is read.
    private static let maximumBytes = 1 << 30

    /// - Parameter arms: Those of the run.
    static func read(
        _ policy: ReleasePolicy, _ file: PolicyFile, _ examples: DatasetFiles, arms: [Arm]
    ) throws -> ExternalScores {
        var ids = Set<String>()
        var questions: [(String, String)] = []
        for number in 0..<examples.count {
            let example = try examples.example(number)
            ids.insert(example.id)
            questions.append((example.query, example.id))
        }
        var binding = ExternalBinding(
            arms: arms, now: Int(MachineFacts.now().seconds), datasetDigest: examples.digest.description,
            datasetVersion: examples.version, ids: ids, questions: questions)
        for source in policy.external { bind(source, PolicyFile.resolve(source.file, file.folder), &binding) }
        return binding.scores
    }

    private static func bind(_ source: ExternalSource, _ path: String, _ binding: inout ExternalBinding) {
        let bytes: [UInt8]
        do throws(StoreError) { bytes = try InputFile.read(path) } catch {
            return binding.refuse(source, "cannot be read: \(error.description)")
        }
        let digest = ContentDigest(of: bytes).description
        guard bytes.count <= maximumBytes else {
            return binding.refuse(source, "is larger than 1 GiB; split it", digest: digest)
        }
        do throws(ExternalScoreReader.Problem) {
            let records = try ExternalScoreReader.read(
                bytes, isCSV: path.lowercased().hasSuffix(".csv") || path.lowercased().hasSuffix(".tsv"),
                columns: source.metrics.map(\.column))
            binding.add(source, records, digest: digest, modified: InputFile.modified(path) ?? 0)
        } catch {
            binding.refuse(source, "cannot be read: \(error.description)", digest: digest)
        }
    }

    /// The same over other examples: scores of what other things are expected of now are none.
    ///
    /// - Parameter declared: What the run's policy declares, where the run keeps no scores.
    static func recorded(
        _ run: String, _ evidence: DirectoryEvidence, reexpected: Set<String>, declared: [ExternalSource]
    ) throws -> ExternalScores {
        guard let kept = try recorded(run, evidence) else { return ExternalScores(declared: declared) }
        let rows = kept.rows.map { row -> ExternalScores.Row in
            guard reexpected.contains(row.example) else { return row }
            return ExternalScores.Row(
                metric: row.metric, source: row.source, example: row.example, arm: row.arm,
                repetition: row.repetition, answer: row.answer, versions: row.versions, score: nil,
                problem: "other things are expected of it now than when it was scored")
        }
        return ExternalScores(
            metrics: kept.metrics, sources: kept.sources, provenance: kept.provenance, rows: rows,
            refusals: kept.refusals)
    }

    /// The scores that a run was judged by, as it keeps them; nil where it had none.
    static func recorded(_ run: String, _ evidence: DirectoryEvidence) throws -> ExternalScores? {
        guard let bytes = try evidence.get(run: run, name: recorded) else { return nil }
        do throws(ExternalScoresCodec.Problem) { return try ExternalScoresCodec.decode(bytes) } catch {
            throw StoreError(
                .damaged, "\(evidence.folder(run: run))/\(recorded): \(error.description); restore it")
        }
    }
}
