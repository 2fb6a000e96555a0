import Domain
import Metrics
import Notation

/// Reads `composite`; what is wrong with its form has been told already.
struct CompositeReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> [CompositeMetric] {
        var composites: [CompositeMetric] = []
        for member in node?.members ?? [] {
            guard let name = MetricNames.plain(member.key, log) else { continue }
            let forms = (member.value.members ?? []).filter {
                $0.key.text.flatMap(CompositeMetric.Form.init(rawValue:)) != nil
            }
            guard forms.count == 1, let given = forms.first, let word = given.key.text,
                let form = CompositeMetric.Form(rawValue: word)
            else {
                log.report(
                    .badValue, "'composite.\(Printable.text(name))' has one of weighted, all_of, any_of, not",
                    at: .init(member.value), mend: "write { all_of: [is_json, exact_match] }")
                continue
            }
            let parts = form == .weighted ? weighted(given.value) : self.parts(given.value)
            guard let parts, !parts.isEmpty else { continue }
            composites.append(
                CompositeMetric(
                    name: name, form: form, parts: parts, place: log.lines.place(member.key.start)))
        }
        return composites
    }

    private func weighted(_ node: YAMLNode) -> [CompositeMetric.Part]? {
        var parts: [CompositeMetric.Part] = []
        var sum = 0.0
        for member in node.members ?? [] {
            guard let name = member.key.text, let weight = AppReader.measure(member.value, .share) else {
                return nil
            }
            guard weight > 0 else {
                log.report(.badValue, "a weight lies above 0", at: .init(member.value))
                return nil
            }
            sum += weight
            let request = MetricRequest(name: name, place: log.lines.place(member.key.start))
            parts.append(CompositeMetric.Part(request: request, weight: weight))
        }
        guard abs(sum - 1) < 1e-9 else {
            log.report(
                .badValue,
                "the weights sum to \(RuleChecker.number((sum * 1e8).rounded() / 1e6)) %, not 100 %",
                at: .init(node), mend: "change them to sum to 100 %")
            return nil
        }
        return parts
    }

    private func parts(_ node: YAMLNode) -> [CompositeMetric.Part]? {
        var parts: [CompositeMetric.Part] = []
        for element in node.elements ?? [node] {
            guard let part = part(element) else { return nil }
            parts.append(part)
        }
        return parts
    }

    private func part(_ node: YAMLNode) -> CompositeMetric.Part? {
        let place = log.lines.place(node.start)
        if let name = node["metric"]?.text {
            let request = MetricRequest(name: name, parameter: node["parameter"]?.json, place: place)
            return CompositeMetric.Part(
                request: request, atLeast: Self.number(node["at_least"]), atMost: Self.number(node["at_most"])
            )
        }
        guard let text = node.text else { return nil }
        for (sign, isLeast) in [(">=", true), ("<=", false)] {
            guard let cut = text.range(of: sign) else { continue }
            let name = RuleLexer.trimmed(String(text[..<cut.lowerBound]))
            let digits = RuleLexer.trimmed(String(text[cut.upperBound...]))
            let isShare = digits.hasSuffix("%")
            guard var bound = Double(isShare ? RuleLexer.trimmed(String(digits.dropLast())) : digits) else {
                log.report(
                    .badValue, "\(Printable.quoted(digits)) is no number", at: .init(node),
                    mend: "write \"\(Printable.text(name)) \(sign) 0.5\"")
                return nil
            }
            if isShare { bound /= 100 }
            return CompositeMetric.Part(
                request: MetricRequest(name: name, place: place), atLeast: isLeast ? bound : nil,
                atMost: isLeast ? nil : bound)
        }
        return CompositeMetric.Part(request: MetricRequest(name: RuleLexer.trimmed(text), place: place))
    }

    static func number(_ node: YAMLNode?) -> Double? {
        switch node?.scalar {
        case .integer(let value)?: Double(value)
        case .number(let value)?: value
        default: nil
        }
    }
}

extension String {
    /// Where a text of ASCII stands first.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// Names that policies give to metrics of their own.
enum MetricNames {
    /// The name, or nil where it is none; what is wrong is in the log.
    static func plain(_ key: YAMLNode, _ log: ProblemLog) -> String? {
        guard let name = key.text, !name.isEmpty else { return nil }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-.@".utf8.contains(byte)
            }
        }
        if isPlain { return name }
        log.report(
            .badValue, "a metric's name has letters, digits, '_', '-', '.' and '@'", at: .init(key),
            mend: "name it plainly")
        return nil
    }
}
