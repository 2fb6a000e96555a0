"""The data sets and policies of the benchmark: n questions, with every expectation that some metric asks for."""

import json
import random

INTENTS = ["knowledge", "banking", "travel", "kitchen", "work", "home", "small_talk", "oos"]
SENTENCES = [
    "The Panthers defense gave up just 308 points, ranking sixth in the league.",
    "A veteran defensive end was the active career sack leader with 136.",
    "Another end had five sacks in just nine starts.",
    "A shutdown corner during the season had four interceptions.",
    "A safety led the team with seven interceptions and made eighty-eight tackles.",
]
BANDS = ["HIGH", "MEDIUM", "LOW", "TRUE NEGATIVE"]
SUBJECTS = ["defense", "offense", "coach", "stadium", "season", "quarterback", "league", "final"]


def example(number, draw):
    """One row, in the data set's own names."""
    references = draw.sample(SENTENCES, 1 + number % 2)
    return {
        "query_id": f"B-{number:06d}",
        "dataset_version": "bench-1",
        "query": f"Question {number}: what did they say of the {SUBJECTS[number % 8]} in the year {1950 + number % 70}?",
        "expected_intent": draw.choice(INTENTS),
        "reference_response": references if len(references) > 1 else references[0],
        "required_elements": [
            {"kind": "any_of", "value": ["the league", "interceptions"]},
            {"kind": "regex", "value": "\\b\\d+ points\\b"},
        ],
        "prohibited_elements": [
            {"kind": "regex", "value": "(?i)\\bas an? (ai|assistant|language model)\\b"},
            {"kind": "text", "value": "guaranteed"},
        ],
        "retrieval_gold_doc_ids": [f"doc-{place}" for place in draw.sample(range(1, 12), 2)],
        "expected_guardrail": "block" if number % 11 == 0 else "allow",
        "expected_score": draw.choice(BANDS) if number % 2 else round(draw.random(), 2),
        "match": number % 3 == 0,
        "category": SUBJECTS[number % 8],
        "domain": f"domain {number % 10}",
        "adversarial": number % 11 == 0,
        "provenance": {"source": "generated", "annotator": "benchmark", "licence": "Apache-2.0"},
    }


def write_dataset(path, count):
    """Writes `count` rows; the first rows of a longer set are those of a shorter one."""
    draw = random.Random(7)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(example(number, draw), separators=(",", ":")) + "\n")


def write_pairs(texts, pairs, count):
    """Distinct answers with one distinct reference each, of about 20 to 60 word pieces; and all their texts apart."""
    draw = random.Random(7)
    words = " ".join(SENTENCES).lower().replace(".", "").replace(",", "").split()
    with open(texts, "w", encoding="utf-8") as all_texts, open(pairs, "w", encoding="utf-8") as file:
        for number in range(count):
            two = [
                f"{number} " + " ".join(draw.choice(words) for _ in range(draw.randint(16, 48))) + f" {side}."
                for side in ("left", "right")]
            for text in two:
                all_texts.write(json.dumps(text) + "\n")
            file.write(json.dumps({"text": two[0], "references": [two[1]]}) + "\n")
    return count


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["answer", "routing", "retrieval", "guardrail", "usage", "timings", "versions"],
    "properties": {
        "answer": {"type": "string", "minLength": 1},
        "routing": {
            "type": "object",
            "required": ["intent", "confidence"],
            "properties": {
                "intent": {"enum": INTENTS},
                "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            },
        },
        "retrieval": {
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["id", "score", "text"],
                "properties": {"id": {"type": "string", "pattern": "^doc-[0-9]+$"}, "score": {"type": "number"}},
            },
        },
        "guardrail": {"type": "object", "properties": {"outcome": {"enum": ["allow", "block"]}}},
        "usage": {"type": "object", "required": ["input_tokens", "output_tokens"]},
        "timings": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
    },
}

