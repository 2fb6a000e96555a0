"""Scores made-up sentences by sacrebleu 2.6.0: edits.jsonl. Seeded; run it with sacrebleu installed."""

import json
import pathlib
import random

from sacrebleu.metrics import CHRF, TER

rng = random.Random(20261120)
WORDS = "the a cat dog sat on mat red house river quickly , . ' said \"no\" it's 3.14 1,000 don't (see) x-y".split()
GREEK = "Ο ΟΔΟΣ ΣΟΦΟΣ ΣΑΣ Σ ΑΣ. λόγος ΛΟΓΟΣ".split()
HAN = "我们 今天 。 去 、 北京 「学校」 カタカナ ひらがな ㈱ ！ hello".split()


def sentence(words, longest):
    return " ".join(rng.choice(words) for _ in range(rng.randrange(longest)))


def moved(text):
    words = text.split(" ")
    for _ in range(rng.randrange(4)):
        if len(words) > 2:
            i, j, k = (rng.randrange(len(words)) for _ in range(3))
            block = words[i : i + k]
            del words[i : i + k]
            words[j:j] = block
        if words and rng.random() < 0.5:
            words[rng.randrange(len(words))] = rng.choice(WORDS)
    return " ".join(words)


def pairs():
    for _ in range(70):
        reference = sentence(WORDS, 24)
        yield moved(reference), [reference] + [sentence(WORDS, 20) for _ in range(rng.randrange(3))]
    for _ in range(20):
        yield sentence(GREEK, 8), [sentence(GREEK, 8)]
        yield sentence(HAN, 12), [sentence(HAN, 12)]
    for _ in range(2):
        reference = sentence(WORDS, 200)
        yield moved(reference), [reference]
    yield "", ["a b"]
    yield "a b", [""]
    yield "", [""]
    yield "a &quot;b&quot; &lt;c&gt; d\n-e f\ng", ["a \"b\" <c> d e f g"]
    yield "a " * 120, ["b a"]
    yield "b a", ["a " * 120]


TERS = {
    "sentence_ter": {},
    'sentence_ter {"normalized": true}': {"normalized": True},
    'sentence_ter {"no_punctuation": true, "asian": true}': {"no_punct": True, "asian_support": True},
    'sentence_ter {"normalized": true, "asian": true, "case_sensitive": true}': {
        "normalized": True, "asian_support": True, "case_sensitive": True},
}
CHRFS = {
    "sentence_chrf": {},
    "chrf_pp": {"word_order": 2},
    'chrf {"words": 1, "lowercase": true, "whitespace": true, "beta": 1}': {
        "word_order": 1, "lowercase": True, "whitespace": True, "beta": 1},
}

with open(pathlib.Path(__file__).parent / "edits.jsonl", "w", encoding="utf-8") as out:
    for text, references in pairs():
        expected = {name: TER(**options).sentence_score(text, references).score for name, options in TERS.items()}
        # chrF of a sentence warns, and differs, without its effective order: the corpus of one is what is compared.
        for name, options in CHRFS.items():
            expected[name] = CHRF(**options).corpus_score([text], [[r] for r in references]).score
        out.write(json.dumps({"text": text, "references": references, "expected": expected}, ensure_ascii=False) + "\n")
