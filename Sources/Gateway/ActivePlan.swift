import Domain
import HTTPServer
import Rollout

/// A plan with what it takes to act on it. Immutable: a change of plan is another one.
final class ActivePlan: Sendable {
    let plan: RoutingPlan
    let split: Split
    let production: Upstream
    let candidate: Upstream?
    let mirror: MirrorTargets?
    let tester: TesterOverride?
    /// The headers of answers that say which arm gave them.
    let announceProduction: HTTPFields
    let announceCandidate: HTTPFields
    /// Fields that are for the gateway alone.
    let removed: [String]
    /// The names in small letters or the pointers of the sources, in the plan's order.
    let sticky: [StickySource]
    /// What the arms are told of the client; nil for nothing but what came.
    let forwarding: Forwarding?
    /// Who is told of what the gateway does by itself.
    let notify: Notifier.Target?
    /// Whether a request may go elsewhere than to production, or be copied.
    let isSplit: Bool
    /// Takes note of the plan's requests.
    let recording: (any StageRecorder)?
    /// Whether it takes note of requests to production too.
    let recordsAll: Bool
    /// Whether a body must be read before the arm is known.
    let needsBody: Bool

    /// The second connections to both arms, for copies.
    struct MirrorTargets: Sendable {
        let rule: MirrorRule
        let candidate: Upstream
        let control: Upstream?
        /// What stands in place of credentials.
        let credentials: HTTPFields
        let removed: [String]
    }

    /// Why a plan cannot be acted on here.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    init(
        _ plan: RoutingPlan, production: Upstream, candidate: Upstream?, mirror: MirrorTargets?,
        recorder: (any ExchangeRecorder)?, isSecure: Bool, variable: (String) -> String?
    ) throws(Unusable) {
        self.plan = plan
        self.production = production
        self.candidate = candidate
        self.mirror = mirror
        split = Split(salt: plan.salt)
        var tester: TesterOverride?
        var removed: [String] = []
        if let rule = plan.override {
            guard let secret = rule.secret.filled(variable), !secret.isEmpty else {
                let names = rule.secret.variables.joined(separator: ", ")
                throw Unusable(description: "the override's key is not there: set \(names)")
            }
            tester = TesterOverride(key: Array(secret.utf8), salt: plan.salt)
            removed.append(rule.header)
        }
        self.tester = tester
        self.removed = removed
        let told = plan.forwarded
        let isTold = told.client != .keep || told.standard || told.via != nil
        forwarding =
            isTold
            ? Forwarding(
                Self.client(told.client), isSecure: isSecure, standard: told.standard, via: told.via) : nil
        notify = try plan.notify.map { (rule) throws(Unusable) in try Self.target(rule, variable) }
        announceProduction = Self.announcement(plan, .production)
        announceCandidate = Self.announcement(plan, .candidate)
        sticky = plan.sticky
        isSplit = plan.candidate != nil && (plan.share > .none || plan.mirror != nil)
        do throws(StageRefusal) { recording = try recorder?.stage(plan) } catch {
            throw Unusable(description: error.description)
        }
        recordsAll = recording.map { !$0.isForCandidateAlone } ?? false
        needsBody = (isSplit || recordsAll) && plan.sticky.contains(where: \.needsBody)
    }

    private static func client(_ word: ForwardedRule.Client) -> Forwarding.Client {
        switch word {
        case .append: .append
        case .replace: .replace
        case .keep: .keep
        }
    }

    private static func target(
        _ rule: NotifyRule, _ variable: (String) -> String?
    ) throws(Unusable) -> Notifier.Target {
        guard let url = rule.url.filled(variable), url.hasPrefix("https://") || url.hasPrefix("http://")
        else {
            let names = rule.url.variables.joined(separator: ", ")
            throw Unusable(description: "there is nowhere to send notices to: set \(names) to an address")
        }
        guard let named = rule.secret else { return Notifier.Target(url: url, key: nil, on: rule.on) }
        guard let secret = named.filled(variable), !secret.isEmpty else {
            let names = named.variables.joined(separator: ", ")
            throw Unusable(description: "the key that notices are signed with is not there: set \(names)")
        }
        return Notifier.Target(url: url, key: Array(secret.utf8), on: rule.on)
    }

    private static func announcement(_ plan: RoutingPlan, _ arm: ArmName) -> HTTPFields {
        var fields = HTTPFields()
        if let name = plan.announce { fields.append(name, arm.rawValue) }
        return fields
    }
}

