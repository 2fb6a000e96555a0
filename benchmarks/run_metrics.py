"""The peers of metrics-bench on the same files, one thread, processor time; a line a case.

    python benchmarks/run_metrics.py FOLDER [--quick]
"""
import json
import pathlib
import sys
import time
import warnings

import pytrec_eval
import sacrebleu.metrics
from jsonschema import Draft202012Validator
from rouge_score.rouge_scorer import RougeScorer

MEASURES = {"map", "ndcg", "recip_rank", "Rprec", "bpref", "P.5,10,100", "recall.5,10,100"}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def parsed(path, document, value, kind):
    topics = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.split()
            topics.setdefault(fields[0], {})[fields[document]] = kind(fields[value])
    return topics


def retrieval(folder):
    evaluator = pytrec_eval.RelevanceEvaluator(parsed(folder / "qrels.txt", 2, 3, int), MEASURES)
    return evaluator.evaluate(parsed(folder / "run.txt", 2, 4, float))


def ranx(folder):
    import ranx as package
    measures = ["map", "ndcg", "mrr", "r-precision", "bpref", "precision@5", "precision@10", "precision@100",
                "recall@5", "recall@10", "recall@100"]

    def work():
        judged = package.Qrels.from_file(str(folder / "qrels.txt"), kind="trec")
        run = package.Run.from_file(str(folder / "run.txt"), kind="trec")
        return package.evaluate(judged, run, measures, make_comparable=True)

    return work


def cases(folder):
    pairs = lines(folder / "pairs.jsonl")
    texts, references = [p["text"] for p in pairs], [p["reference"] for p in pairs]
    rouge, lsum = RougeScorer(["rougeL"]), RougeScorer(["rougeLsum"])
    yield "rouge_l", len(pairs), lambda: [rouge.score(r, t) for t, r in zip(texts, references)]
    yield "rouge_lsum", len(pairs), lambda: [lsum.score(r, t) for t, r in zip(texts, references)]
    yield "bleu", len(pairs), lambda: sacrebleu.metrics.BLEU().corpus_score(texts, [references])
    yield "chrf", len(pairs), lambda: sacrebleu.metrics.CHRF().corpus_score(texts, [references])
    yield "chrf_pp", len(pairs), lambda: sacrebleu.metrics.CHRF(word_order=2).corpus_score(texts, [references])
    yield "ter", len(pairs), lambda: sacrebleu.metrics.TER().corpus_score(texts, [references])
    validator = Draft202012Validator(json.loads((folder / "schema.json").read_text(encoding="utf-8")))
    values = lines(folder / "values.jsonl")
    yield "schema", len(values), lambda: [validator.is_valid(value) for value in values]
    yield "retrieval", 1, lambda: retrieval(folder)
    yield "ranx", 1, ranx(folder)


def main():
    warnings.simplefilter("ignore")
    folder = pathlib.Path(sys.argv[1])
    turns = 1 if "--quick" in sys.argv else 5
    for name, count, work in cases(folder):
        work()
        least = float("inf")
        for _ in range(turns):
            start = time.process_time()
            work()
            least = min(least, time.process_time() - start)
        print(f"{name}\t{least / count}", flush=True)


main()
