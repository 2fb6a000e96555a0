import Domain
import Notation
import Text

/// Reads `contract`; what is wrong with its form has been told already, what it means is judged here.
struct ContractReader {
    let log: ProblemLog
    /// Where the app's answers show each part.
    let observe: ObserveMap

    func read(_ node: YAMLNode?) -> ContractPolicy? {
        guard let node, node.members != nil else { return nil }
        var contract = ContractPolicy()
        contract.schema = node["schema"]?.text
        contract.statuses = Self.nodes(node["status"]).compactMap(AppReader.integer)
        contract.contentTypes = PolicyReader.texts(node["content_type"]).map { type in
            String(type.prefix { $0 != ";" }.filter { $0 != " " }).lowercased()
        }
        contract.headers = headers(node["headers"])
        for member in node["bounds"]?.members ?? [] {
            if let bound = bound(member.key, member.value) { contract.bounds.append(bound) }
        }
        let labels = node["labels"]
        for one in labels?.elements ?? labels.map({ [$0] }) ?? [] {
            if let bands = bands(one) { contract.labels.append(bands) }
        }
        contract.latency = latency(node["latency"])
        contract.versions = versions(node["versions"])
        if let count = AppReader.integer(node["probes"]) { contract.probes = .golden(count) }
        if let rows = node["probes"]?.elements {
            contract.probes = .given(rows.compactMap(\.json.objectValue))
        }
        contract.concurrency = AppReader.integer(node["concurrency"]) ?? contract.concurrency
        return contract
    }

    private static func nodes(_ node: YAMLNode?) -> [YAMLNode] { node?.elements ?? node.map { [$0] } ?? [] }

    private func headers(_ node: YAMLNode?) -> [ContractPolicy.HeaderRule] {
        if let names = node?.elements {
            return names.compactMap(\.text).map { .init(name: $0, pattern: nil) }
        }
        return (node?.members ?? []).compactMap { member in
            guard let name = member.key.text, let text = member.value.text else { return nil }
            check(pattern: text, at: member.value)
            return .init(name: name, pattern: text)
        }
    }

    func check(pattern text: String, at node: YAMLNode) {
        do throws(PatternProblem) { _ = try Pattern(text) } catch {
            log.report(
                .badValue, "\(Printable.quoted(text)) is no pattern: \(error.message)", at: .init(node),
                mend: "patterns are PCRE2's")
        }
    }

    // MARK: numbers

    private func bound(_ key: YAMLNode, _ node: YAMLNode) -> ContractPolicy.Bound? {
        guard let place = place(key, numeric: true) else { return nil }
        if let ends = node.elements {
            let numbers = ends.compactMap(Self.number)
            guard ends.count == 2, numbers.count == 2, numbers[0] <= numbers[1] else {
                log.report(
                    .badValue, "a range is two numbers, the smaller one first", at: .init(node),
                    mend: "write '[0, 1]'")
                return nil
            }
            return ContractPolicy.Bound(value: place, atLeast: numbers[0], atMost: numbers[1])
        }
        let low = node["at_least"].flatMap(Self.number)
        let high = node["at_most"].flatMap(Self.number)
        guard low != nil || high != nil else {
            log.report(
                .badValue, "a range needs 'at_least', 'at_most' or both", at: .init(key),
                mend: "write '[0, 1]', or '{ at_most: 1 }'")
            return nil
        }
        if let low, let high, low > high {
            log.report(.badValue, "nothing lies between \(low) and \(high)", at: .init(node))
            return nil
        }
        var isOptional = false
        if case .bool(true) = node["optional"]?.scalar { isOptional = true }
        return ContractPolicy.Bound(value: place, atLeast: low, atMost: high, isOptional: isOptional)
    }

