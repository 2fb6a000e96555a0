import Domain
import Metrics
import Notation
import Testing

@Suite struct CatalogueTests {
    @Test func familiesAreSortedAndHaveOneNameEach() {
        let names = MetricCatalogue.families.map(\.name)
        #expect(names == Array(Set(names)).sorted())
    }

    @Test(arguments: [
        ("recal@3", "recall"), ("token_f2", "token_f1"), ("latancy", "latency"), ("zebra", nil),
    ])
    func anUnknownNameIsRefusedWithTheNearestKnownOne(_ wrong: String, _ meant: String?) {
        #expect {
            try metric(wrong)
        } throws: { error in
            (error as? MetricProblem)?.suggestion == meant
        }
    }

    @Test(arguments: [
        "recall", "recall@0", "recall@", "recall@x", "recall@-1", "recall@+1", "latency@3", "latency[x]",
        "cost.p95",
        "recall@3[x", "recall[]@3", "latency[]", "",
    ])
    func aMisshapenNameIsRefused(_ name: String) {
        #expect(throws: MetricProblem.self) { try metric(name) }
    }

    /// What a team looks for that comes from elsewhere, by the words it uses there, and where it is.
    static let wanted: KeyValuePairs = [
        "ROUGE-Lsum": "rouge_lsum", "chrF": "chrf", "chrF++": "chrf_pp", "sentence chrF": "sentence_chrf",
        "TER": "ter", "sentence TER": "sentence_ter", "sentence BLEU": "sentence_bleu",
        "Levenshtein": "levenshtein", "Levenshtein similarity": "levenshtein_similarity",
        "Jaccard": "jaccard",
        "regex": "regex", "contains": "contains", "contains-all": "contains_all",
        "contains-any": "contains_any", "icontains": "icontains", "icontains-all": "icontains_all",
        "icontains-any": "icontains_any", "equals": "equals", "starts-with": "starts_with",
        "is-json": "is_json", "contains-json": "contains_json", "is-sqlite-sql": "is_sql", "is-xml": "is_xml",
        "is-html": "is_html", "JSON Schema": "schema", "tool-call name": "tool_names",
        "tool-call name and arguments": "tool_call_accuracy", "tool-call F1": "tool_call_f1",
        "trajectory order": "trajectory", "step count": "step_count", "perplexity": "perplexity",
        "refusal": "is_refusal", "PII": "pii", "secrets": "secrets", "language match": "language_match",
        "ECE": "ece", "Brier": "brier", "ECE of intents": "intent_ece", "Brier of intents": "intent_brier",
        "trec_eval map": "map", "Rprec": "r_precision", "ndcg": "ndcg_full", "ndcg_cut_10": "ndcg@10",
        "bpref": "bpref", "num_ret": "num_ret", "num_rel": "num_rel", "num_rel_ret": "num_rel_ret",
        "gm_map": "gm_map", "recip_rank": "mrr", "iprec_at_recall_0.10": "iprec_at_recall[0.1]",
        "P_5": "precision@5", "recall_5": "recall@5", "success_1": "hit@1",
        "11pt_avg": "eleven_point_average",
        "map_cut_5": "map_cut@5", "infAP": "inf_ap", "gm_bpref": "gm_bpref", "utility": "utility",
        "set_P": "set_precision", "set_recall": "set_recall", "set_F": "set_f", "set_map": "set_map",
        "set_relative_P": "set_relative_precision", "relative_P_5": "relative_precision@5",
        "Rprec_mult_0.20": "r_precision_mult[0.2]", "Rndcg": "r_ndcg", "ndcg_rel": "ndcg_rel",
        "binG": "bin_g",
        "G": "g", "unj_5": "unjudged@5", "all-of, any-of, not": "composite[one]",
        "a command or an endpoint": "custom[one]",
    ]

    /// Each is there with a definition, a source, what it needs, and an example that can be worked.
    @Test func theWholeCatalogueIsThere() throws {
        for (word, name) in Self.wanted {
            let family = try #require(MetricCatalogue.family(of: name), "\(word): \(name)")
            #expect(family.summary.hasSuffix(".") && !family.source.isEmpty, "\(word): \(name)")
            if name.hasPrefix("composite") || name.hasPrefix("custom") { continue }
            #expect(throws: Never.self, "\(word): \(name)") {
                try MetricCatalogue.define(MetricRequest(name: name, parameter: Self.parameter(family)))
            }
        }
    }

    private static func parameter(_ family: MetricFamily) -> JSONValue? { WorkedExample(family)?.parameter }

    /// What people type who come from elsewhere leads to the name here.
    @Test(arguments: [
        ("is-sqlite-sql", "is_sql"), ("starts-with", "starts_with"), ("contains-json", "contains_json"),
        ("icontains-all", "icontains_all"), ("recip_rank", "mrr"), ("Rprec", "r_precision"),
        ("infAP", "inf_ap"), ("11pt_avg", "eleven_point_average"), ("chrF++", "chrf_pp"),
    ])
    func otherNamesLeadHere(_ word: String, _ name: String) {
        #expect {
            try metric(word)
        } throws: { error in
            (error as? MetricProblem)?.suggestion == name
        }
    }

    @Test func aParameterIsRefusedWhereNoneIsTaken() {
        #expect(throws: MetricProblem.self) { try metric("latency", "slow") }
    }
}
