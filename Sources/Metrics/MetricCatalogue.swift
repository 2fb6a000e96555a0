import Domain
import Text

/// Every metric that Sluice knows: a registry of values, sorted by name.
///
/// How names of definitions come about:
/// - `none` and `classes` families have one definition a request: `token_f1`, `intent_f1`. A rule's
///   `intent_f1[refund]` selects a class *within* the definition `intent_f1`.
/// - `@k` is part of the name: `recall@3` and `recall@10` are two definitions.
/// - `names` families (`stage_latency`, `value`) have a definition for every member, made on demand:
///   `stage_latency[retrieval]`. `versions` likewise, with its key behind a point: `versions.embedding`.
/// - a family with a value parameter (`schema: answer.json`) has one definition of the family's name.
public enum MetricCatalogue {
    public static let families: [MetricFamily] = all.sorted { $0.name < $1.name }

    /// The family of a metric's written name: `recall@3` → `recall`.
    public static func family(of name: String) -> MetricFamily? {
        let base = name.prefix { $0 != "@" && $0 != "[" && $0 != "." }
        return byName[String(base)]
    }

    /// Makes the metric that a policy's `metrics:` entry, or a rule through `definitionName(for:)`, asks for.
    ///
    /// - Throws: an unknown name (with the nearest known one), a missing or unwanted `@k` or member, a
    ///   parameter that cannot be used.
    public static func define(
        _ request: MetricRequest, resources: MetricResources = MetricResources()
    ) throws(MetricProblem) -> MetricDefinition {
        let name = try MetricName(request.name)
        guard let family = byName[name.family] else { throw unknown(name.family) }
        switch (family.parameter, name.cutoff) {
        case (.cutoff, nil):
            throw MetricProblem("'\(family.name)' needs a cut-off", suggestion: "\(family.name)@5")
        case (.none, .some), (.value, .some):
            throw MetricProblem("'\(family.name)' takes no '@k'", suggestion: family.name)
        case (.cutoff, .some), (.none, nil), (.value, nil): break
        }
        switch (family.members, name.member) {
        case (.names, nil), (.keys, nil):
            let shape =
                family.members == .keys
                ? "\(family.name).NAME"
                : ["context_recall", "context_precision"].contains(family.name)
                    ? "\(family.name)[id], [text] or [embedding]" : "\(family.name)[NAME]"
            throw MetricProblem("'\(family.name)' needs the name of what it measures: \(shape)")
        case (.none, let member?), (.classes, let member?):
            throw MetricProblem("'\(family.name)' measures no '\(member)' apart", suggestion: family.name)
        case (.names, .some), (.keys, .some), (.none, nil), (.classes, nil): break
        }
        if request.parameter != nil, case .value = family.parameter {
        } else if request.parameter != nil {
            throw MetricProblem("'\(family.name)' takes no parameter")
        }
        return try family.make(request, resources)
    }

    /// The name of the definition that a rule's metric is measured by, the one place where the two meet.
    ///
    /// `stage_latency[retrieval].p95` → `stage_latency[retrieval]`; `versions.embedding` →
    /// `versions.embedding`; `intent_f1[refund]`, `intent_f1[each]` → `intent_f1`; `latency.p95` → `latency`.
    /// `[each]` on a family of names gives the family's name, which `define` refuses: its members are unknown
    /// before a run.
    public static func definitionName(for reference: MetricReference) -> String {
        switch (family(of: reference.name)?.members, reference.selector, reference.statistic) {
        case (.names, .named(let member), _): "\(reference.name)[\(member)]"
        case (.keys, _, let key?): "\(reference.name).\(key)"
        default: reference.name
        }
    }

    /// The name of the definition whose column a rule is judged on: that of its metric, except that the app's
    /// own score *in band* is judged on `score_band`, and *within x of expected* on `score_error`.
    public static func definitionName(for rule: GateRule) -> String {
        switch (rule.form, rule.metric.name) {
        case (.inBand, AppScore.family.name): ScoreInBand.family.name
        case (.tolerance, AppScore.family.name): ScoreError.family.name
        default: definitionName(for: rule.metric)
        }
    }

    /// The problem with a name that no family has, with the nearest one that exists.
    public static func unknown(_ name: String) -> MetricProblem {
        if let bare = quotedFamily(name) {
            return MetricProblem(
                "'\(name)' is one text in quotes, so that its options are part of the name; write it without quotes "
                    + "around the whole: '- \(bare): …'")
        }
        let plain = name.lowercased().replacing("-", with: "_")
        return MetricProblem(
            "unknown metric '\(name)'",
            suggestion: foreign(name) ?? akin[plain] ?? nearest(name, in: families.map(\.name)))
    }

    /// What comes nearest to metrics of other tools that are not offered.
    private static let akin: [String: String] = [
        "hallucination": "faithfulness", "hallucination_rate": "faithfulness", "meteor": "rouge_l",
        "gleu": "sentence_bleu", "google_bleu": "sentence_bleu", "answer_correctness": "correctness",
        "g_eval": "rubric", "geval": "rubric", "contextual_relevancy": "context_relevance",
    ]

    /// The family before the colon of a name that was quoted with its options.
    public static func quotedFamily(_ name: String) -> String? {
        guard let colon = name.firstIndex(of: ":") else { return nil }
        let bare = String(name[..<colon])
        return family(of: bare) == nil ? nil : bare
    }

    /// The name here of a metric that other tools call otherwise, or with hyphens; nil where there is none.
    public static func foreign(_ name: String) -> String? {
        let plain = name.lowercased().replacing("-", with: "_")
        let known = otherNames[plain] ?? plain
        return known != name && byName[known] != nil ? known : nil
    }

    private static let otherNames: [String: String] = [
        "is_sqlite_sql": "is_sql", "is_valid_sql": "is_sql", "json_schema": "schema", "rouge_n": "rouge_1",
        "rouge": "rouge_l", "mean_average_precision": "map", "recip_rank": "mrr", "reciprocal_rank": "mrr",
        "rprec": "r_precision", "infap": "inf_ap", "ndcg_cut": "ndcg", "success": "hit", "p": "precision",
        "translation_edit_rate": "ter", "edit_distance": "levenshtein", "f1": "token_f1", "bing": "bin_g",
        "rndcg": "r_ndcg", "rprec_mult": "r_precision_mult", "11pt_avg": "eleven_point_average",
        "set_p": "set_precision", "relative_p": "relative_precision", "unj": "unjudged",
        "tool_correctness": "tool_call_accuracy", "tool_call_names": "tool_names",
        "icontains_one": "icontains_any",
        "pii_leakage": "pii", "secret_leakage": "secrets", "language": "language_match",
        "calibration_error": "ece", "expected_calibration_error": "ece", "chrf++": "chrf_pp", "chrf2": "chrf",
        "bert_score": "bertscore", "answer_relevancy": "answer_relevance",
        "contextual_recall": "context_recall", "contextual_precision": "context_precision",
        "exact": "exact_match", "fuzzy_match": "levenshtein_similarity",
    ]

    private static let byName: [String: MetricFamily] = Dictionary(
        families.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
