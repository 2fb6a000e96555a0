import Domain
import Notation
import Rollout

/// A plan in words.
enum GatewayWords {
    static func summary(_ plan: RoutingPlan) -> String {
        var lines = ["plan \(plan.number) of '\(Sluice.printable(plan.release))' can be acted on"]
        lines.append("production  \(plan.production.url)")
        if let candidate = plan.candidate { lines.append("candidate   \(candidate.url)") }
        let sources = plan.sticky.map(\.description).joined(separator: ", then ")
        let keyless = plan.keyless == .production ? "production" : "dealt one by one"
        if plan.candidate != nil {
            lines.append("split       \(plan.share) to the candidate by \(sources); without any: \(keyless)")
            lines.append("fallback    \(plan.fallback.on.rawValue)")
        }
        if let mirror = plan.mirror {
            let paths = mirror.paths.map(\.description).joined(separator: ", ")
            let methods = mirror.methods.joined(separator: ", ")
            let control = mirror.control ? ", and to production a second time" : ""
            lines.append("mirror      \(mirror.share) of \(methods) on \(paths)\(control)")
        }
        if plan.candidate != nil {
            lines.append("fuse        " + (plan.fuse.map(words) ?? "none: nothing shuts the candidate out"))
        }
        if let lease = plan.lease {
            lines.append("lease       \(lease.components.seconds)s, where a control plane speaks")
        }
        if let rule = plan.validation { lines.append("valid       " + words(rule)) }
        if !plan.slices.isEmpty {
            let slices = plan.slices.map { "\(Sluice.printable($0.name)) (\($0.source))" }
            lines.append("slices      " + slices.joined(separator: ", "))
        }
        if let capture = plan.capture {
            lines.append(
                "capture     \(Share(hundredths: capture.rules.share)) of the users, "
                    + "\(capture.rules.bodyBytes) bytes of a body")
        }
        if let notify = plan.notify {
            let events = NotifyRule.Event.allCases.filter { notify.on.contains($0) }.map(\.rawValue)
            let signed = notify.secret == nil ? "not signed" : "signed"
            lines.append(
                "notify      \(notify.url.template) of \(events.joined(separator: ", ")), \(signed)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func words(_ rule: ValidationRule) -> String {
        var parts: [String] = []
        if rule.json { parts.append("JSON") }
        switch rule.schema {
        case .file(let path)?: parts.append("fits \(path)")
        case .given?: parts.append("fits the plan's schema")
        case nil: break
        }
        parts += rule.required.map { "\($0) holds something" }
        if rule.filled { parts.append("not empty") }
        if !rule.paths.isEmpty { parts.append("on " + rule.paths.map(\.description).joined(separator: ", ")) }
        return parts.joined(separator: ", ")
    }

    private static func words(_ fuse: FuseRule) -> String {
        var parts: [String] = []
        func add(_ name: String, _ share: Double?, _ above: Duration? = nil) {
            guard let share else { return }
            let late = above.map {
                " beyond \($0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000) ms"
            }
            parts.append("\(name)\(late ?? "") \(share * 100)%")
        }
        add("errors", fuse.errors)
        add("throttling", fuse.throttling)
        add("validation", fuse.validation)
        add("first token", fuse.firstToken?.share, fuse.firstToken?.above)
        add("latency", fuse.latency?.share, fuse.latency?.above)
        if let run = fuse.consecutive { parts.append("\(run) in a row") }
        return parts.joined(separator: ", ")
    }
}
