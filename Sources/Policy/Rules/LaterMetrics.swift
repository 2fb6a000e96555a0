/// Metrics that are known by name and not built yet: told apart from mistyped ones.
enum LaterMetrics {
    static func contains(_ family: String) -> Bool { names.contains(family) }

    static var sorted: [String] { names.sorted() }

    private static let names: Set<String> = [
        // Judged.
        "refusal", "judge",
        // The rest of the lexical and structural catalogue.
        "rouge_lsum", "chrf", "ter", "sentence_bleu", "levenshtein", "jaccard", "regex", "contains",
        "starts_with",
        "is_json", "contains_json", "is_sql", "is_xml", "is_html", "perplexity", "pii", "secrets",
        "language_match",
        "ece", "brier", "r_precision", "bpref", "all_of", "any_of", "not",
        // Agents.
        "tool_call_accuracy", "tool_call_f1", "trajectory", "step_count",
        // Outcomes that are learnt later.
        "review_coverage", "escalation", "escalation_accuracy", "resolution_time", "sla_hit", "override_rate",
        "overrides", "incident_miss", "satisfaction", "manual_review", "remediation_clarity", "thumbs_down",
        "cost_per_session",
    ]
}