    static func number(_ node: YAMLNode) -> Double? {
        switch node.scalar {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// A pointer, or a part that the policy maps.
    private func place(_ node: YAMLNode, numeric: Bool) -> ContractPolicy.ValuePlace? {
        let text = node.text ?? ""
        return place(text, at: node, numeric: numeric)
    }

    private func place(_ text: String, at node: YAMLNode, numeric: Bool) -> ContractPolicy.ValuePlace? {
        if text.hasPrefix("/") {
            do throws(JSONPointerError) { return .pointer(try JSONPointer(text)) } catch {
                log.report(.badValue, Printable.text(error.message), at: .init(node))
                return nil
            }
        }
        let parts = numeric ? Self.numbers : Self.texts
        if let pointer = parts.first(where: { $0.name == text })?.pointer {
            if observe[keyPath: pointer] != nil { return .part(text) }
            let key = text == "cost" || text.hasSuffix("_tokens") ? "usage" : text
            log.report(
                .unmapped, "'app.observe' does not say where '\(text)' stands", at: .init(node),
                mend: "add '\(key): /…' there, or write a JSON Pointer here")
            return nil
        }
        if numeric, observe.values.contains(where: { $0.name == text }) { return .part(text) }
        let known = parts.map(\.name) + (numeric ? observe.values.map(\.name) : [])
        let mend = nearest(text, in: known).map { "did you mean '\($0)'?" }
        log.report(
            .badValue,
            "\(Printable.quoted(text)) is no \(numeric ? "number" : "label") of an answer that the policy knows",
            at: .init(node), mend: mend ?? "write a JSON Pointer, or one of: " + known.joined(separator: ", ")
        )
        return nil
    }

    private static let numbers: [(name: String, pointer: KeyPath<ObserveMap, String?> & Sendable)] = [
        ("confidence", \.confidence), ("score", \.score), ("cost", \.usage), ("input_tokens", \.usage),
        ("output_tokens", \.usage),
    ]
    private static let texts: [(name: String, pointer: KeyPath<ObserveMap, String?> & Sendable)] = [
        ("label", \.scoreLabel), ("intent", \.intent),
    ]

    // MARK: labels, latency, versions

    private func bands(_ node: YAMLNode) -> ContractPolicy.LabelBands? {
        guard node.members != nil else { return nil }
        let label = place(node["label"]?.text ?? "label", at: node["label"] ?? node, numeric: false)
        let score = place(node["score"]?.text ?? "score", at: node["score"] ?? node, numeric: true)
        var bands: [ContractPolicy.LabelBands.Band] = []
        for member in node["bands"]?.members ?? [] {
            guard let name = member.key.text, let from = Self.number(member.value) else { continue }
            if let same = bands.first(where: { $0.from == from }) {
                log.report(
                    .contradiction,
                    "the bands \(Printable.quoted(same.label)) and \(Printable.quoted(name)) begin at the same score",
                    at: .init(member.value), mend: "give each label the lowest score that bears it")
            }
            bands.append(.init(label: name, from: from))
        }
        guard let label, let score, !bands.isEmpty else { return nil }
        return ContractPolicy.LabelBands(label: label, score: score, bands: bands)
    }

    private func latency(_ node: YAMLNode?) -> [ContractPolicy.LatencyRule] {
        guard let node else { return [] }
        if let seconds = AppReader.measure(node, .duration) { return [.init(.slowest, seconds: seconds)] }
        var rules: [ContractPolicy.LatencyRule] = []
        for (name, percent) in PolicyKeys.latencyPercentiles {
            guard let seconds = AppReader.measure(node[name], .duration) else { continue }
            rules.append(.init(.percentile(percent), seconds: seconds))
        }
        if let seconds = AppReader.measure(node["max"], .duration) {
            rules.append(.init(.slowest, seconds: seconds))
        }
        return rules
    }

    private func versions(_ node: YAMLNode?) -> [ContractPolicy.VersionRule]? {
        guard let node else { return nil }
        if observe.versions == nil {
            log.report(
                .unmapped, "'app.observe' does not say where versions stand", at: .init(node),
                mend: "add 'versions: /versions' there")
        }
        return (node.members ?? []).compactMap { member in
            guard let name = member.key.text, let value = member.value.text else { return nil }
            return .init(name: name, value: value == "any" ? nil : value)
        }
    }
}
