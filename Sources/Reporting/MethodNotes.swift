import Domain
import Statistics

/// The methods behind a report's numbers, each once and numbered in the order in which the report meets them.
struct MethodNotes {
    private(set) var methods: [String] = []
    private var numbers: [String: Int] = [:]

    init(_ result: RunResult) {
        for gate in ReportWords.byUrgency(result.gates) {
            for method in Self.methods(gate) { add(method) }
            for member in gate.members { for method in Self.methods(member) { add(method) } }
        }
        for metric in result.metrics {
            for estimate in [metric.baseline, metric.candidate, metric.difference] {
                estimate.map { add(Self.words($0)) }
            }
        }
        for slice in result.slices { slice.difference.map { add(Self.words($0)) } }
        for stage in result.stages { stage.difference.map { add(Self.words($0)) } }
        for distribution in result.distributions {
            for percentile in distribution.percentiles { percentile.interval.map { add(Self.words($0)) } }
        }
    }

    /// Those behind the numbers of a comment, which shows less than a page.
    ///
    /// - Parameter slices: Those that it shows.
    init(gates: [GateResult], members: [GateResult.Member], metrics: [MetricResult], slices: [SliceResult]) {
        for gate in gates { for method in Self.methods(gate) { add(method) } }
        for member in members { for method in Self.methods(member) { add(method) } }
        for metric in metrics { metric.difference.map { add(Self.words($0)) } }
        for slice in slices { slice.difference.map { add(Self.words($0)) } }
    }

    private mutating func add(_ method: String) {
        guard !method.isEmpty, numbers[method] == nil else { return }
        methods.append(method)
        numbers[method] = methods.count
    }

    static func words(_ estimate: Estimate) -> String {
        guard let interval = estimate.interval else { return estimate.method + ", no interval" }
        return estimate.method + "; interval: " + words(interval)
    }

    static func words(_ interval: Interval) -> String {
        interval.method + ", " + ReportWords.coverage(interval.confidence)
    }

    static func methods(_ member: GateResult.Member) -> [String] {
        let interval = member.difference.map { [words($0)] } ?? []
        return interval + (member.test.isEmpty ? [] : ["test: " + member.test])
    }

    static func methods(_ gate: GateResult) -> [String] {
        let decision = Decision(gate)
        guard let estimate = decision.estimate else { return [gate.method] }
        let words = words(estimate)
        let said = estimate.interval?.method == gate.method || gate.method.isEmpty
        return said ? [words] : [words, "test: " + gate.method]
    }

    /// The numbers of these methods, ascending, each once.
    func references(_ methods: [String]) -> [Int] {
        var found: Set<Int> = []
        for method in methods { numbers[method].map { _ = found.insert($0) } }
        return found.sorted()
    }

    func references(_ estimates: [Estimate?]) -> [Int] {
        references(estimates.compactMap { $0 }.map { Self.words($0) })
    }
}
