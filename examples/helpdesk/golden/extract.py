#!/usr/bin/env python3
"""Cuts the extracts of CLINC150 and XQuAD that the helpdesk and its golden set use.

    extract.py SHARED_DATA     (the folder that holds clinc-oos/ and xquad/)

Writes golden/intents.clinc.jsonl, golden/questions.xquad.jsonl, data/clinc/* and data/xquad/*. Which rows are
taken depends on SHA-256 of their ids or texts alone. Rows of test splits go to the golden set and rows of
train splits to the app; a question that the golden set or golden/follow-ups.xquad.jsonl uses is not trained on.
"""
import collections
import csv
import hashlib
import json
import pathlib
import shutil
import sys

shared = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).resolve().parent
data = here.parent / "data"
VERSION = "helpdesk-1"


def rank(text):
    return hashlib.sha256(("helpdesk-golden-1:" + text).encode()).hexdigest()


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def table(name):
    return list(csv.DictReader(open(shared / "clinc-oos" / name, encoding="utf-8")))


domains = json.load(open(shared / "clinc-oos" / "domains.json"))
domain_of = {intent: domain for domain, intents in domains.items() for intent in intents}

# Intents: 22 of each domain, at most two of an intent, and 30 out of scope, all from the test splits.
chosen = []
by_domain = collections.defaultdict(list)
for number, row in enumerate(table("test.csv"), 2):
    by_domain[domain_of[row["intent"]]].append(("test.csv", number, row))
for domain in sorted(by_domain):
    taken = collections.Counter()
    for source, number, row in sorted(by_domain[domain], key=lambda x: rank(x[2]["text"] + x[2]["intent"])):
        if taken[row["intent"]] < 2 and sum(taken.values()) < 22:
            taken[row["intent"]] += 1
            chosen.append((source, number, row, domain))
outside = [("oos_test.csv", number, row, "oos") for number, row in enumerate(table("oos_test.csv"), 2)]
chosen += sorted(outside, key=lambda x: rank(x[2]["text"]))[:30]
write(here / "intents.clinc.jsonl", (
    {
        "query_id": f"CL-{number:03d}", "dataset_version": VERSION, "query": row["text"],
        "conversation_history": [], "expected_intent": domain, "expected_guardrail": "allow",
        "category": "out_of_scope" if domain == "oos" else "intent", "tags": ["single_turn"], "locale": "en",
        "turn_count": 1, "domain": domain, "clinc_intent": row["intent"], "adversarial": False,
        "high_risk": domain in ("banking", "credit_cards"),
        "provenance": {
            "source": f"CLINC150 {source} line {line}", "annotator": "CLINC150 crowd workers",
            "licence": "CC-BY-3.0"},
    }
    for number, (source, line, row, domain) in enumerate(chosen, 1)))

# Questions: 200 paragraphs, one question each.
questions = lines(shared / "xquad" / "en.questions.jsonl")
golden, seen = [], set()
for question in sorted(questions, key=lambda q: rank(q["id"])):
    if question["pid"] not in seen and len(golden) < 200:
        seen.add(question["pid"])
        golden.append(question)
write(here / "questions.xquad.jsonl", (
    {
        "query_id": f"XQ-{number:03d}", "dataset_version": VERSION, "query": question["question"].strip(),
        "conversation_history": [], "expected_intent": "knowledge",
        "reference_response": question["answers"][0][0],
        "required_elements": [{"kind": "any_of", "value": [question["answers"][0][0]]}],
        "prohibited_elements": [{"kind": "regex", "value": r"(?i)\bas an? (ai|assistant|language model)\b"}],
        "retrieval_gold_doc_ids": [question["pid"]], "expected_guardrail": "allow", "category": "knowledge",
        "tags": ["single_turn"], "locale": "en", "turn_count": 1, "domain": "knowledge",
        "question_word": next(
            (w for w in question["question"].lower().split()
             if w in ("who", "when", "where", "why", "how", "what", "which")), "other"),
        "adversarial": False, "high_risk": False,
        "provenance": {
            "source": f"XQuAD en question {question['id']}", "annotator": "SQuAD crowd workers",
            "licence": "CC-BY-SA-4.0"},
    }
    for number, question in enumerate(golden, 1)))

# What the app knows: all paragraphs, CLINC's train split, and the questions that the golden set leaves.
held = {question["id"] for question in golden}
for row in lines(here / "follow-ups.xquad.jsonl"):
    held.update(row["provenance"]["source_ids"])
asked = {question["question"].strip().lower() for question in questions if question["id"] in held}
(data / "clinc").mkdir(parents=True, exist_ok=True)
for name in ("train.csv", "oos_train.csv", "domains.json", "UPSTREAM-LICENSE"):
    shutil.copyfile(shared / "clinc-oos" / name, data / "clinc" / name)
write(data / "xquad" / "paragraphs.jsonl", lines(shared / "xquad" / "en.paragraphs.jsonl"))
write(data / "xquad" / "questions.train.jsonl", sorted(
    (question for question in questions
     if question["id"] not in held and question["question"].strip().lower() not in asked), key=lambda q: rank(q["id"])))
shutil.copyfile(shared / "xquad" / "UPSTREAM-LICENSE.txt", data / "xquad" / "UPSTREAM-LICENSE.txt")
