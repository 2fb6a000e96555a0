import Domain
import Interchange

/// Looks over a data set, example by example, and says what is wrong with it.
///
/// Memory: about 150 bytes an example (its sketch, two hashes), besides what is found. Examples that look alike are
/// read again through the source when all have been seen.
///
///     var lint = DatasetLint(options)
///     for … { lint.note(example) }
///     for … { lint.take(chunk) }
///     let report = try lint.finish(name: "golden/", examples: source, problems: source.problems)
public struct DatasetLint: Sendable {
    private var log = FindingLog()
    private var duplicates: DuplicateCheck
    private var chunks: ChunkCheck?
    private var checks: [any LintCheck]
    private var count = 0

    public init(_ options: LintOptions) {
        duplicates = DuplicateCheck(columns: options.inputColumns, threshold: options.upkeep.similarity)
        chunks = options.hasChunks ? ChunkCheck() : nil
        checks = [
            ContentCheck(), CoverageCheck(isConversational: options.isConversational), SizeCheck(options),
            FreshnessCheck(today: options.today, upkeep: options.upkeep, retired: options.retiredDocuments),
            ProvenanceCheck(wanted: options.upkeep.provenance), LabellerCheck(systems: options.systems),
        ]
        if !options.growth.isEmpty { checks.append(GrowthCheck(options)) }
        if let prompts = options.prompts, !prompts.isEmpty { checks.append(PromptCheck(index: prompts)) }
    }

    /// Takes the next example: in the order, and as many, as the source of `finish` has.
    public mutating func note(_ example: Example) {
        duplicates.note(example)
        chunks?.note(example, count, &log)
        for place in checks.indices { checks[place].note(example, count, &log) }
        count += 1
    }

    /// Takes a chunk of the index, once all examples were noted.
    public mutating func take(_ chunk: RetrievedDocument) { chunks?.take(chunk) }

    /// - Parameters:
    ///   - name: What messages about the set as a whole name as their place.
    ///   - examples: The examples again, by number.
    ///   - problems: What was wrong with rows when they were read.
    ///   - further: Problems beyond those, which were only counted.
    ///   - furtherErrors: Errors among them.
    /// - Throws: What reading an example again throws.
    public mutating func finish(
        name: String, examples: any ExampleSource, problems: [DatasetProblem] = [], further: Int = 0,
        furtherErrors: Int = 0
    ) throws(StoreError) -> LintReport {
        for problem in problems { log.add(Finding(problem)) }
        log.count(furtherErrors, .error, .unreadableRow)
        let others = further - furtherErrors
        if others > 0 {
            log.add(
                Finding(
                    .note, .unreadableRow, at: SourcePlace(file: name, line: 0),
                    "\(counted(others, "further problem")) of reading \(others == 1 ? "is" : "are") not listed",
                    mend: "mend those that are, and look again"))
        }
        let clusters = try duplicates.clusters(examples)
        let set = LintedSet(count: count, examples: examples, name: name, clusters: clusters)
        try duplicates.report(set, &log)
        for place in checks.indices { try checks[place].finish(set, &log) }
        try chunks?.finish(set, &log)
        return LintReport(examples: count, distinct: clusters.distinct, log)
    }
}

extension Finding {
    /// A problem of reading, as a finding.
    init(_ problem: DatasetProblem) {
        let severity: Severity =
            switch problem.severity {
            case .error: .error
            case .warning: .warning
            case .note: .note
            }
        let code: LintCode =
            switch problem.kind {
            case .row: problem.severity == .error ? .unreadableRow : .doubtfulColumn
            case .duplicateID: .duplicateID
            case .sameRow: .duplicate
            }
        self.init(severity, code, at: problem.place, problem.cause, mend: problem.mend)
    }
}
