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
        return lines.map { $0 + "\n" }.joined()
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
