import Domain
import Notation

/// Reads `custom`; what is wrong with its form has been told already.
struct CustomReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> [CustomMetric] {
        var metrics: [CustomMetric] = []
        for member in node?.members ?? [] {
            guard let name = MetricNames.plain(member.key, log), let metric = metric(name, member.value)
            else {
                continue
            }
            metrics.append(metric)
        }
        return metrics
    }

    private func metric(_ name: String, _ node: YAMLNode) -> CustomMetric? {
        let source: CustomMetric.Source
        if let url = node["url"]?.text {
            source = .endpoint(url)
        } else {
            let arguments = (node["command"]?.elements ?? []).compactMap(\.text)
            guard !arguments.isEmpty else { return nil }
            source = .command(arguments)
        }
        let unit = node["unit"]?.text ?? "ratio"
        let isPassFail = node["pass_fail"]?.scalar == .bool(true)
        var lowest: Double? = 0
        var highest: Double? = unit == "ratio" || isPassFail ? 1 : nil
        if let range = node["range"]?.elements {
            let ends = range.compactMap { CompositeReader.number($0) }
            guard range.count == 2, ends.count == 2, ends[0] < ends[1] else {
                log.report(
                    .badValue, "'range' is a smallest and a larger largest score",
                    at: .init(node["range"] ?? node), mend: "write it as [0, 1]")
                return nil
            }
            (lowest, highest) = (ends[0], ends[1])
            if isPassFail, ends != [0, 1] {
                log.report(
                    .contradiction, "a score that passes or fails is 0 or 1",
                    at: .init(node["range"] ?? node), mend: "remove 'range' or 'pass_fail'")
            }
        }
        let timeout = AppReader.measure(node["timeout"], .duration) ?? 10
        guard timeout > 0 else {
            log.report(.badValue, "'timeout' lies above 0", at: .init(node["timeout"] ?? node))
            return nil
        }
        var concurrency = node["url"] == nil ? 1 : 8
        if case .integer(let number)? = node["concurrency"]?.scalar { concurrency = Int(number) }
        return CustomMetric(
            name: name, source: source, unit: unit, lowest: lowest, highest: highest,
            better: node["better"]?.text ?? "neither", isPassFail: isPassFail, timeoutSeconds: timeout,
            concurrency: concurrency,
            headers: AppReader(log: log).headers(node["headers"]), version: node["version"]?.text ?? "1",
            place: log.lines.place((node["command"] ?? node).start))
    }
}
