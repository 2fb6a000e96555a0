import Domain
import Notation

/// Reads `external`; what is wrong with its form has been told already.
struct ExternalReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> [ExternalSource] {
        var sources: [ExternalSource] = []
        var declared: [String: (metric: ExternalMetric, node: YAMLNode)] = [:]
        for element in node?.elements ?? [] {
            guard let file = element["file"]?.text else { continue }
            var metrics: [ExternalMetric] = []
            for member in element["metrics"]?.members ?? [] {
                guard let metric = metric(member.key, member.value) else { continue }
                if let other = declared[metric.name], !Self.isSame(other.metric, metric) {
                    log.report(
                        .contradiction, "the metric \(Printable.quoted(metric.name)) is declared in two ways",
                        at: .init(member.key), mend: "give both the same unit, range and direction",
                        related: ("the other declaration", .init(other.node)))
                    continue
                }
                declared[metric.name] = (metric, member.key)
                metrics.append(metric)
            }
            if metrics.isEmpty, element["metrics"]?.members?.isEmpty ?? false {
                log.report(
                    .badValue, "'external.metrics' names no metric", at: .init(element),
                    mend: "add 'metrics: { faithfulness: higher }'")
            }
            var age: Double? = 86_400
            if let written = element["max_age"] {
                age = written.text == "never" ? nil : AppReader.measure(written, .duration) ?? age
                if age == 0 {
                    log.report(.badValue, "'external.max_age' lies above 0", at: .init(written))
                }
            }
            sources.append(
                ExternalSource(
                    file: file, arm: element["arm"]?.text.flatMap(Arm.init(rawValue:)),
                    maximumAgeSeconds: age, metrics: metrics))
        }
        return sources
    }

    /// Two files may give one metric, one an arm; what they call it may differ.
    private static func isSame(_ one: ExternalMetric, _ other: ExternalMetric) -> Bool {
        one.unit == other.unit && one.lowest == other.lowest && one.highest == other.highest
            && one.better == other.better && one.isPassFail == other.isPassFail
    }

    private func metric(_ key: YAMLNode, _ node: YAMLNode) -> ExternalMetric? {
        guard let name = key.text, !name.isEmpty else { return nil }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-.@".utf8.contains(byte)
            }
        }
        guard isPlain else {
            log.report(
                .badValue, "a metric's name has letters, digits, '_', '-', '.' and '@'", at: .init(key),
                mend: "name it plainly, and give the file's own name with 'from'")
            return nil
        }
        let isPassFail = node["pass_fail"]?.scalar == .bool(true)
        let unit = node["unit"]?.text ?? "ratio"
        var lowest: Double? = 0
        var highest: Double? = unit == "ratio" ? 1 : nil
        if let range = node["range"]?.elements {
            let ends = range.compactMap { Self.number($0) }
            guard range.count == 2, ends.count == 2, ends[0] < ends[1] else {
                log.report(
                    .badValue, "'range' is a smallest and a larger largest score",
                    at: .init(node["range"] ?? node),
                    mend: "write it as [0, 1]")
                return nil
            }
            (lowest, highest) = (ends[0], ends[1])
            if isPassFail, ends != [0, 1] {
                log.report(
                    .contradiction, "a score that passes or fails is 0 or 1",
                    at: .init(node["range"] ?? node),
                    mend: "remove 'range' or 'pass_fail'")
            }
        }
        return ExternalMetric(
            name: name, column: node["from"]?.text ?? name, unit: unit, lowest: lowest, highest: highest,
            better: node["better"]?.text ?? node.text ?? "neither", isPassFail: isPassFail)
    }

    private static func number(_ node: YAMLNode) -> Double? {
        switch node.scalar {
        case .integer(let value)?: Double(value)
        case .number(let value)?: value
        default: nil
        }
    }
}

/// Reads `ledger`.
enum LedgerReader {
    static func read(_ node: YAMLNode?) -> LedgerPolicy? {
        guard let to = node?["to"]?.text else { return nil }
        return LedgerPolicy(to: to, evidence: node?["evidence"]?.text ?? "none")
    }
}
