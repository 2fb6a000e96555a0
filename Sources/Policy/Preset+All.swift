/// The presets. A threshold that no source of the field gives says so: `own choice`, and why.
extension Preset {
    public static let all: [Preset] = [agent, chat, classifier, rag, similarity]

    static let chat = Preset(
        name: "chat", summary: "an assistant that answers in text",
        metrics: [
            "token_f1", "rouge_l", "required", "prohibited", "guardrail_pass", "length", "latency", "tokens",
            "cost",
        ],
        gates: [
            Gate("token_f1 not worse than baseline", notWorse),
            Gate("required not worse than baseline", notWorse),
            Gate("prohibited == 1", "own choice: a prohibited element has no acceptable rate"),
            Gate("length within 20% of baseline", verbosity),
            Gate("guardrail_pass not worse than baseline", notWorse),
        ] + operations)

    static let rag = Preset(
        name: "rag", summary: "answers from retrieved documents",
        metrics: ["recall@5", "mrr", "ndcg@10", "hit@5", "token_f1", "rouge_l", "latency", "tokens", "cost"],
        gates: [
            Gate("recall@5 not worse than baseline", notWorse),
            Gate("mrr not worse than baseline", notWorse),
            Gate(
                "hit@5 >= 80%",
                "own choice: with one question in five beyond reach no prompt can mend the answers; raise it"
            ),
            Gate(
                "token_f1 >= 0.5",
                "default of azure-ai-evaluation's QAEvaluator (f1_score_threshold = 0.5); DeepEval's default "
                    + "for every metric is 0.5 as well"),
            Gate("token_f1 not worse than baseline", notWorse),
            Gate("length within 20% of baseline", verbosity),
        ] + operations)

    static let classifier = Preset(
        name: "classifier", summary: "routing and labelling",
        metrics: [
            "intent_accuracy", "intent_f1", "intent_f1_weighted", "out_of_scope_recall", "latency", "cost",
        ],
        gates: [
            Gate(
                "intent_accuracy >= 0.90",
                "most baselines of Larson et al. (EMNLP 2019) exceed .90 in scope on the 150 intents of "
                    + "CLINC150; a trained router that stays below needs a reason"),
            Gate("intent_accuracy not worse than baseline", notWorse),
            Gate("intent_f1[each] not worse than baseline", "own choice: a mean hides the class that broke"),
            Gate("out_of_scope_recall not worse than baseline", notWorse),
            Gate(
                "latency.p95 <= 1s",
                flowOfThought
            ),
            Gate("error_rate <= 1%", availability),
        ])

    static let similarity = Preset(
        name: "similarity", summary: "scores of similarity, duplicates, matches",
        metrics: [
            "score_band", "score_error", "band_consistency", "miss_rate", "false_positive_rate", "latency",
        ],
        gates: [
            Gate("score_band not worse than baseline", notWorse),
            Gate("score_error not worse than baseline", notWorse),
            Gate(
                "band_consistency == 1",
                "own choice: a label that contradicts its own score is a defect, not a rate"),
            Gate("miss_rate not worse than baseline", notWorse),
            Gate("false_positive_rate not worse than baseline", notWorse),
            Gate(
                "latency.p95 <= 1s",
                flowOfThought
            ),
            Gate("error_rate <= 1%", availability),
        ])

    static let agent = Preset(
        name: "agent", summary: "an assistant that calls tools",
        metrics: [
            "exact_match", "required", "prohibited", "guardrail_pass", "latency", "tokens",
            "cost_per_success",
        ],
        gates: [
            Gate("required not worse than baseline", notWorse),
            Gate("prohibited == 1", "own choice: a prohibited element has no acceptable rate"),
            Gate("under_blocked == 0", "own choice: an agent acts, so that no attack may be let through"),
            Gate("over_blocked not worse than baseline", notWorse),
            Gate(
                "cost_per_success no worse than baseline by 20% of baseline",
                "own choice: agents are tried again until they succeed, which the mean cost hides"),
            Gate("retry_rate not worse than baseline", notWorse),
        ] + operations)

    private static let operations = [
        Gate(
            "latency.p95 <= 10s",
            "10 s is the limit for keeping a user's attention (Miller 1968; Nielsen 1993)"
        ),
        Gate("error_rate <= 1%", availability),
    ]

    private static let notWorse =
        "own choice of form: below about 1,000 examples a small fixed margin leaves an unchanged candidate "
        + "undecided in half of the runs"

    private static let flowOfThought =
        "1.0 s is the limit for a user's flow of thought (Miller 1968; Nielsen 1993)"

    private static let verbosity =
        "own choice: longer answers flatter recall-like scores and cost more; a fifth is beyond noise"

    private static let availability =
        "own choice: two nines of answered requests, the loosest objective in common use; set your own SLO"
}
