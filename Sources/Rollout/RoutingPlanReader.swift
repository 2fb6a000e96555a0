import Domain
import Notation
import Policy

/// Reads a plan, YAML or JSON, with everything that is wrong with it.
public struct RoutingPlanReader {
    let file: KeyedFile

    /// - Parameter path: How messages call the file.
    /// - Returns: The plan, nil where there is any error; and all diagnostics in the order of their places.
    public static func read(_ bytes: [UInt8], path: String) -> (plan: RoutingPlan?, diagnostics: [Diagnostic])
    {
        let file = KeyedFile(
            bytes, path: path, what: "the plan", start: "plan: 1", keys: RoutingPlanKeys.root)
        let plan = file.root.flatMap { RoutingPlanReader(file: file).read($0) }
        return (file.hasErrors ? nil : plan, file.diagnostics)
    }

    private func read(_ root: YAMLNode) -> RoutingPlan? {
        guard case .integer(let number)? = root["plan"]?.scalar, let production = backend(root["production"])
        else { return nil }
        var plan = RoutingPlan(
            number: Int(number), release: root["release"]?.text ?? "release", production: production)
        plan.stage = root["stage"]?.text
        plan.candidate = backend(root["candidate"])
        if let split = root["split"] { read(split: split, into: &plan) }
        plan.announce = headerName(root["announce"])
        plan.override = override(root["override"])
        plan.fallback = fallback(root["fallback"])
        if let node = root["mirror"] { plan.mirror = mirror(node) }
        if let node = root["fuse"] { plan.fuse = fuse(node) }
        if let node = root["lease"] {
            plan.lease = duration(node)
            if let lease = plan.lease, lease < .seconds(1) {
                file.report(.badValue, "a lease is a second at least", at: node, mend: "30s is usual")
            }
        }
        readLive(root, into: &plan)
        check(plan, root)
        return plan
    }

    /// What cannot be meant together.
    private func check(_ plan: RoutingPlan, _ root: YAMLNode) {
        guard plan.candidate == nil else { return }
        let mend = "name one, 'candidate: http://host:port'"
        if plan.share > .none, let node = root["split"]?["share"] {
            file.report(.contradiction, "a share of a candidate, and no candidate", at: node, mend: mend)
        }
        if plan.mirror != nil, let node = root["mirror"] {
            file.report(.contradiction, "a mirror, and no candidate to copy to", at: node, mend: mend)
        }
    }

    // MARK: - Arms

    private func backend(_ node: YAMLNode?) -> RoutingPlan.Backend? {
        guard let node else { return nil }
        let urlNode = node.members == nil ? node : node["url"]
        guard let urlNode, let text = urlNode.text else { return nil }
        let url = text.hasSuffix("/") ? String(text.dropLast()) : text
        let rest = url.utf8.dropFirst(url.hasPrefix("https://") ? 8 : 7)
        if rest.contains(where: {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
        }) {
            file.report(
                .badValue, "an arm has no path: requests keep their own", at: urlNode,
                mend: "scheme, host and port alone")
        }
        if rest.contains(UInt8(ascii: "@")) {
            file.report(
                .badValue, "an arm's address holds no user or password", at: urlNode,
                mend: "credentials pass through as they come")
        }
        var backend = RoutingPlan.Backend(url: url)
        guard node.members != nil else { return backend }
        if let value = duration(node["connect"]) { backend.connect = value }
        if let value = duration(node["first_byte"]) { backend.firstByte = value }
        if let value = duration(node["pause"]) { backend.pause = value }
        backend.total = duration(node["total"])
        if let value = integer(node["connections"]) { backend.connections = value }
        backend.authorities = node["authorities"]?.text
        backend.serverName = node["server_name"]?.text
        return backend
    }

    // MARK: - Split

    private func read(split node: YAMLNode, into plan: inout RoutingPlan) {
        plan.share = share(node["share"]) ?? .none
        if let by = node["by"] {
            plan.sticky = KeyedFile.texts(by).compactMap { source($0) }
        }
        plan.keyless = node["keyless"]?.text.flatMap(RoutingPlan.Keyless.init) ?? .production
        plan.salt = node["salt"]?.text ?? plan.release
        if let when = node["when"] { plan.eligibility = eligibility(when) }
    }

    private func source(_ node: YAMLNode) -> StickySource? {
        guard let text = node.text else { return nil }
        guard let source = StickySource(text) else {
            file.report(
                .badValue, "\(KeyedFile.quoted(text)) names no sender", at: node,
                mend: "one of: header NAME, cookie NAME, json /POINTER, client")
            return nil
        }
        return source
    }

    private func eligibility(_ node: YAMLNode) -> Eligibility {
        var rule = Eligibility()
        rule.paths = patterns(node["paths"])
        rule.methods = methods(node["methods"])
        rule.locales = KeyedFile.texts(node["locales"]).compactMap(\.text)
        for member in node["headers"]?.members ?? [] {
            guard let name = headerName(member.key), let value = member.value.text else { continue }
            rule.headers.append(.init(name: name, value: value))
        }
        rule.headers.sort { $0.name < $1.name }
        return rule
    }

    func patterns(_ node: YAMLNode?) -> [PathPattern] {
        KeyedFile.texts(node).compactMap { entry in
            guard let text = entry.text else { return nil }
            let pattern = PathPattern(text)
            if pattern == nil {
                file.report(
                    .badValue, "a path begins with '/' or '*'", at: entry,
                    mend: "did you mean '/\(text.prefix(40))'?")
            }
            return pattern
        }
    }

