/// Metrics that are known by name and not built yet: told apart from mistyped ones.
enum LaterMetrics {
    static func contains(_ family: String) -> Bool { names.contains(family) }

    static var sorted: [String] { names.sorted() }

    private static let names: Set<String> = [
        // Judged.
        "judge",
        // Outcomes that are learnt later.
        "review_coverage", "escalation", "escalation_accuracy", "resolution_time", "sla_hit", "override_rate",
        "overrides", "incident_miss", "satisfaction", "manual_review", "remediation_clarity", "thumbs_down",
        "cost_per_session",
    ]
}
