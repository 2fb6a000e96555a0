"""The peers of embedding-bench: sentence-transformers and bert-score on the same texts and weights, one thread each.

    python benchmarks/run_transformers.py MODEL TEXTS PAIRS      JSON lines; prints a line NAME <tab> SECONDS a case
"""
import json
import os
import sys
import time
import warnings

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")

import bert_score
import torch
from sentence_transformers import SentenceTransformer

torch.set_num_threads(1)


def least(work, turns=3):
    taken = []
    for _ in range(turns):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def main():
    folder, texts, pairs = sys.argv[1:]
    texts = [json.loads(line) for line in open(texts, encoding="utf-8")]
    pairs = [json.loads(line) for line in open(pairs, encoding="utf-8")]
    model = SentenceTransformer(folder, device="cpu")
    model.encode(texts[:64], batch_size=32)
    print(f"embed\t{least(lambda: model.encode(texts, batch_size=32))}")
    scorer = bert_score.BERTScorer(model_type=folder, num_layers=6, device="cpu", batch_size=64)
    answers = [pair["text"] for pair in pairs]
    references = [pair["references"][0] for pair in pairs]
    scorer.score(answers[:16], references[:16])
    print(f"bertscore\t{least(lambda: scorer.score(answers, references))}")


main()
