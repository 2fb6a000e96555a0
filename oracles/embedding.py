"""Token ids and vectors against tokenizers and sentence-transformers, on the same files.

    python oracles/embedding.py [--bench COMMAND] [--model FOLDER] [--seed N] [--write-fixtures]

Ids: every Unicode scalar in context and 20,000 fuzzed strings, with a vocabulary that holds every scalar (so that no
difference can hide behind [UNK]) and with the model's own, lower-cased and not. Vectors: cosine above 0.99999 for 2,000
texts in ten scripts, token vectors within 1e-4. Exits 1 where anything disagrees beyond `EXCEPTIONS`.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

FOLDER = pathlib.Path(__file__).parent
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
EXCEPTIONS = {
    "special tokens": "a text that spells [CLS], [SEP], [MASK], [PAD] or [UNK] is text here; the reference takes the "
    "spelling for the token, so that any text could forge one",
}

# Ten scripts, and what else a text may hold: first and last scalar of a block.
SCRIPTS = {
    "latin": [(0x61, 0x7B), (0x41, 0x5B), (0xC0, 0x250)], "greek": [(0x370, 0x400)], "cyrillic": [(0x400, 0x530)],
    "hebrew": [(0x590, 0x600)], "arabic": [(0x600, 0x700)], "devanagari": [(0x900, 0x980)], "thai": [(0xE00, 0xE80)],
    "japanese": [(0x3040, 0x3100), (0x4E00, 0x5200)], "korean": [(0xAC00, 0xD7A4), (0x1100, 0x1200)],
    "adlam": [(0x1E900, 0x1E960)],
}
OTHERS = [(0x20, 0x7F), (0xA0, 0xC0), (0x1F300, 0x1F650), (0x1F900, 0x1FA00), (0, 0x20), (0x2000, 0x2070),
          (0xFE00, 0xFE10), (0xE0000, 0xE0080), (0x2A6D0, 0x2A700), (0x1D100, 0x1D200)]
SCALARS = [c for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]
MARKS = [c for c in SCALARS if unicodedata.combining(chr(c))]
ASSIGNED = [c for c in SCALARS if unicodedata.category(chr(c)) not in ("Cn", "Co")]

WORDS = {
    "latin": "the release was held back because recall fell in two of the slices we watch Grüße aus Köln où êtes vous",
    "greek": "η απάντηση δεν ήταν σωστή και το έγγραφο λείπει από τα αποτελέσματα της αναζήτησης",
    "cyrillic": "ответ был неверным и документ не найден в результатах поиска ещё раз проверьте ёлку",
    "hebrew": "התשובה לא הייתה נכונה והמסמך חסר בתוצאות החיפוש שָׁלוֹם",
    "arabic": "كانت الإجابة غير صحيحة والمستند مفقود من نتائج البحث",
    "devanagari": "उत्तर सही नहीं था और दस्तावेज़ खोज परिणामों में नहीं है",
    "thai": "คำตอบไม่ถูกต้องและเอกสารหายไปจากผลการค้นหา ขอบคุณ",
    "japanese": "回答は正しくなく 文書は検索結果にありませんでした パスワード 東京",
    "korean": "답변이 정확하지 않았고 문서가 검색 결과에 없습니다",
    "chinese": "答案不正确 文档不在搜索结果中 请再试一次 北京",
}


def in_lines(command, texts, settings=None):
    text = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=os.environ | (settings or {}))
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) != len(texts):
        sys.exit(f"{command} ended with {done.returncode}, {len(lines)} lines for {len(texts)} texts: {done.stderr}")
    return [json.loads(line) for line in lines]


def fuzzed(rng):
    """A string of parts: letters of one script, marks in any order, anything assigned, white space, long words."""
    out = ""
    blocks = [block for script in SCRIPTS.values() for block in script] + OTHERS
    for _ in range(rng.randint(0, 12)):
        kind = rng.random()
        if kind < 0.6:
            block = rng.choice(blocks)
            out += "".join(chr(rng.randrange(*block)) for _ in range(rng.randint(1, 8)))
        elif kind < 0.75:
            out += "".join(chr(rng.choice(MARKS)) for _ in range(rng.randint(1, 5)))
        elif kind < 0.88:
            out += "".join(chr(rng.choice(ASSIGNED)) for _ in range(rng.randint(1, 4)))
        elif kind < 0.93:
            out += rng.choice([" ", "\t", "\n", "\u3000", "\r\n", "\u00a0", "\u200b"])
        elif kind < 0.96:
            out += chr(rng.choice(SCALARS)) * rng.choice([1, 99, 100, 101])
        else:
            out += rng.choice(["don't", "e.g.", "C3PO", "naïve", "résumé", "ﬁne", "Straße", "İstanbul", "ΣΊΣΥΦΟΣ"])
    return "".join(c for c in out if not 0xD800 <= ord(c) < 0xE000)


def reference(vocabulary, lower):
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def folder_of(pieces, lower, folder):
    folder = pathlib.Path(folder)
    folder.joinpath("vocab.txt").write_bytes(("\n".join(pieces) + "\n").encode())
    folder.joinpath("tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}))
    return str(folder)


def check_ids(options, name, pieces, lower, texts):
    tokenizer = reference({piece: i for i, piece in enumerate(pieces)}, lower)
    with tempfile.TemporaryDirectory() as folder:
        ours = in_lines(options.bench.split() + [folder_of(pieces, lower, folder), "--ids"], texts)
    wrong = 0
    for text, mine, theirs in zip(texts, ours, tokenizer.encode_batch(texts)):
        if mine != theirs.ids:
            wrong += 1
            if wrong <= 5:
                shown = [[pieces[i] for i in ids][:40] for ids in (mine, theirs.ids)]
                print(f"  {[hex(ord(c)) for c in text][:40]}\n    ours {shown[0]}\n    reference {shown[1]}")
    print(f"{name:44} {len(texts):9,} texts  {wrong:4} disagree", flush=True)
    return wrong


def sentences(rng, count):
    """Texts of a few words to a few hundred, of one script or mixed, with marks, digits and emoji between."""
    out = ["", " ", "😀", "😀🎉👩‍👩‍👧", "a", "\u0000", "word " * 240]
    names = list(WORDS)
    while len(out) < count:
        script = names[len(out) % len(names)]
        words = WORDS[script].split() + [rng.choice(WORDS["latin"].split())]
        length = rng.choice([1, 3, 8, 20, 40, 60, 120])
        text = " ".join(rng.choice(words) for _ in range(length))
        out.append(text + rng.choice(["", ".", "?", " 42", " 3.14 %", " 😀", "!!", " [x](y)"]))
    return out


def check_vectors(options, rng):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(options.model, device="cpu")
    tokenizer = Tokenizer.from_file(options.model + "/tokenizer.json")
    tokenizer.no_truncation()
    # Beyond the model's length the reference cuts off where we read on in windows.
    texts = [t for t in sentences(rng, 2700) if len(tokenizer.encode(t).ids) <= model.max_seq_length][:2000]
    theirs = model.encode(texts, batch_size=32)
    wrong = 0
    for bits in ("512", "256", "128"):
        # Below 512 the products are OpenBLAS's. A processor without the wider vectors takes what it has.
        ours = in_lines(options.bench.split() + [options.model, "--vectors"], texts, {"SLUICE_VECTORS": bits})
        mine = np.array([line["vector"] for line in ours])
        cosine = (mine * theirs).sum(1) / np.linalg.norm(mine, axis=1) / np.linalg.norm(theirs, axis=1)
        wrong += int((cosine <= 0.99999).sum())
        name = f"vectors, {bits} bits, 1 - cosine up to {1 - cosine.min():.1e}"
        print(f"{name:44} {len(texts):9,} texts  {wrong:4} disagree", flush=True)
    few = texts[:200]
    lines = in_lines(options.bench.split() + [options.model, "--tokens"], few)
    apart = 0
    for line, expected in zip(lines, model.encode(few, output_value="token_embeddings")):
        tokens = np.array(line["tokens"]).reshape(len(line["ids"]), -1)
        expected = np.asarray(expected)[: len(tokens)]
        apart += int(tokens.shape != expected.shape or np.abs(tokens - expected).max() > 1e-4)
    print(f"{'vectors of tokens':44} {len(few):9,} texts  {apart:4} disagree")
    return wrong + apart


def write_fixtures(options, rng):
    """Small tables for `make test`: ids with a vocabulary of their own, and vectors of the model."""
    from sentence_transformers import SentenceTransformer

    texts = [fuzzed(rng) for _ in range(400)]
    known = sorted({c for text in texts[:200] for c in text.lower() if c.isprintable() and not c.isspace()})
    pieces = SPECIAL + ["want", "##want", "##ed", "wa", "un", "runn", "##ing", "don", "res", "##ume", "na", "##ive"]
    pieces += [c for c in known if c not in pieces] + ["##" + c for c in known]
    tests = FOLDER.parent / "Tests"
    folder = tests / "BERTTests" / "Fixtures"
    folder.joinpath("vocab.txt").write_bytes(("\n".join(pieces) + "\n").encode())
    plain = ["", " ", "unwanted running", "UNwantéd,running", "ah博推zz", "don't", "[SEP]x"[1:], "a" * 100, "a" * 101]
    texts = plain + texts
    with folder.joinpath("ids.jsonl").open("w") as file:
        small, cased = (reference({p: i for i, p in enumerate(pieces)}, lower) for lower in (True, False))
        for text in texts:
            line = {"text": text, "lower": small.encode(text).ids, "cased": cased.encode(text).ids}
            file.write(json.dumps(line, ensure_ascii=True) + "\n")
    model = SentenceTransformer(options.model, device="cpu")
    tokenizer = Tokenizer.from_file(options.model + "/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = [t for t in sentences(rng, 40) if len(tokenizer.encode(t).ids) <= model.max_seq_length]
    with (tests / "EmbeddingTests" / "Fixtures" / "minilm.jsonl").open("w") as file:
        for text, vector in zip(texts, model.encode(texts)):
            line = {"text": text, "ids": tokenizer.encode(text).ids, "vector": [float(f"{x:.7g}") for x in vector]}
            file.write(json.dumps(line, ensure_ascii=True) + "\n")
    print("fixtures written")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", default=".build/release/embedding-bench")
    parser.add_argument("--model", default=".build/models/minilm")
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--write-fixtures", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    if options.write_fixtures:
        return write_fixtures(options, rng)
    # A line break parts the pieces of a vocabulary, so it can be none.
    every = [chr(c) for c in SCALARS if c not in (0x0A, 0x0D)]
    pieces = SPECIAL + every + ["##" + c for c in every]
    own = pathlib.Path(options.model, "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
    context = [f"a{chr(c)}b {chr(c)} E{chr(c)}\u0301" for c in SCALARS]
    fuzz = [fuzzed(rng) for _ in range(20000)]
    wrong = 0
    for lower in (True, False):
        words = "lower-cased" if lower else "cased"
        wrong += check_ids(options, f"ids, every scalar, {words}", pieces, lower, context)
        wrong += check_ids(options, f"ids, fuzz, every piece, {words}", pieces, lower, fuzz)
        wrong += check_ids(options, f"ids, fuzz, the model's pieces, {words}", own, lower, fuzz)
    wrong += check_vectors(options, rng)
    for name, reason in EXCEPTIONS.items():
        print(f"  left out: {name}: {reason}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
