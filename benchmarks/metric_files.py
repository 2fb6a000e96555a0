"""Writes what metrics-bench and its peers are timed on: pairs of texts, a schema with values, judgements with a ranking."""
import json
import random

WORDS = ("the customer asked whether a refund takes more than five days and the agent replied that an order which was "
         "paid by card is refunded within a week while gift cards need ten days because a person has to check them "
         "first before anything is sent back to the account that it came from").split()

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
    "required": ["id", "answer", "documents", "intent"],
    "properties": {
        "id": {"type": "string", "pattern": "^GD-[0-9]+$"},
        "answer": {"type": "string", "minLength": 1, "maxLength": 4000},
        "intent": {"enum": ["refund", "cancel", "status", "other"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "documents": {"type": "array", "maxItems": 10, "items": {"$ref": "#/$defs/document"}},
        "usage": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
    },
    "additionalProperties": False,
    "$defs": {"document": {
        "type": "object", "required": ["id", "score"],
        "properties": {"id": {"type": "string"}, "score": {"type": "number"}, "text": {"type": "string"}},
        "oneOf": [{"required": ["text"]}, {"not": {"required": ["text"]}}]}},
}


def write(folder, seed=20261120):
    """Fills the folder: 512 pairs of 20 to 60 words, 512 values, 200 topics of 200 documents."""
    rng = random.Random(seed)
    with open(folder / "pairs.jsonl", "w", encoding="utf-8") as out:
        for _ in range(512):
            reference = [rng.choice(WORDS) for _ in range(rng.randrange(20, 61))]
            text = [rng.choice(WORDS) if rng.random() < 0.3 else word for word in reference if rng.random() > 0.1]
            pair = {"text": sentence(text), "reference": sentence(reference)}
            out.write(json.dumps(pair) + "\n")
    (folder / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    with open(folder / "values.jsonl", "w", encoding="utf-8") as out:
        for number in range(512):
            out.write(json.dumps(value(rng, number)) + "\n")
    with open(folder / "qrels.txt", "w") as judged, open(folder / "run.txt", "w") as run:
        for topic in range(200):
            documents = [f"doc-{rng.randrange(10 ** 7)}" for _ in range(300)]
            for document in dict.fromkeys(documents[:150]):
                judged.write(f"{topic} 0 {document} {rng.choice([0, 0, 0, 1, 2])}\n")
            ranked = list(dict.fromkeys(documents[50:250]))
            rng.shuffle(ranked)
            for rank, document in enumerate(ranked):
                run.write(f"{topic} Q0 {document} {rank + 1} {1000 - rank + rng.random():.6f} bench\n")


def sentence(words):
    return " ".join(words or ["nothing"]).capitalize() + "."


def value(rng, number):
    documents = [{"id": f"d{rng.randrange(1000)}", "score": rng.random()} for _ in range(5)]
    for document in documents[:3]:
        document["text"] = sentence([rng.choice(WORDS) for _ in range(20)])
    made = {"id": f"GD-{number}", "answer": sentence([rng.choice(WORDS) for _ in range(40)]), "intent": "refund",
            "confidence": rng.random(), "documents": documents, "usage": {"input": 800, "output": 120}}
    # One in five is wrong somewhere.
    fault = rng.randrange(20)
    if fault == 0:
        made["intent"] = "unheard of"
    elif fault == 1:
        made["usage"]["output"] = -1
    elif fault == 2:
        del documents[4]["score"]
    elif fault == 3:
        made["extra"] = True
    return made
