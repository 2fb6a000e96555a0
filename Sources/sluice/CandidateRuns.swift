import Curation
import Digest
import Domain
import Interchange
import Ledger
import Metrics
import Notation
import Policy
import Storage
import Text

/// Examples of a run that went wrong, as sightings: judged again from the record, example by example, by the metrics that
/// the run's own policy gates by.
struct CandidateRuns {
    let store: String
    let console: Console
    /// A mark of a sighting.
    let reference: (String) -> String
    private static let disagreements = 10

    /// The newest run that reached a verdict: what ships may fail on some examples too.
    static func newest(_ store: String, project: String?) throws -> String? {
        guard InputFile.exists(store + "/ledger.db") else { return nil }
        let runs = try SQLiteRunStore(path: store + "/ledger.db").runs(limit: 200)
        return runs.first { run in
            run.verdict != nil && (project == nil || run.project == project)
        }?.id
    }

    /// What one arm showed of one example.
    private struct Side {
        /// By metric: 1 passed, 2 failed at least once.
        var grades: [UInt8] = []
        var values: [Double?] = []
        var isUnmeasured = false
        var why = ""
        var text: String?
    }

    private struct Judged {
        var baseline: Side?
        var candidate: Side?
    }

    /// - Returns: A sighting for each example that went wrong, in the order of the data set.
    func sightings(_ run: String) throws -> [Candidate] {
        let evidence = DirectoryEvidence(root: store)
        guard let bytes = try evidence.get(run: run, name: "manifest.json") else {
            throw StoreError(
                .missing, "there is no run \(run) under \(store)/runs; 'sluice report --list' lists them")
        }
        let manifest: Manifest
        do throws(ManifestCodec.Problem) { manifest = try ManifestCodec.decode(bytes) } catch {
            throw StoreError(.damaged, "run \(run): \(error.description)")
        }
        let file = try PolicyFile.parse(
            Array(manifest.policyText.utf8), path: manifest.policyPath, repeats: manifest.repeats,
            console: console)
        let definitions = definitions(file, changes: manifest.changes)
        var numbers: [String: Int] = [:]
        var ids: [String] = []
        let set = try DatasetFiles(paths: manifest.dataset.files) { example in
            numbers[example.id] = ids.count
            ids.append(example.id)
        }
        if set.digest.description != manifest.dataset.digest {
            console.error(
                "note: the data set has changed since run \(run): its answers are judged by what the set expects today"
            )
        }
        var judged = [Judged](repeating: Judged(), count: ids.count)
        var gone = 0
        try evidence.read(
            run: run,
            each: { observation in
                guard let number = numbers[observation.example] else {
                    gone += 1
                    return
                }
                let example = try set.example(number)
                if observation.arm == .candidate {
                    take(observation, example, definitions, &judged[number].candidate)
                } else {
                    take(observation, example, definitions, &judged[number].baseline)
                }
            }, problem: { console.error("warning: \($0.description)") })
        if gone > 0 {
            console.error(
                "note: \(Prose.counted(gone, "answer")) of run \(run) \(gone == 1 ? "is" : "are") to examples that the set no longer has"
            )
        }
        return try collect(run, manifest, judged, definitions, set)
    }

    /// Plain scores of quality in [0, 1] and labels: those that gates speak of, else all that were measured.
    private func definitions(_ file: PolicyFile, changes: [ChangeKind]) -> [MetricDefinition] {
        let policy = file.policy
        let gated = policy.requirements(for: changes).gates.map { MetricCatalogue.definitionName(for: $0) }
        var requests = policy.metrics.filter { gated.contains($0.name) }
        for name in gated where !requests.contains(where: { $0.name == name }) {
            requests.append(MetricRequest(name: name))
        }
        for request in policy.metrics where !requests.contains(where: { $0.name == request.name }) {
            requests.append(request)
        }
        let all = requests.compactMap { try? MetricCatalogue.define($0, resources: file.resources) }
        let usable = all.filter { definition in
            guard definition.tier == .quality, definition.unit == .ratio, definition.direction != .neither
            else {
                return false
            }
            switch definition.aggregate {
            case .mean: return definition.width == 1
            case .confusion: return true
            case .sums, .text: return false
            }
        }
        let first = usable.filter { gated.contains($0.name) }
        return first.isEmpty ? usable : first
    }

