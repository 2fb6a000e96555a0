"""BERTScore against bert-score, and grounding against plain Python over sentence-transformers' vectors, on the same weights.

    python oracles/semantic.py [--bench COMMAND] [--model FOLDER] [--seed N] [--write-fixtures]

BERTScore: P, R and F1 within 1e-5 for 600 pairs in ten scripts, with one and with several references, plain and with
IDF. The rest: each metric's definition written down anew, over texts of one sentence a line, within 1e-5 (a score that
stands at a threshold may turn). Exits 1 where anything disagrees.
"""
import argparse
import json
import pathlib
import random
import re
import sys

import numpy as np
from embedding import WORDS, in_lines, sentences
from tokenizers import Tokenizer

FOLDER = pathlib.Path(__file__).parent
LEFT_OUT = {
    "texts beyond the model's length": "bert-score cuts them off, Sluice reads on in windows",
    "texts that spell special tokens": "see oracles/embedding.py",
    "texts without a token on both sides": "bert-score gives 0, Sluice 1",
}


def scored(options, names, lines):
    return in_lines(options.bench.split() + [options.model, "--scores", ",".join(names)], lines)


def pairs(rng, count, fits):
    """Answers that share some words, or none, with one to three references of the same script."""
    out = []
    texts = [t for t in sentences(rng, 4 * count) if fits(t)]
    while len(out) < count:
        answer = rng.choice(texts)
        references = []
        for _ in range(rng.choice([1, 1, 2, 3])):
            words = answer.split()
            kind = rng.random()
            if kind < 0.6 and words:
                rng.shuffle(words)
                kept = words[: max(1, int(len(words) * rng.random()))]
                references.append(" ".join(kept + rng.choice(list(WORDS.values())).split()[: rng.randint(0, 6)]))
            elif kind < 0.9:
                references.append(rng.choice(texts))
            else:
                references.append(answer)
        out.append((answer, references))
    return [(a, [r for r in refs if r.strip()] or ["x"]) for a, refs in out if fits(a) and all(map(fits, refs))]


def check_bertscore(options, rng):
    import bert_score
    import torch

    torch.set_num_threads(2)
    tokenizer = Tokenizer.from_file(options.model + "/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    cases = pairs(rng, 600, lambda text: len(tokenizer.encode(text).ids) <= 256)
    lines = [{"text": answer, "references": references} for answer, references in cases]
    wrong = 0
    for idf in (False, True):
        suffix = '={"idf":true}' if idf else ""
        names = [name + suffix for name in ("bertscore_precision", "bertscore_recall", "bertscore")]
        ours = scored(options, names, lines)
        scorer = bert_score.BERTScorer(
            model_type=options.model, num_layers=6, idf=idf, idf_sents=[r for _, rs in cases for r in rs] if idf else None,
            device="cpu", batch_size=64)
        theirs = np.array([list(part) for part in scorer.score([a for a, _ in cases], [r for _, r in cases])]).T
        # A share of nothing is no number: bert-score has 0 there, Sluice says not applicable.
        apart = [abs(a - b) for row, others in zip(ours, theirs) for a, b in zip(row, others) if not isinstance(a, str)]
        left = sum(isinstance(a, str) for row in ours for a in row)
        bad = sum(d > 1e-5 for d in apart)
        wrong += bad
        name = f"bertscore{', idf' if idf else ''}, apart by up to {max(apart):.1e}"
        print(f"{name:44} {len(apart):9,} scores {bad:4} disagree ({left} not applicable)", flush=True)
        if not idf and options.write_fixtures:
            write_fixtures(lines, theirs)
    return wrong


def write_fixtures(lines, scores):
    path = FOLDER.parent / "Tests" / "EmbeddingTests" / "Fixtures" / "bertscore.jsonl"
    short = [(line, row) for line, row in zip(lines, scores) if len(line["text"]) < 160][:60]
    with path.open("w") as file:
        for line, row in short:
            line = dict(line, scores=[float(f"{x:.8g}") for x in row])
            file.write(json.dumps(line, ensure_ascii=True) + "\n")


def grounding_cases(rng, count):
    """Chunks of one sentence a line; answers that repeat, mix, or make up."""
    words = [w for text in WORDS.values() for w in text.split()]
    latin = WORDS["latin"].split()
    made = []
    for _ in range(count):
        bank = rng.choice([latin, words])
        sentence = lambda: " ".join(rng.choice(bank).lower() for _ in range(rng.randint(2, 9))) + rng.choice(
            ["", f" {rng.randint(1, 40)}", f" {rng.randint(1, 9)}.{rng.randint(1, 9)}", " Zanzibar", " McCoy9"])
        chunks = ["\n\n".join(sentence() for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 4))]
        lines = [line for chunk in chunks for line in chunk.split("\n\n")]
        answer = [rng.choice([sentence(), rng.choice(lines), " ".join(rng.choice(lines).split()[:3])])
                  for _ in range(rng.randint(1, 4))]
        made.append({"query": rng.choice([sentence(), rng.choice(lines)]), "text": "\n\n".join(answer),
                     "references": ["\n\n".join(rng.choice([sentence(), rng.choice(lines)]) for _ in range(2))],
                     "documents": chunks})
    return made


