"""Makes the fixtures that stand beside it, from the shared data and the field's own packages.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2 scikit-learn==1.9.1
    python3 make_fixtures.py DATA    # the folder of the shared data sets

Expected values come from sacrebleu, rouge-score (with NLTK's stemmer), scikit-learn, and, for SQuAD, from the
formula of the official evaluation script 1.1 written out below.
"""
import collections, csv, json, pathlib, random, re, shutil, string, sys, unicodedata

DATA = pathlib.Path(sys.argv[1])
HERE = pathlib.Path(__file__).parent
TEXT = HERE.parent.parent / "TextTests" / "Fixtures"


def dump(path, rows):
    with open(path, "w", encoding="utf8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def squad_tokens(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def unicode_tokens(text):
    text = unicodedata.normalize("NFC", text).lower()
    text = "".join(c for c in text if c not in set(string.punctuation) and not unicodedata.category(c).startswith("P"))
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return re.sub(r"([\u3400-\u9fff\u3040-\u30ff])", r" \1 ", text).split()


def f1(prediction, gold):
    if not prediction or not gold:
        return float(prediction == gold)
    shared = sum((collections.Counter(prediction) & collections.Counter(gold)).values())
    if not shared:
        return 0.0
    p, r = shared / len(prediction), shared / len(gold)
    return 2 * p * r / (p + r)


def squad():
    questions = [json.loads(l) for l in open(DATA / "xquad/en.questions.jsonl", encoding="utf8")]
    paragraphs = {p["pid"]: p["context"] for p in map(json.loads, open(DATA / "xquad/en.paragraphs.jsonl", encoding="utf8"))}
    draw = random.Random(7)
    rows = []
    for q in draw.sample(questions, 220):
        gold, start = q["answers"][0]
        context = paragraphs[q["pid"]]
        kind = draw.randrange(4)
        if kind == 0:
            said = context[max(0, start - draw.randrange(60)):start + len(gold) + draw.randrange(60)]
        elif kind == 1:
            said = "The " + gold + "."
        elif kind == 2:
            said = " ".join(draw.sample(gold.split(), len(gold.split())))
        else:
            said = draw.choice(questions)["answers"][0][0]
        rows.append((said, gold))
    rows += [
        ("", ""), ("the", "a"), ("", "x"), ("!!!", "?"), ("An apple a day", "apple day"), ("state-of-the-art", "state of the art"),
        ("£the5", "£ 5"), ("“Denver”", "Denver"), ("3,000–4,000", "3000 4000"), ("Café", "cafe\u0301"), ("ÉCOLE", "école"),
        ("Москва", "москва."), ("北京市", "北京"), ("the a an", "an"), ("x\u00a0y", "x y"), ("theatre", "the atre"), ("a.b", "ab"),
    ]
    dump(HERE / "squad.jsonl", [
        {"prediction": s, "gold": g, "f1": f1(squad_tokens(s), squad_tokens(g)),
         "em": int(squad_tokens(s) == squad_tokens(g)), "unicode_f1": f1(unicode_tokens(s), unicode_tokens(g))}
        for s, g in rows])


TRICKY = [
    "Hello, world! It's 3.14, e.g. 1,000.5 -- \"quoted\" & 5-6 state-of-the-art.", "a..b ,, c.1 1.c 1.,2", "x-\ny z\nw",
    "&quot;Yes&quot; &amp; &lt;no&gt; <skipped>end", "10-20 a-b 3-d -5", "«naïve» £5 €3.50…", "wait....", "A.B.C. U.S.A.,",
    "http://x.y/z?a=1&b=2", "tab\there\u00a0nbsp\u3000wide", "", " ", "100% (sure) [ok] {fine} a_b c^d ~e `f` |g|",
    "Россия, 1.5 кг. -- да!", "東京は 3.5、大阪.", "1,2.3,4", ".5 5. ,5 5,", "don't 'quote' o'clock",
]


def bleu():
    from sacrebleu.metrics import BLEU, CHRF
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    cut = Tokenizer13a()
    dump(TEXT / "tokenize13a.jsonl", [{"text": t, "tokens": cut(t.rstrip()).split()} for t in TRICKY])
    paragraphs = [json.loads(l)["context"] for l in open(DATA / "xquad/en.paragraphs.jsonl", encoding="utf8")]
    draw = random.Random(11)
    sentences = [s for p in paragraphs for s in re.split(r"(?<=[.!?]) ", p) if len(s) > 30]
    rows = []
    for s in draw.sample(sentences, 60):
        words = s.split()
        answer = [w for w in words if draw.random() > .2]
        if draw.random() < .5:
            draw.shuffle(answer[2:6])
            answer.insert(draw.randrange(len(answer)), draw.choice(words))
        other = [w for w in words if draw.random() > .1]
        rows.append({"text": " ".join(answer), "references": [s, " ".join(other)][: draw.randrange(1, 3)]})
    rows += [{"text": t, "references": [TRICKY[(i * 5) % len(TRICKY)] or "x", t + " more"]} for i, t in enumerate(TRICKY)]
    for row in rows:
        row["sentence_bleu"] = BLEU(effective_order=True).sentence_score(row["text"], row["references"]).score
    streams = [[r["references"][min(i, len(r["references"]) - 1)] for r in rows] for i in range(2)]
    texts = [r["text"] for r in rows]
    corpus = {f"{t}/{s}/{int(l)}": BLEU(tokenize=t, smooth_method=s, lowercase=l).corpus_score(texts, streams).score
              for t in ("13a", "none", "char") for s in ("exp", "floor", "none", "add-k") for l in (False, True)}
    from rouge_score import rouge_scorer
    for stem in (False, True):
        scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=stem)
        for row in rows:
            row["stemmed" if stem else "ascii"] = [
                scorer.score_multi(row["references"], row["text"])[k].fmeasure for k in ("rouge1", "rouge2", "rougeL")]
    dump(HERE / "overlap.jsonl", [{"corpus_bleu": corpus}] + rows)