# Every family of the catalogue: its name → how the policy asks for it.
METRICS = {
    "band_consistency": "band_consistency",
    "bleu": "bleu",
    "chrf": "chrf",
    "context_precision": "context_precision[id]",
    "context_recall": "context_recall[id]",
    "cost": "cost",
    "cost_per_success": "cost_per_success",
    "error_rate": "error_rate",
    "exact_match": "exact_match",
    "false_positive_rate": {"false_positive_rate": {"threshold": 0.7}},
    "guardrail_block": "guardrail_block",
    "guardrail_pass": "guardrail_pass",
    "hit": "hit@3",
    "input_tokens": "input_tokens",
    "intent_accuracy": "intent_accuracy",
    "intent_brier": "intent_brier",
    "intent_ece": "intent_ece",
    "intent_f1": "intent_f1",
    "intent_f1_micro": "intent_f1_micro",
    "intent_f1_weighted": "intent_f1_weighted",
    "intent_precision": "intent_precision",
    "intent_recall": "intent_recall",
    "json": "json",
    "latency": "latency",
    "length": "length",
    "length_tokens": "length_tokens",
    "map": "map",
    "miss_rate": {"miss_rate": {"threshold": 0.7}},
    "mrr": "mrr",
    "ndcg": "ndcg@5",
    "out_of_scope_recall": {"out_of_scope_recall": ["oos"]},
    "output_tokens": "output_tokens",
    "over_blocked": "over_blocked",
    "precision": "precision@3",
    "prohibited": "prohibited",
    "r_precision": "r_precision",
    "recall": "recall@3",
    "required": "required",
    "retry_rate": "retry_rate",
    "rouge_1": "rouge_1",
    "rouge_2": "rouge_2",
    "rouge_l": "rouge_l",
    "rouge_lsum": "rouge_lsum",
    "schema": {"schema": "answer.schema.json"},
    "score": "score",
    "score_band": "score_band",
    "score_error": "score_error",
    "score_find": "score_find@3",
    "score_hit": "score_hit@3",
    "sentence_bleu": "sentence_bleu",
    "stage_latency": "stage_latency[retrieval]",
    "throttle_rate": "throttle_rate",
    "token_f1": "token_f1",
    "tokens": "tokens",
    "under_blocked": "under_blocked",
    "value": "value[toxicity]",
    "versions": "versions.prompt",
}
# What the instant app does not show.
LEFT_OUT = {"ttft": "nothing is streamed"}
# Checks, agents, safety and further measures of text and ranking: timed apart where there is a peer, or asked of parts
# that the instant app does not show.
APART = """bin_g bpref brier chrf_pp composite contains contains_all contains_any contains_json custom ece eleven_point_average equals
    g gm_bpref gm_map icontains icontains_all icontains_any inf_ap iprec_at_recall is_html is_json is_refusal is_sql is_xml
    jaccard language_match levenshtein levenshtein_similarity map_cut ndcg_full ndcg_rel num_rel num_rel_ret num_ret perplexity
    pii r_ndcg r_precision_mult rbp regex relative_precision secrets sentence_chrf sentence_ter set_f set_map set_precision
    set_recall set_relative_precision starts_with step_count ter tool_call_accuracy tool_call_f1 tool_names trajectory
    unjudged utility""".split()

BOUNDS = [
    "intent_accuracy >= 0.05", "intent_f1 >= 0.05", "recall@3 >= 0.1", "token_f1 >= 0.1", "rouge_l >= 0.1",
    "schema == 1", "prohibited == 1", "guardrail_pass >= 50%", "over_blocked <= 20%", "latency.p95 <= 10s",
    "error_rate <= 1%", "cost <= 0.01 USD", "confidently required >= 1%", 'versions.prompt == "v1"',
]
RELATIVE = [
    "intent_accuracy not worse than baseline", "intent_f1 not worse than baseline",
    "intent_f1[each] not worse than baseline", "recall@3 not worse than baseline",
    "mrr no worse than baseline by 0.02", "ndcg@5 not worse than baseline", "map not worse than baseline",
    "exact_match not worse than baseline", "token_f1 not worse than baseline",
    "rouge_l no worse than baseline by 0.02", "required not worse than baseline",
    "prohibited not worse than baseline", "guardrail_pass not worse than baseline",
    "score_band not worse than baseline", "score_error not worse than baseline", "length within 20% of baseline",
    "tokens within 20% of baseline", "cost no worse than baseline by 20% of baseline",
    "cost_per_success no worse than baseline by 20% of baseline",
]


def write_policy(path, address, arms, names):
    """Writes the policy of one run (JSON is YAML).

    `names`: the families that this release of Sluice knows; those that the workload does not know are returned.
    """
    app = {"candidate": address + "/candidate"}
    if arms == 2:
        app["baseline"] = address + "/baseline"
    app["request"] = {"query": "${input.query}"}
    app["observe"] = {
        "text": "/answer", "intent": "/routing/intent", "confidence": "/routing/confidence",
        "documents": "/retrieval", "guardrail": "/guardrail", "usage": "/usage", "stages": "/timings",
        "score": "/score", "label": "/label", "tools": "/tool_calls", "versions": "/versions",
        "session": "/session_id", "values": {"toxicity": "/toxicity"},
    }
    app["limits"] = {"concurrency": 64, "cache": False, "retries": 0}
    policy = {
        "version": 1, "project": "benchmark", "app": app, "dataset": "examples.jsonl",
        "metrics": [METRICS[name] for name in names if name in METRICS],
        "gates": BOUNDS + (RELATIVE if arms == 2 else []),
        "unsure": "ask", "slices": ["domain", "category", "adversarial"], "seed": 7,
    }
    path.write_text(json.dumps(policy, indent=2) + "\n", encoding="utf-8")
    return sorted(set(names) - set(METRICS) - set(LEFT_OUT) - set(APART))
