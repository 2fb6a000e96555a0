import Digest
import Domain

/// Binds the records of files of scores to one run: its examples, its arms, its data set, its day.
public struct ExternalBinding {
    private let arms: [Arm]
    private let now: Int
    private let datasetDigest: String
    private let datasetVersion: String?
    private let ids: Set<String>
    /// An example by its question, where one alone asks it; nil: several do.
    private let questions: [String: String?]
    private var metrics: [ExternalMetric] = []
    private var sources: [[Int]] = []
    private var provenance: [ExternalProvenance] = []
    private var rows: [ExternalScores.Row] = []
    private var refusals: [Int: String] = [:]

    /// What two machines' clocks may differ by.
    private static let skewSeconds = 300

    /// - Parameters:
    ///   - now: Seconds since 1970: what ages are counted to.
    ///   - questions: For files that name no id; pairs of question and id.
    public init(
        arms: [Arm], now: Int, datasetDigest: String, datasetVersion: String?, ids: Set<String>,
        questions: [(String, String)]
    ) {
        self.arms = arms
        self.now = now
        self.datasetDigest = datasetDigest
        self.datasetVersion = datasetVersion
        self.ids = ids
        var known: [String: String?] = [:]
        for (question, id) in questions {
            let isFirst = known.index(forKey: question) == nil
            known.updateValue(isFirst ? id : nil, forKey: question)
        }
        self.questions = known
    }

    /// A file that cannot be used at all.
    public mutating func refuse(_ source: ExternalSource, _ why: String, digest: String? = nil) {
        let place = provenance.count
        provenance.append(
            ExternalProvenance(
                file: source.file, digest: digest, madeAt: nil, scorer: nil, scores: 0, problems: [why]))
        refusals[place] = why
        for metric in source.metrics { declare(metric, place) }
    }

    private mutating func declare(_ metric: ExternalMetric, _ place: Int) {
        if let index = metrics.firstIndex(where: { $0.name == metric.name }) {
            sources[index].append(place)
        } else {
            metrics.append(metric)
            sources.append([place])
        }
    }

    /// - Parameters:
    ///   - digest: Of the file's bytes.
    ///   - modified: When the file was last written, in seconds since 1970: the time of scores that name none.
    public mutating func add(
        _ source: ExternalSource, _ records: ExternalRecords, digest: String, modified: Int
    ) {
        let place = provenance.count
        var byColumn: [String: [Int]] = [:]
        for metric in source.metrics {
            declare(metric, place)
            let index = metrics.firstIndex { $0.name == metric.name } ?? 0
            byColumn[metric.column, default: []].append(index)
        }
        var count = 0
        var strangers = 0
        var ambiguous = 0
        var newest: Int?
        var outside: [(words: String, places: [Int], count: Int)] = []
        var doubles = Doubles()
        var scorers = Set<String>()
        for record in records.records {
            guard let example = example(record) else {
                if record.id == nil, questions[record.query ?? ""] != nil {
                    ambiguous += 1
                } else {
                    strangers += 1
                }
                continue
            }
            let time = record.time ?? modified
            newest = max(newest ?? time, time)
            if let scorer = record.scorer, scorers.count < 5 { scorers.insert(scorer) }
            let whole = problem(record, time, source)
            for score in record.scores {
                for metric in byColumn[score.name] ?? [] {
                    count += 1
                    if let value = score.value {
                        if let words = metrics[metric].problem(value) {
                            let why =
                                "\(metrics[metric].name): \(words); mend the score, or the metric's range"
                            let known = outside.firstIndex { $0.words == why } ?? outside.count
                            if known == outside.count { outside.append((why, [], 0)) }
                            outside[known].count += 1
                            if outside[known].count <= 3 { outside[known].places.append(record.place) }
                        }
                        if whole == nil { doubles.note(value, metric, example, record) }
                    }
                    rows.append(
                        ExternalScores.Row(
                            metric: metric, source: place, example: example,
                            arm: record.arm ?? source.arm ?? (arms.count == 1 ? arms[0] : nil),
                            repetition: record.repetition, answer: record.answer,
                            versions: record.versions, score: score.value,
                            problem: whole ?? score.problem
                                ?? (score.value.map { metrics[metric].problem($0) }
                                    ?? "the scorer gave no score")))
                }
            }
        }
        var problems = records.problems
        for entry in outside {
            let what = entry.count == 1 ? "1 score" : "\(entry.count) scores"
            problems.append("\(what) (\(records.words(entry.places, of: entry.count))): \(entry.words)")
        }
        if let pair = doubles.first {
            let what = doubles.count == 1 ? "1 answer has" : "\(doubles.count) answers have"
            problems.append(
                "\(what) two scores that differ (first \(records.unit)s \(pair.0) and \(pair.1)); keep one of each"
            )
        }
        if strangers > 0 {
            problems.append(
                "\(strangers) \(strangers == 1 ? "record" : "records") of examples that the data set lacks")
        }
        if ambiguous > 0 {
            problems.append(
                "\(ambiguous) \(ambiguous == 1 ? "record" : "records") without an id whose question several examples ask"
            )
        }
        if count == 0 {
            let names = source.metrics.map(\.column).joined(separator: ", ")
            let why =
                strangers > 0
                ? "speaks of no example of this data set" : "holds no score named \(names)"
            refusals[place] = why
            problems.append(why)
        }
        provenance.append(
            ExternalProvenance(
                file: source.file, digest: digest, madeAt: newest.map(TimeText.text),
                scorer: scorers.isEmpty ? nil : scorers.sorted().joined(separator: ", "), scores: count,
                problems: problems))
    }

