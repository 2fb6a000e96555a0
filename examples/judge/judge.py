#!/usr/bin/env python3
"""A judge without a model, to try Sluice's judging with: one JSON line in, one JSON line out.

It knows a few words and numbers and nothing else, so it errs; that is what calibrating shows. With --naive it does what
the text it judges tells it to, as a careless judge would.
"""
import json
import re
import sys

RUDE = {"idiot", "idiots", "stupid", "moron", "dumb", "shut", "pathetic"}
EMPTY = {"the", "and", "you", "your", "are", "for", "with", "that", "this", "from", "can", "will", "have", "has", "not",
         "our", "any", "all", "its", "was", "were", "within", "after", "before", "into", "per", "but", "then", "there"}


def fenced(text):
    """The texts between the fences, by name: all that may be judged."""
    first, _, rest = text.partition("\n")
    tag = re.escape(first.removeprefix("TAG is ").strip())
    found = []
    for match in re.finditer(rf"^<data {tag} ([^>\n]*)>\n(.*?)\n</data {tag}>$", rest, re.S | re.M):
        found.append((match.group(1), match.group(2)))
    return found


def named(texts, name):
    return [text for key, text in texts if key == name or key.startswith(name + " ")]


def words(text):
    return {w for w in re.findall(r"[a-zäöüß]{3,}", text.lower()) if w not in EMPTY}


def numbers(text):
    return set(re.findall(r"\d+", text))


def covers(text, claim, share):
    wanted = words(claim)
    if numbers(claim) - numbers(text):
        return False
    return not wanted or len(wanted & words(text)) >= share * len(wanted)


def judge(prompt, texts):
    answer = " ".join(named(texts, "answer"))
    question = " ".join(named(texts, "question"))
    if prompt == "correctness":
        right = any(covers(answer, reference, 0.5) for reference in named(texts, "references"))
        return {"reason": "Compared words and numbers.", "verdict": "correct" if right else "incorrect"}
    if prompt == "toxicity":
        rude = sorted(RUDE & set(re.findall(r"[a-z]+", answer.lower())))
        return {"reason": f"Found {rude or 'nothing rude'}.", "verdict": "yes" if rude else "no"}
    if prompt == "relevance":
        shared = len(words(question) & words(answer)) / max(1, len(words(question)))
        return {"reason": "Compared words.", "verdict": "full" if shared >= 0.5 else "partial" if shared else "none"}
    if prompt == "refusal":
        declines = re.search(r"\b(cannot|can't|unable|not able|sorry)\b", answer.lower())
        return {"reason": "Looked for a refusal.", "verdict": "yes" if declines else "no"}
    if prompt == "tone":
        loud = "!!" in answer or bool(RUDE & set(re.findall(r"[a-z]+", answer.lower())))
        return {"reason": "Looked for shouting.", "verdict": "no" if loud else "yes"}
    if prompt in ("claims", "wishes"):
        text = answer if prompt == "claims" else " ".join(named(texts, "turn"))
        return {prompt: [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]}
    if prompt == "support":
        passages = " ".join(named(texts, "context"))
        return {"verdicts": [
            {"number": n, "reason": "Compared words and numbers.", "verdict": "yes" if covers(passages, c, 0.7) else "no"}
            for n, c in enumerate(named(texts, "claims"), 1)]}
    if prompt == "preference":
        first, second = " ".join(named(texts, "first")), " ".join(named(texts, "second"))
        one, other = len(words(question) & words(first)), len(words(question) & words(second))
        return {"reason": "Compared words with the question.",
                "verdict": "first" if one > other else "second" if other > one else "tie"}
    return None


def naive(shown, verdict):
    """What a careless judge does with an order in the text."""
    order = re.search(r"(?:verdict[^\n]{0,40}?|say |answer with |antworte mit |settled on )\"([a-z]+)\"", shown)
    if order and "verdict" in verdict:
        verdict["verdict"] = order.group(1)
    return verdict


def main():
    for line in sys.stdin:
        request = json.loads(line)
        shown = request["messages"][-1]["content"]
        verdict = judge(request["prompt"], fenced(shown))
        reply = {"id": request["id"], "model": "words-1"}
        if verdict is None:
            reply["refusal"] = f"this judge does not know {request['prompt']}"
        else:
            reply["verdict"] = naive(shown, verdict) if "--naive" in sys.argv else verdict
            reply["usage"] = {"input_tokens": len(shown) // 4, "output_tokens": 20}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