def words_of(text):
    """Runs of letters, digits and marks; the scripts without spaces by the letter, with its marks."""
    import unicodedata
    out, current, solo = [], "", False
    for c in unicodedata.normalize("NFC", text.lower()):
        kind = unicodedata.category(c)
        alone = re.match("[\u0e00-\u0eff\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff]", c) and kind[0] in "LN"
        if kind[0] == "M" or kind == "Cf":
            current += c
        elif alone or (kind[0] in "LN" and solo):
            out.append(current)
            current = c
        elif kind[0] in "LN":
            current += c
        else:
            out.append(current)
            current = ""
        if kind[0] != "M" and kind != "Cf":
            solo = bool(alone)
    return [w.replace("ς", "σ") for w in out + [current] if w]


def check_grounding(options, rng):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(options.model, device="cpu")
    cases = grounding_cases(rng, 400)
    known = {}

    def prepare():
        texts = {case["query"] for case in cases} | {case["text"] for case in cases}
        for case in cases:
            for text in [case["text"], *case["references"], *case["documents"]]:
                texts |= {text, *text.split("\n\n")}
        texts = sorted(texts)
        known.update(zip(texts, model.encode(texts, batch_size=64).astype(float)))

    def cosine(one, other):
        a, b = known[one], known[other]
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    def facts(sentence, where):
        parts = sentence.split()
        names = {w.lower() for i, w in enumerate(parts) if (w == "Zanzibar" and i) or w == "McCoy9"}
        numbers = set(re.findall(r"(?<!\S)\d+(?:\.\d+)?(?!\S)", sentence))
        found = sum(n in where["words"] for n in names) + sum(n in where["numbers"] for n in numbers)
        return found / (len(names) + len(numbers)) if names or numbers else 1.0

    def expected(case):
        split = lambda text: text.split("\n\n")
        chunks, query = case["documents"], case["query"]
        everything = "\n\n".join(chunks + [query])
        where = {"words": set(words_of(everything)),
                 "numbers": set(re.findall(r"(?<!\S)\d+(?:\.\d+)?(?!\S)", everything))}
        share = lambda a, b: len(set(words_of(a)) & set(words_of(b))) / len(set(words_of(a)))
        supports = []
        for sentence in split(case["text"]):
            by_words = max(share(sentence, chunk) for chunk in chunks)
            by_meaning = max(cosine(sentence, other) for chunk in chunks for other in split(chunk))
            supports.append(max(by_words, by_meaning) * facts(sentence, where))
        relevance = [cosine(query, chunk) for chunk in chunks]
        gold = [g for reference in case["references"] for g in split(reference)]
        near = [[max(cosine(g, other) for other in split(chunk)) for chunk in chunks] for g in gold]
        overlap = [[len(set(words_of(g)) & set(words_of(c))) / min(len(set(words_of(g))), len(set(words_of(c))))
                    for c in chunks] for g in gold]
        near, overlap = np.array(near), np.array(overlap)
        return [np.mean(supports), max(0, cosine(case["text"], query)),
                max(0, cosine(case["text"], case["references"][0])), np.mean(np.array(relevance) >= 0.4),
                np.mean(np.maximum(0, relevance)), max(0, relevance[0]),
                np.mean((near >= 0.6).any(1)), np.mean((near >= 0.6).any(0)),
                np.mean((overlap >= 0.8).any(1)), np.mean((overlap >= 0.8).any(0))]

    prepare()
    names = ["groundedness", "answer_relevance", "answer_similarity", "context_relevance", "context_relevance_mean",
             "chunk_relevance@1", "context_recall[embedding]", "context_precision[embedding]", "context_recall[text]",
             "context_precision[text]"]
    wrong = 0
    ours = scored(options, names, cases)
    theirs = [expected(case) for case in cases]
    for place, name in enumerate(names):
        apart = [abs(a[place] - b[place]) for a, b in zip(ours, theirs)]
        bad = sum(d > 1e-5 for d in apart)
        wrong += bad
        print(f"{name + f', apart by up to {max(apart):.1e}':44} {len(apart):9,} scores {bad:4} disagree", flush=True)
        if bad:
            worst = int(np.argmax(apart))
            print("  ", json.dumps(cases[worst], ensure_ascii=False), ours[worst][place], theirs[worst][place])
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", default=".build/release/embedding-bench")
    parser.add_argument("--model", default=".build/models/minilm")
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--write-fixtures", action="store_true")
    options = parser.parse_args()
    options.model = str(pathlib.Path(options.model).resolve())
    wrong = check_bertscore(options, random.Random(options.seed))
    wrong += check_grounding(options, random.Random(options.seed + 1))
    for name, reason in LEFT_OUT.items():
        print(f"  left out: {name}: {reason}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
