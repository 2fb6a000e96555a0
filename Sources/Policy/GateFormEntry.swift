/// One form of a gate rule, in words: help, reference and examples come from these entries.
public struct GateFormEntry: Sendable {
    public let name: String
    /// The grammar, without the metric before it.
    public let pattern: String
    /// The grammar of the whole rule.
    var rulePattern: String { pattern.hasPrefix("confidently") ? pattern : "METRIC " + pattern }
    /// One sentence: what it says.
    public let summary: String
    public let passes: String
    public let fails: String
    /// What makes it undecided, or nil where it never is.
    public let unsure: String?
    /// Whole rules that are read as this form.
    public let examples: [String]

    public static let all: [GateFormEntry] = [
        GateFormEntry(
            name: "bound", pattern: "(>= | <= | == | > | <) QUANTITY",
            summary: "The metric's value against a fixed bound.",
            passes: "the estimate satisfies it", fails: "it does not", unsure: nil,
            examples: ["intent_accuracy >= 0.90", "latency.p95 <= 3500ms", "cost <= 0.08 USD"]),
        GateFormEntry(
            name: "confident bound", pattern: "confidently METRIC (>= | <= | > | <) QUANTITY",
            summary: "The same, with the whole confidence bound on the right side.",
            passes: "the bound of the interval satisfies it", fails: "the opposite bound violates it",
            unsure: "the interval holds the bound", examples: ["confidently intent_accuracy >= 85%"]),
        GateFormEntry(
            name: "text", pattern: "== \"TEXT\"", summary: "An observed text, the same on every observation.",
            passes: "every observation has exactly this text", fails: "any has another",
            unsure: "the text is absent: unmeasured", examples: ["versions.embedding == \"minilm-l6-v2\""]),
        GateFormEntry(
            name: "not worse", pattern: "not worse than baseline",
            summary: "No significant loss against the baseline.",
            passes: "no significant loss (Holm-adjusted over the gate's family)", fails: "a significant loss",
            unsure: nil,
            examples: ["intent_f1[each] not worse than baseline", "token_f1 not worse than baseline"]),
        GateFormEntry(
            name: "margin", pattern: "no worse than baseline by (QUANTITY | P% of baseline | auto)",
            summary:
                "A loss beyond the margin is ruled out; P% alone is absolute on a share, else relative.",
            passes: "the lower bound of the difference lies above minus the margin",
            fails: "the loss is at least the margin and significant",
            unsure: "neither; the report says how many examples would decide",
            examples: [
                "recall@3 no worse than baseline by 0.02",
                "latency.p95 no worse than baseline by 10% of baseline",
                "recall@3 no worse than baseline by auto",
            ]),
        GateFormEntry(
            name: "equivalence", pattern: "within P% of baseline",
            summary: "The ratio to the baseline stays within a share, both ways.",
            passes: "two one-sided tests on the ratio", fails: "the ratio is significantly outside",
            unsure: "neither", examples: ["tokens within 20% of baseline"]),
        GateFormEntry(
            name: "band", pattern: "in band [for P%]",
            summary: "The score lies in the band that the example expects.",
            passes: "it does for the share of examples (default 100 %)", fails: "it does for fewer",
            unsure: nil,
            examples: ["score in band", "score in band for 95%"]),
        GateFormEntry(
            name: "tolerance", pattern: "within NUMBER of expected [for P%]",
            summary: "The score lies near the one that the example expects.",
            passes: "it does for the share of examples (default 100 %)", fails: "it does for fewer",
            unsure: nil,
            examples: ["score within 0.05 of expected for 90%"]),
        GateFormEntry(
            name: "spread", pattern: "spread <= QUANTITY [for P%]",
            summary: "Largest minus smallest value over the repeats of an example.",
            passes: "it holds for the share of examples (default 100 %)", fails: "it holds for fewer",
            unsure: nil,
            examples: ["score spread <= 0.1 for 99%"]),
        GateFormEntry(
            name: "k of n", pattern: "K of N [at NUMBER] [for P%]",
            summary:
                "At least K of N repeats of an example score at least the number (default: the best score).",
            passes: "it holds for the share of examples (default 100 %)", fails: "it holds for fewer",
            unsure: nil,
            examples: ["intent_accuracy 2 of 3 for 95%", "token_f1 2 of 3 at 0.8"]),
        GateFormEntry(
            name: "pass^k", pattern: "pass^K (>= | <= | == | > | <) SHARE",
            summary: "Chance that K fresh tries all succeed: C(c,K)/C(N,K), averaged over examples.",
            passes: "the estimate satisfies it", fails: "it does not", unsure: nil,
            examples: ["intent_accuracy pass^3 >= 0.8"]),
        GateFormEntry(
            name: "order", pattern: "order ID above ID by NUMBER",
            summary: "Two anchor examples keep their order, with a gap.",
            passes: "the first scores higher by at least the number", fails: "it does not", unsure: nil,
            examples: ["score order 'dup-1' above 'neg-4' by 0.2"]),
        GateFormEntry(
            name: "kpi bands", pattern: "in bands",
            summary: "The weighted indicator against its own bands and floors.",
            passes: "the indicator reaches `go` and every floor holds",
            fails: "it lies below `hold`, or a floor is missed",
            unsure: "it lies between `hold` and `go`", examples: ["kpi in bands"]),
    ]
}
