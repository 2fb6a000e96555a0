import Domain
import Notation

/// What a change makes of a policy: where it asks for less, and where for more.
///
/// Gates, answers to being undecided, slices, layers, limits, waivers and lists are compared by what they mean;
/// everything else by what is written. What is not known to be stricter or harmless counts as a loosening, keys that
/// this version does not know by heart included. Pure; about as fast as reading both policies again.
public struct PolicyComparison: Sendable {
    public private(set) var loosenings: [Loosening] = []
    /// A line each.
    public private(set) var stricter: [String] = []

    private let trusted: ReleasePolicy
    private let proposed: ReleasePolicy

    /// - Parameters:
    ///   - trusted: The policy that was reviewed.
    ///   - proposed: The policy as the change would have it.
    public init(trusted: ReleasePolicy, proposed: ReleasePolicy) {
        self.trusted = trusted
        self.proposed = proposed
        gates()
        metrics()
        slicesAndLayers()
        limits()
        waivers()
        lists()
        reach()
        settings()
        loosenings = PolicyComparison.unrepeated(loosenings)
    }

    private static func unrepeated(_ items: [Loosening]) -> [Loosening] {
        var seen = Set<Loosening>()
        return items.filter { seen.insert($0).inserted }
    }

    // MARK: gates

    private mutating func gates() {
        var comparison = GateComparison(trusted: trusted, proposed: proposed)
        comparison.compare()
        loosenings += comparison.loosenings
        stricter += comparison.stricter
    }

    // MARK: metrics

    /// What a metric's parameter means is the metric's own affair: any other one is no longer the same metric.
    private mutating func metrics() {
        let written = PolicyComparison.tree(trusted)["metrics"]?.arrayValue ?? []
        let named = Set(written.compactMap { $0.stringValue ?? $0.objectValue?.members.first?.key })
        for metric in trusted.metrics {
            guard let other = proposed.metrics.first(where: { $0.name == metric.name }) else {
                // A gate's metric goes with its gate, which is told already.
                if named.contains(metric.name) { loosenings.append(Loosening(.metricRemoved, metric.name)) }
                continue
            }
            let before = metric.parameter?.canonicalBytes
            let after = other.parameter?.canonicalBytes
            guard before != after else { continue }
            loosenings.append(
                Loosening(
                    .metricChanged, metric.name, before: before.map(PolicyComparison.shown) ?? "no parameter",
                    after: after.map(PolicyComparison.shown) ?? "no parameter"))
        }
        let known = Set(trusted.metrics.map(\.name))
        for metric in proposed.metrics where !known.contains(metric.name) {
            stricter.append("metric added: \(metric.name)")
        }
    }

    // MARK: slices, layers

    private mutating func slicesAndLayers() {
        for slice in trusted.slices where !proposed.slices.contains(slice) {
            loosenings.append(Loosening(.sliceRemoved, slice))
        }
        for slice in proposed.slices where !trusted.slices.contains(slice) {
            stricter.append("slice added: \(slice)")
        }
        for kind in ChangeKind.allCases {
            let before = trusted.layers[kind] ?? [.golden]
            let after = proposed.layers[kind] ?? [.golden]
            for layer in before where !after.contains(layer) {
                loosenings.append(
                    Loosening(.layerRemoved, "\(layer.rawValue) for a change of the \(kind.rawValue)"))
            }
            for layer in after where !before.contains(layer) {
                stricter.append("layer added: \(layer.rawValue) for a change of the \(kind.rawValue)")
            }
        }
    }

    // MARK: limits

    private mutating func limits() {
        let (before, after) = (trusted.app.limits, proposed.app.limits)
        rising(
            "app.limits.retries", Double(before.retries), Double(after.retries), "\(before.retries)",
            "\(after.retries)")
        rising(
            "app.limits.timeout", before.timeoutSeconds, after.timeoutSeconds, "\(before.timeoutSeconds) s",
            "\(after.timeoutSeconds) s")
        rising(
            "app.limits.total_timeout", before.totalTimeoutSeconds, after.totalTimeoutSeconds,
            "\(before.totalTimeoutSeconds) s", "\(after.totalTimeoutSeconds) s")
        rising(
            "app.limits.answer_size", Double(before.answerBytes), Double(after.answerBytes),
            "\(before.answerBytes) bytes", "\(after.answerBytes) bytes")
        // Fewer repeats show less; fewer requests at a time make an app look faster than it is under load.
        rising(
            "app.limits.repeats", Double(-before.repeats), Double(-after.repeats), "\(before.repeats)",
            "\(after.repeats)")
        rising(
            "app.limits.concurrency", Double(-before.concurrency), Double(-after.concurrency),
            "\(before.concurrency)", "\(after.concurrency)")
        rising(
            "app.limits.rate", -(before.requestsPerSecond ?? .infinity),
            -(after.requestsPerSecond ?? .infinity),
            before.requestsPerSecond.map { "\($0)/s" } ?? "none",
            after.requestsPerSecond.map { "\($0)/s" } ?? "none")
        rising(
            "app.limits.cache", before.cache ? 1 : 0, after.cache ? 1 : 0, "\(before.cache)", "\(after.cache)"
        )
        rising(
            "unmeasured", trusted.unmeasuredLimit, proposed.unmeasuredLimit, "\(trusted.unmeasuredLimit)",
            "\(proposed.unmeasuredLimit)")
    }