    private func methods(_ node: YAMLNode?) -> [String] {
        KeyedFile.texts(node).compactMap { entry in
            guard let text = entry.text else { return nil }
            let isWord = text.utf8.allSatisfy { (0x41...0x5A).contains($0) }
            if !isWord || text == "CONNECT" {
                file.report(
                    .badValue, "\(KeyedFile.quoted(text)) is no method that is relayed", at: entry,
                    mend: text == "CONNECT" ? nil : "in capitals: '\(text.uppercased().prefix(20))'")
            }
            return text
        }
    }

    func headerName(_ node: YAMLNode?) -> String? {
        guard let node, let text = node.text else { return nil }
        let isReserved = ["content-length", "transfer-encoding", "date", "connection", "host"]
            .contains(text.lowercased())
        if !text.isToken || isReserved {
            file.report(
                .badValue, "\(KeyedFile.quoted(text)) cannot be a header here", at: node,
                mend: "letters, digits and '-', as X-Sluice-Arm")
            return nil
        }
        return text
    }

    private func override(_ node: YAMLNode?) -> RoutingPlan.OverrideRule? {
        guard let node, let secret = secret(node["secret"]) else { return nil }
        return RoutingPlan.OverrideRule(
            header: headerName(node["header"]) ?? "X-Sluice-Override", secret: secret)
    }

    /// A text that is nothing but the name of a variable.
    func secret(_ node: YAMLNode?) -> Secretive? {
        guard let node, let text = node.text else { return nil }
        let secret = Secretive(text)
        guard secret.variables.count == 1, text.hasPrefix("${env:"), text.hasSuffix("}") else {
            file.report(
                .badValue, "a plan names its secrets and never holds them", at: node,
                mend: "\"${env:SLUICE_OVERRIDE_KEY}\"")
            return nil
        }
        return secret
    }

    private func fallback(_ node: YAMLNode?) -> RoutingPlan.FallbackRule {
        var rule = RoutingPlan.FallbackRule()
        if let on = node?["on"]?.text.flatMap(RoutingPlan.FallbackRule.Trigger.init) { rule.on = on }
        if let size = KeyedFile.measure(node?["body"], .size) { rule.body = Int(size) }
        return rule
    }

    // MARK: - Mirror and fuse

    private func mirror(_ node: YAMLNode) -> MirrorRule? {
        guard let share = share(node["share"]) else { return nil }
        var rule = MirrorRule(
            share: share, methods: methods(node["methods"]), paths: patterns(node["paths"]))
        if let rateNode = node["rate"], let rate = KeyedFile.measure(rateNode, .rate) {
            rule.rate = rate
            if rate <= 0 { file.report(.badValue, "a rate is above 0", at: rateNode, mend: "50/s") }
        }
        if let value = integer(node["queue"]) { rule.queue = value }
        if let value = integer(node["concurrency"]) { rule.concurrency = value }
        if let value = KeyedFile.measure(node["body"], .size) { rule.body = Int(value) }
        if let value = duration(node["timeout"]) { rule.timeout = value }
        rule.control = node["control"]?.scalar == .bool(true)
        guard let credentials = node["credentials"] else { return rule }
        if let members = credentials.members {
            var fields: [MirrorRule.Field] = []
            for member in members {
                guard let name = headerName(member.key), let value = member.value.text else { continue }
                let secret = Secretive(value)
                if secret.variables.isEmpty {
                    file.report(
                        .badValue, "a plan names its secrets and never holds them", at: member.value,
                        mend: "\"Bearer ${env:SHADOW_TOKEN}\"")
                }
                fields.append(.init(name: name, value: secret))
            }
            rule.credentials = .replace(fields.sorted { $0.name < $1.name })
        } else if credentials.text == "keep" {
            rule.credentials = .keep
        }
        return rule
    }

    private func fuse(_ node: YAMLNode) -> FuseRule? {
        guard node.members != nil else { return nil }
        var rule = FuseRule()
        if let value = limit(node["errors"]) { rule.errors = value }
        rule.throttling = limit(node["throttling"])
        rule.validation = limit(node["validation"])
        rule.firstToken = slow(node["first_token"])
        rule.latency = slow(node["latency"])
        if let value = integer(node["consecutive"]) { rule.consecutive = value == 0 ? nil : value }
        return rule
    }

    private func slow(_ node: YAMLNode?) -> FuseRule.Slow? {
        guard let above = duration(node?["above"]), let share = limit(node?["share"]) else { return nil }
        return FuseRule.Slow(above: above, share: share)
    }

    /// A share that a binomial window can be held against.
    private func limit(_ node: YAMLNode?) -> Double? {
        guard let node, let value = KeyedFile.measure(node, .share) else { return nil }
        guard value >= 0.0001, value <= 0.9 else {
            file.report(
                .badValue, "a limit lies between 0.01% and 90%: what is beyond can never be told", at: node,
                mend: "5% is usual")
            return nil
        }
        return value
    }

    // MARK: - Values

    func share(_ node: YAMLNode?) -> Share? {
        guard let node, let value = KeyedFile.measure(node, .share) else { return nil }
        guard let share = Share(fraction: value) else {
            file.report(
                .badValue, "a share goes in steps of 0.01%", at: node,
                mend: "did you mean '\(Share(hundredths: Int((value * 10_000).rounded())))'?")
            return nil
        }
        return share
    }

    func duration(_ node: YAMLNode?) -> Duration? {
        guard let node, let seconds = KeyedFile.measure(node, .duration) else { return nil }
        guard seconds > 0, seconds < 1e8 else {
            file.report(.badValue, "a time is above 0, and below three years", at: node)
            return nil
        }
        return .nanoseconds(Int64(seconds * 1e9))
    }

    func integer(_ node: YAMLNode?) -> Int? {
        if case .integer(let value)? = node?.scalar { Int(value) } else { nil }
    }
}
