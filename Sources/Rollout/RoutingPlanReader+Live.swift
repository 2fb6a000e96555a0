import Domain
import Notation
import Policy

/// What is seen, kept and told of the traffic.
extension RoutingPlanReader {
    func readLive(_ root: YAMLNode, into plan: inout RoutingPlan) {
        if let node = root["validation"] { plan.validation = validation(node) }
        if let node = root["slices"] { plan.slices = slices(node) }
        if let node = root["capture"] { plan.capture = capture(node) }
        if let node = root["notify"] { plan.notify = notify(node) }
        if let node = root["forwarded"] { plan.forwarded = forwarded(node) }
    }

    // MARK: - Validation

    private func validation(_ node: YAMLNode) -> ValidationRule {
        var rule = ValidationRule()
        rule.paths = patterns(node["paths"])
        rule.json = isTrue(node["json"])
        rule.required = pointers(node["required"])
        rule.filled = isTrue(node["not_empty"])
        if let schema = node["schema"] {
            rule.schema = schema.members == nil ? schema.text.map { .file($0) } : .given(schema.json)
        }
        if !rule.json, rule.schema == nil, node["required"] == nil, !rule.filled {
            file.report(
                .badValue, "it asks nothing of an answer", at: node,
                mend: "json: true, schema: FILE, required: [/answer] or not_empty: true")
        }
        return rule
    }

    private func isTrue(_ node: YAMLNode?) -> Bool { node?.scalar == .bool(true) }

    private func pointers(_ node: YAMLNode?) -> [JSONPointer] {
        KeyedFile.texts(node).compactMap { pointer($0) }
    }

    /// What is no pointer was told of by the form.
    private func pointer(_ node: YAMLNode?) -> JSONPointer? {
        node?.text.flatMap { try? JSONPointer($0) }
    }

    // MARK: - Slices

    private func slices(_ node: YAMLNode) -> [SliceRule] {
        var rules: [SliceRule] = []
        for member in node.members ?? [] {
            guard let name = member.key.text, let text = member.value.text else { continue }
            guard let source = SliceRule.Source(text) else {
                file.report(
                    .badValue, "\(KeyedFile.quoted(text)) is no part of a request", at: member.value,
                    mend: "one of: header NAME, cookie NAME, json /POINTER, locale, path, method")
                continue
            }
            rules.append(SliceRule(name: name, source: source))
        }
        if rules.count > SliceRule.most {
            file.report(
                .badValue,
                "\(rules.count) slices: \(SliceRule.most) are the most, each multiplies the counts",
                at: node, mend: "keep those by which a release is judged")
        }
        return rules
    }

    // MARK: - Capture

    private func capture(_ node: YAMLNode) -> CaptureRule {
        var rule = CaptureRule()
        if let share = share(node["share"]) { rule.rules.share = share.hundredths }
        rule.rules.pathShares = (node["paths"]?.members ?? []).compactMap { member in
            guard let prefix = member.key.text, let part = share(member.value) else { return nil }
            if !prefix.hasPrefix("/") {
                file.report(.badValue, "a path begins with '/'", at: member.key, mend: "'/\(prefix)'")
            }
            return CaptureRules.PathShare(prefix: prefix, share: part.hundredths)
        }
        if let value = KeyedFile.measure(node["body"], .size) { rule.rules.bodyBytes = Int(value) }
        if let types = node["types"] { rule.rules.contentTypes = KeyedFile.texts(types).compactMap(\.text) }
        if let redact = node["redact"] { take(redact, into: &rule.rules) }
        rule.rules.fields = (node["fields"]?.members ?? []).compactMap { member in
            guard let name = member.key.text, let place = pointer(member.value) else { return nil }
            return CaptureRules.Part(name: name, pointer: place)
        }
        rule.rules.slowMilliseconds = milliseconds(node["slow"])
        rule.rules.slowFirstTokenMilliseconds = milliseconds(node["slow_first_token"])
        rule.rules.guardrail = pointer(node["guardrail"])
        if let sync = node["sync"], let seconds = KeyedFile.measure(sync, .duration) {
            if !(0...60).contains(seconds) {
                file.report(
                    .badValue, "it is synced within a minute", at: sync, mend: "1s is usual, 0s each time")
            }
            rule.sync = .milliseconds(Int64((seconds * 1000).rounded()))
        }
        if let spool = node["spool"], let bytes = KeyedFile.measure(spool, .size) {
            if bytes < 1_048_576 {
                file.report(.badValue, "a spool holds a megabyte at least", at: spool, mend: "1GiB is usual")
            }
            rule.spool = Int(bytes)
        }
        return rule
    }

    private func take(_ redact: YAMLNode, into rules: inout CaptureRules) {
        rules.redactedHeaders = KeyedFile.texts(redact["headers"]).compactMap(\.text)
        rules.redactedParameters = KeyedFile.texts(redact["parameters"]).compactMap(\.text)
        rules.redactedPointers = pointers(redact["pointers"])
        if let kinds = redact["kinds"] { rules.redactedKinds = KeyedFile.texts(kinds).compactMap(\.text) }
        rules.redactedPatterns = (redact["patterns"]?.members ?? []).compactMap { member in
            guard let name = member.key.text, let pattern = member.value.text else { return nil }
            return LiveField(name, pattern)
        }
    }

    private func milliseconds(_ node: YAMLNode?) -> Double? {
        guard let span = duration(node) else { return nil }
        let (seconds, attoseconds) = span.components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }

    // MARK: - Words to others

    private func notify(_ node: YAMLNode) -> NotifyRule? {
        guard let urlNode = node["url"], let text = urlNode.text else { return nil }
        let url = Secretive(text)
        if url.variables.isEmpty, !text.hasPrefix("https://"), !text.hasPrefix("http://") {
            file.report(
                .badValue, "\(KeyedFile.quoted(text)) is no address", at: urlNode,
                mend: "https://…, or \"${env:NAME}\" of the variable that holds it")
        }
        var rule = NotifyRule(url: url)
        rule.secret = secret(node["secret"])
        if let on = node["on"] {
            rule.on = Set(KeyedFile.texts(on).compactMap { $0.text.flatMap(NotifyRule.Event.init) })
        }
        return rule
    }

    private func forwarded(_ node: YAMLNode) -> ForwardedRule {
        var rule = ForwardedRule()
        let word = node.members == nil ? node.text : node["client"]?.text
        if let client = word.flatMap(ForwardedRule.Client.init) { rule.client = client }
        rule.standard = isTrue(node["standard"])
        if let via = node["via"], let name = via.text {
            if !name.isToken {
                file.report(
                    .badValue, "\(KeyedFile.quoted(name)) cannot name a hop", at: via,
                    mend: "letters, digits and '-', as sluice")
            }
            rule.via = name
        }
        return rule
    }
}