    private func take(
        _ observation: Observation, _ example: Example, _ definitions: [MetricDefinition], _ side: inout Side?
    ) {
        var known =
            side
            ?? Side(
                grades: [UInt8](repeating: 0, count: definitions.count),
                values: [Double?](repeating: nil, count: definitions.count))
        defer { side = known }
        if let failure = observation.failure {
            known.why = "\(failure.cause.rawValue): \(failure.detail)"
            if !failure.countsAgainstApp { known.isUnmeasured = true }
        }
        if known.text == nil { known.text = observation.answer?.text }
        var input = MeasureInput(example: example, observation: observation)
        for (place, definition) in definitions.enumerated() {
            let goodness: Double
            var isWhole = definition.isPassFail
            switch definition.measured(&input) {
            case .value(let value): goodness = definition.direction == .higher ? value : 1 - value
            case .labels(let labels):
                isWhole = true
                goodness = labels.count == 2 && labels[0] == labels[1] ? 1 : 0
            case .failed:
                // What an app that answers does not show has failed; what nobody saw has not.
                guard observation.answer != nil else { continue }
                goodness = 0
            case .values, .notApplicable, .unmeasured: continue
            }
            known.values[place] = min(known.values[place] ?? 1, goodness)
            let passes = goodness >= (isWhole ? 1 - 1e-9 : 0.5)
            known.grades[place] = max(known.grades[place], passes ? 1 : 2)
        }
    }

    private func collect(
        _ run: String, _ manifest: Manifest, _ judged: [Judged], _ definitions: [MetricDefinition],
        _ set: DatasetFiles
    ) throws -> [Candidate] {
        let widest = Set(widestSpreads(judged))
        var found: [Candidate] = []
        for (number, item) in judged.enumerated() {
            guard let side = item.candidate else { continue }
            var signals: [(kind: CandidateSignal, note: String)] = []
            if let newly = newlyFailing(item, definitions) {
                signals.append((.newlyFailing, newly))
            } else if let place = side.grades.firstIndex(of: 2) {
                signals.append((.failing, "\(definitions[place].name) \(shown(side.values[place]))"))
            }
            if side.isUnmeasured { signals.append((.unmeasured, side.why)) }
            if widest.contains(number), let note = disagreement(side, definitions) {
                signals.append((.disagreement, note))
            }
            guard !signals.isEmpty else { continue }
            let example = try set.example(number)
            var candidate = Candidate(query: example.query)
            candidate.history = example.history
            candidate.context = example.context
            candidate.columns = example.columns
            if let category = example.category {
                candidate.columns.append(Example.Column(name: "category", value: category))
            }
            candidate.observed = side.text.map { [$0] } ?? []
            candidate.signals = signals.map { kind, note in
                Candidate.Signal(
                    kind, source: "run \(run)",
                    reference: reference("\(run)\n\(kind.rawValue)\n\(example.id)"),
                    at: manifest.startedAt, note: note)
            }
            found.append(candidate)
        }
        return found
    }

    /// The metric that fell furthest from a pass to a fail.
    private func newlyFailing(_ item: Judged, _ definitions: [MetricDefinition]) -> String? {
        guard let before = item.baseline, let after = item.candidate else { return nil }
        var worst: (fall: Double, note: String)?
        for place in definitions.indices where before.grades[place] == 1 && after.grades[place] == 2 {
            let fall = (before.values[place] ?? 0) - (after.values[place] ?? 0)
            guard fall > worst?.fall ?? 0 else { continue }
            worst = (
                fall,
                "\(definitions[place].name) \(shown(before.values[place])) → \(shown(after.values[place]))"
            )
        }
        return worst?.note
    }

    private func spread(_ side: Side) -> Double {
        let values = side.values.compactMap { $0 }
        guard values.count > 1, let low = values.min(), let high = values.max() else { return 0 }
        return high - low
    }

    /// Numbers of the examples on which metrics disagree most, by half the scale at least.
    private func widestSpreads(_ judged: [Judged]) -> [Int] {
        var spreads: [(spread: Double, number: Int)] = []
        for (number, item) in judged.enumerated() {
            guard let side = item.candidate else { continue }
            let value = spread(side)
            if value >= 0.5 { spreads.append((value, number)) }
        }
        spreads.sort { ($1.spread, $0.number) < ($0.spread, $1.number) }
        return spreads.prefix(Self.disagreements).map(\.number)
    }

    private func disagreement(_ side: Side, _ definitions: [MetricDefinition]) -> String? {
        var low: (value: Double, name: String)?
        var high: (value: Double, name: String)?
        for (place, value) in side.values.enumerated() {
            guard let value else { continue }
            if low.map({ value < $0.value }) ?? true { low = (value, definitions[place].name) }
            if high.map({ value > $0.value }) ?? true { high = (value, definitions[place].name) }
        }
        guard let low, let high else { return nil }
        return "\(high.name) \(shown(high.value)), \(low.name) \(shown(low.value))"
    }

    private func shown(_ value: Double?) -> String {
        guard let value else { return "?" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
    }
}