def stems():
    from nltk.stem.porter import PorterStemmer
    words = set()
    for name in ("xquad/en.paragraphs.jsonl", "xquad/en.questions.jsonl"):
        words |= set(re.findall(r"[a-z0-9]+", open(DATA / name, encoding="utf8").read().lower()))
    for row in csv.DictReader(open(DATA / "clinc-oos/train.csv", encoding="utf8")):
        words |= set(re.findall(r"[a-z0-9]+", row["text"].lower()))
    made = """yyyy syzygy toy skies dying innings cannings howe proceed ties died spied hopefully radically geologically
        archaeology analogi rationally vietnamization conformably falling fizzed hopping filing agreed feed plastered bled
        sing controlling roll rate cease adoption probate ie sses ing ed ies yed boyyy ay ey eyed""".split()
    words = sorted(random.Random(3).sample(sorted(words), 3000) + made)
    stemmer = PorterStemmer()
    with open(TEXT / "stems.tsv", "w") as out:
        for word in dict.fromkeys(words):
            out.write(f"{word}\t{stemmer.stem(word)}\n")


def trec():
    folder = DATA / "trec-eval"
    kept = [l for l in open(folder / "qrels.test") if int(l.split()[3]) > 0]
    open(HERE / "trec-qrels.txt", "w").writelines(kept)
    open(HERE / "trec-results.txt", "w").writelines(
        " ".join(l.split()[i] for i in (0, 2, 4)) + "\n" for l in open(folder / "results.test"))
    wanted = re.compile(r"^(map|Rprec|recip_rank|P_\d+|recall_\d+|ndcg_cut_\d+|success_\d+|num_rel)\s")
    open(HERE / "trec-expected.txt", "w").writelines(l for l in open(folder / "out.test.aq") if wanted.match(l))


def clinc():
    from sklearn.metrics import f1_score, precision_score, recall_score, accuracy_score
    rows = list(csv.DictReader(open(DATA / "clinc-oos/predictions.csv")))
    rows = random.Random(5).sample(rows[:4500], 260) + random.Random(6).sample(rows[4500:], 90)
    expected = {}
    for arm in ("baseline", "candidate_good", "candidate_bad"):
        gold = [r["gold"] for r in rows]
        said = [r[arm] for r in rows]
        sure = [float(r[arm + "_conf"]) for r in rows]
        labels = sorted(set(gold) | set(said))
        bins = collections.defaultdict(lambda: [0, 0.0, 0])
        for g, s, c in zip(gold, said, sure):
            b = bins[min(9, int(c * 10))]
            b[0] += 1; b[1] += c; b[2] += g == s
        expected[arm] = {
            "accuracy": accuracy_score(gold, said),
            "macro_f1": f1_score(gold, said, labels=labels, average="macro", zero_division=0),
            "micro_f1": f1_score(gold, said, labels=labels, average="micro", zero_division=0),
            "weighted_f1": f1_score(gold, said, labels=labels, average="weighted", zero_division=0),
            "macro_precision": precision_score(gold, said, labels=labels, average="macro", zero_division=0),
            "macro_recall": recall_score(gold, said, labels=labels, average="macro", zero_division=0),
            "ece10_equal_width": sum(abs(b[1] - b[2]) for b in bins.values()) / len(rows),
            "brier": sum((c - (g == s)) ** 2 for g, s, c in zip(gold, said, sure)) / len(rows),
            "oos_recall": sum(s == "oos" for g, s in zip(gold, said) if g == "oos") / gold.count("oos"),
            "f1_of": {l: f1_score(gold, said, labels=[l], average="macro", zero_division=0) for l in ("oos", "translate")},
        }
    with open(HERE / "clinc.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        keys = ["gold", "baseline", "baseline_conf", "candidate_good", "candidate_good_conf", "candidate_bad", "candidate_bad_conf"]
        writer.writerow(keys)
        writer.writerows([r[k] for k in keys] for r in rows)
    json.dump(expected, open(HERE / "clinc.json", "w"), indent=1)


if __name__ == "__main__":
    TEXT.mkdir(parents=True, exist_ok=True)
    squad(); bleu(); stems(); trec(); clinc()
    for name in ("bleu_chrf_ter.jsonl", "rouge.jsonl", "UPSTREAM-LICENSE-sacrebleu.txt"):
        shutil.copy(DATA / "text-metric-vectors" / name, HERE / name)
    shutil.copy(DATA / "xquad/UPSTREAM-LICENSE.txt", HERE / "LICENSE-xquad.txt")
    shutil.copy(DATA / "trec-eval/UPSTREAM-LICENSE.md", HERE / "LICENSE-trec-eval.md")
    shutil.copy(DATA / "clinc-oos/UPSTREAM-LICENSE", HERE / "LICENSE-clinc.txt")