    private mutating func rising(
        _ name: String, _ before: Double, _ after: Double, _ was: String, _ now: String
    ) {
        if after > before { loosenings.append(Loosening(.limitLoosened, name, before: was, after: now)) }
        if after < before { stricter.append("\(name): \(was) → \(now)") }
    }

    // MARK: waivers

    private mutating func waivers() {
        for waiver in proposed.waivers {
            let now = "until \(waiver.until), \(waiver.owner): \(waiver.why)"
            guard let before = trusted.waivers.first(where: { $0.gate == waiver.gate }) else {
                loosenings.append(Loosening(.waiverAdded, waiver.gate, after: now))
                continue
            }
            let was = "until \(before.until), \(before.owner): \(before.why)"
            let isSame = before.owner == waiver.owner && before.why == waiver.why
            if waiver.until > before.until || !isSame {
                loosenings.append(Loosening(.waiverExtended, waiver.gate, before: was, after: now))
            } else if waiver.until < before.until {
                stricter.append("waiver shortened: \(waiver.gate), \(now)")
            }
        }
        for waiver in trusted.waivers where !proposed.waivers.contains(where: { $0.gate == waiver.gate }) {
            stricter.append("waiver removed: \(waiver.gate)")
        }
    }

    // MARK: lists

    private mutating func lists() {
        let (before, after) = (trusted.trust, proposed.trust)
        list("hosts", before.hosts?.map(\.description), after.hosts?.map(\.description), .hostAdded)
        list("env", before.environment, after.environment, .variableAdded)
        list(
            "commands", before.commands?.map(Self.commandLine), after.commands?.map(Self.commandLine),
            .commandAdded)
        list("approvers", before.approvers, after.approvers, .approverAdded)
    }

    private mutating func list(_ key: String, _ before: [String]?, _ after: [String]?, _ kind: Loosening.Kind)
    {
        guard let before else {
            if after != nil { stricter.append("trust.\(key) restricts now") }
            return
        }
        guard let after else {
            loosenings.append(Loosening(.listRemoved, "trust." + key, before: before.joined(separator: ", ")))
            return
        }
        for entry in after where !before.contains(entry) {
            loosenings.append(Loosening(kind, entry, after: "in trust." + key))
        }
        for entry in before where !after.contains(entry) {
            stricter.append("trust.\(key) without \(entry)")
        }
    }

    static func commandLine(_ arguments: [String]) -> String { "[" + arguments.joined(separator: ", ") + "]" }

    // MARK: reach

    /// Hosts, variables and commands that the change's targets want and the trusted ones do not.
    private mutating func reach() {
        let before = trusted.trust.narrowed(to: PolicyComparison.targets(trusted))
        for (name, target) in proposed.reach {
            for refusal in before.refusals(of: target) {
                let key = "\(name).\(refusal.key)"
                switch refusal.kind {
                case .host:
                    loosenings.append(
                        Loosening(
                            .hostAdded, PolicyComparison.host(target), after: "\(key): \(refusal.cause)"))
                case .environment:
                    let names = target.headers.flatMap(\.value.variables) + PolicyComparison.system(target)
                    let unknown = names.filter { before.refusal(variable: $0, key: "") != nil }
                    for variable in unknown {
                        loosenings.append(Loosening(.variableAdded, variable, after: "read for \(key)"))
                    }
                case .command:
                    if case .command(let arguments) = target.kind {
                        loosenings.append(
                            Loosening(.commandAdded, Self.commandLine(arguments), after: "run as \(name)")
                        )
                    }
                }
            }
        }
    }

    static func targets(_ policy: ReleasePolicy) -> [TargetPolicy] {
        policy.reach.map(\.target)
    }

    private static func host(_ target: TargetPolicy) -> String {
        let url: String
        switch target.kind {
        case .http(let address, _, _): url = address
        case .openAI(let address, _, _, _, _): url = address
        case .command, .recorded: return ""
        }
        if let host = try? WebHost(url: url) { return host.description }
        let rest = url.drop { $0 != "/" }.drop { $0 == "/" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // What stands before '@' may be a password.
        return String(authority.split(separator: "@").last ?? authority)
    }

    private static func system(_ target: TargetPolicy) -> [String] {
        guard case .openAI(_, _, _, _, let system) = target.kind else { return [] }
        return system?.variables ?? []
    }

    // MARK: everything else

    private mutating func settings() {
        loosenings += SettingComparison.differences(
            PolicyComparison.tree(trusted), PolicyComparison.tree(proposed))
    }

    static func tree(_ policy: ReleasePolicy) -> JSONValue {
        YAMLNode.read(Array(policy.source.text.utf8)).root?.json ?? .null
    }

    static func shown(_ canonical: [UInt8]) -> String { String(decoding: canonical, as: UTF8.self) }
}