    /// Scores of one answer that differ, with the places of the first two.
    private struct Doubles {
        private struct Key: Hashable {
            let metric: Int
            let example: String
            let arm: Arm?
            let repetition: Int?
            let answer: String?
            let versions: [Answer.Version]
        }

        private var seen: [Key: (value: Double, place: Int)] = [:]
        private(set) var first: (Int, Int)?
        private(set) var count = 0

        mutating func note(_ value: Double, _ metric: Int, _ example: String, _ record: ExternalRecord) {
            let key = Key(
                metric: metric, example: example, arm: record.arm, repetition: record.repetition,
                answer: record.answer, versions: record.versions)
            guard let known = seen[key] else {
                seen[key] = (value, record.place)
                return
            }
            guard known.value != value else { return }
            count += 1
            if first == nil { first = (known.place, record.place) }
        }
    }

    private func example(_ record: ExternalRecord) -> String? {
        if let id = record.id { return ids.contains(id) ? id : nil }
        guard let query = record.query, let found = questions[query] else { return nil }
        return found
    }

    /// Why none of a record's scores counts.
    private func problem(_ record: ExternalRecord, _ time: Int, _ source: ExternalSource) -> String? {
        if let dataset = record.dataset, dataset != datasetDigest, "sha256:" + dataset != datasetDigest,
            dataset != datasetVersion
        {
            return "its score is of another data set"
        }
        if time - now > Self.skewSeconds { return "its score is dated in the time to come" }
        if let most = source.maximumAgeSeconds, Double(now - time) > most {
            return "its score is stale, older than \(Self.words(most))"
        }
        return nil
    }

    private static func words(_ seconds: Double) -> String {
        func whole(_ unit: Double) -> Int? {
            let count = seconds / unit
            return count >= 1 && count == count.rounded() && count < 1e9 ? Int(count) : nil
        }
        if let days = whole(86_400), days > 1 { return "\(days) d" }
        if let hours = whole(3600) { return "\(hours) h" }
        if let minutes = whole(60) { return "\(minutes) min" }
        return "\(seconds) s"
    }

    public var scores: ExternalScores {
        ExternalScores(
            metrics: metrics, sources: sources, provenance: provenance, rows: rows, refusals: refusals)
    }
}