/// Upstreams by what they are: a plan that changes nothing of an arm keeps its connections.
struct UpstreamShelf {
    let recorder: (any ExchangeRecorder)?
    /// Whether clients speak TLS with the gateway.
    let isSecure: Bool
    private var kept: [(backend: RoutingPlan.Backend, options: Key, upstream: Upstream)] = []

    init(recorder: (any ExchangeRecorder)? = nil, isSecure: Bool = false) {
        self.recorder = recorder
        self.isSecure = isSecure
    }

    private struct Key: Hashable {
        let isMirror: Bool
        let total: Duration?
        let connections: Int
    }

    mutating func active(
        _ plan: RoutingPlan, variable: (String) -> String?
    ) throws(ActivePlan.Unusable) -> ActivePlan {
        let before = kept
        var after: [(backend: RoutingPlan.Backend, options: Key, upstream: Upstream)] = []
        func upstream(
            _ backend: RoutingPlan.Backend, mirror: MirrorRule? = nil
        ) throws(ActivePlan.Unusable) -> Upstream {
            let key = Key(
                isMirror: mirror != nil, total: mirror?.timeout ?? backend.total,
                connections: mirror?.concurrency ?? backend.connections)
            if let same = (before + after).first(where: { $0.backend == backend && $0.options == key }) {
                after.append(same)
                return same.upstream
            }
            let made = try Self.make(backend, key)
            after.append((backend, key, made))
            return made
        }
        let production = try upstream(plan.production)
        var candidate: Upstream?
        if let backend = plan.candidate { candidate = try upstream(backend) }
        var targets: ActivePlan.MirrorTargets?
        if let rule = plan.mirror, let backend = plan.candidate {
            targets = ActivePlan.MirrorTargets(
                rule: rule, candidate: try upstream(backend, mirror: rule),
                control: rule.control ? try upstream(plan.production, mirror: rule) : nil,
                credentials: try Self.credentials(rule, variable),
                removed: rule.credentials == .keep ? [] : MirrorRule.credentialFields)
        }
        let active = try ActivePlan(
            plan, production: production, candidate: candidate, mirror: targets, recorder: recorder,
            isSecure: isSecure, variable: variable)
        kept = after
        return active
    }

    private static func credentials(
        _ rule: MirrorRule, _ variable: (String) -> String?
    ) throws(ActivePlan.Unusable) -> HTTPFields {
        var fields = HTTPFields()
        guard case .replace(let named) = rule.credentials else { return fields }
        for field in named {
            guard let value = field.value.filled(variable) else {
                let names = field.value.variables.joined(separator: ", ")
                throw ActivePlan.Unusable(
                    description: "the mirror's '\(field.name)' has no value: set \(names)")
            }
            fields.append(field.name, value)
        }
        return fields
    }

    private static func make(
        _ backend: RoutingPlan.Backend, _ key: Key
    ) throws(ActivePlan.Unusable) -> Upstream {
        let security = UpstreamOrigin.Security(
            authorities: backend.authorities, serverName: backend.serverName)
        guard let origin = UpstreamOrigin(backend.url, security: security) else {
            throw ActivePlan.Unusable(description: "'\(backend.url)' is no address of an arm")
        }
        var options = UpstreamOptions()
        options.connect = backend.connect
        options.firstByte = backend.firstByte
        options.pause = backend.pause
        options.total = key.total
        options.connections = key.connections
        // An answer without end is over at the copy's time; one that floods is over sooner.
        if key.isMirror { options.bodyBytes = 64 << 20 }
        do {
            return try Upstream(origin, options: options)
        } catch {
            throw ActivePlan.Unusable(description: "\(error)")
        }
    }
}
