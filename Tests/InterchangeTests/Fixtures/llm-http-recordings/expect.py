"""Works out, independently of Sluice, what each recorded interaction answered: text, tool calls, tokens.

usage: expect.py interactions.jsonl > expected.jsonl
"""
import json
import sys


def events(body):
    for block in body.replace("\r\n", "\n").split("\n\n"):
        data = [line[5:].lstrip(" ") for line in block.split("\n") if line.startswith("data:")]
        if data and data != ["[DONE]"]:
            yield json.loads("\n".join(data))


def tokens(u):
    if not u:
        return None
    if "promptTokenCount" in u or "candidatesTokenCount" in u:
        inp = u.get("promptTokenCount")
        if inp is not None:
            inp += u.get("toolUsePromptTokenCount", 0)
        out = u.get("candidatesTokenCount")
        if "thoughtsTokenCount" in u:
            out = (out or 0) + u["thoughtsTokenCount"]
        return [inp, out]
    if "total_input_tokens" in u:
        return [u["total_input_tokens"], u["total_output_tokens"] + u.get("total_thought_tokens", 0)]
    if "cache_read_input_tokens" in u:
        return [u["input_tokens"] + u["cache_read_input_tokens"] + u["cache_creation_input_tokens"], u["output_tokens"]]
    if "prompt_tokens" in u:
        return [u["prompt_tokens"], u.get("completion_tokens")]
    return [u.get("input_tokens"), u.get("output_tokens")]


def call(name, arguments):
    if isinstance(arguments, str):
        arguments = json.loads(arguments) if arguments.strip() else {}
    return [name, arguments or {}]


def whole(b):
    if "choices" in b:
        c = b["choices"][0]
        m = c.get("message", {"content": c.get("text")})
        text = m.get("content") or m.get("refusal") or m.get("content")
        tools = [call(t["function"]["name"], t["function"]["arguments"]) for t in m.get("tool_calls") or []]
        return text, tools, tokens(b.get("usage"))
    if "candidates" in b:
        parts = b["candidates"][0].get("content", {}).get("parts", [])
        texts = [p["text"] for p in parts if "text" in p and not p.get("thought")]
        tools = [call(p["functionCall"]["name"], p["functionCall"].get("args")) for p in parts if "functionCall" in p]
        return "".join(texts) if texts else None, tools, tokens(b.get("usageMetadata"))
    if "output" in b or "steps" in b:
        texts, tools = [], []
        for o in b.get("output") or b.get("steps") or []:
            if o["type"] in ("message", "model_output"):
                texts += [c["text"] for c in o["content"] if "text" in c]
            if o["type"] == "function_call":
                tools.append(call(o["name"], o["arguments"]))
        return "".join(texts) if texts else None, tools, tokens(b.get("usage"))
    if isinstance(b.get("content"), list):
        texts = [c["text"] for c in b["content"] if c["type"] == "text"]
        tools = [call(c["name"], c["input"]) for c in b["content"] if c["type"] == "tool_use"]
        return "".join(texts) if texts else None, tools, tokens(b.get("usage"))
    if "completion" in b:
        return b["completion"], [], None
    if "message" in b:
        tools = [call(t["function"]["name"], t["function"]["arguments"]) for t in b["message"].get("tool_calls") or []]
        return b["message"]["content"], tools, [b.get("prompt_eval_count"), b.get("eval_count")]
    return None


def stream(body):
    evs = list(events(body))
    first = evs[0]
    text, tools, usage, args, names = None, [], {}, {}, {}
    if "choices" in first:
        for e in evs:
            usage = e.get("usage") or (e.get("x_groq") or {}).get("usage") or usage
            for c in e["choices"]:
                if c["index"] != 0:
                    continue
                d = c.get("delta", {"content": c.get("text")})
                if d.get("content") is not None:
                    text = (text or "") + d["content"]
                for i, t in enumerate(d.get("tool_calls") or []):
                    k = t.get("index", i)
                    names[k] = names.get(k, "") + (t["function"].get("name") or "")
                    args[k] = args.get(k, "") + (t["function"].get("arguments") or "")
        return text, [call(names[k], args[k]) for k in sorted(names)], tokens(usage)
    if "candidates" in first or "usageMetadata" in first:
        for e in evs:
            usage.update(e.get("usageMetadata") or {})
            for p in (e.get("candidates") or [{}])[0].get("content", {}).get("parts", []):
                if "text" in p and not p.get("thought"):
                    text = (text or "") + p["text"]
                if "functionCall" in p:
                    tools.append(call(p["functionCall"]["name"], p["functionCall"].get("args")))
        return text, tools, tokens(usage)
    if first.get("type") == "message_start":
        usage = dict(first["message"]["usage"])
        blocks = {}
        for e in evs:
            if e["type"] == "content_block_start":
                blocks[e["index"]] = [e["content_block"], ""]
            if e["type"] == "content_block_delta":
                d = e["delta"]
                blocks[e["index"]][1] += d.get("text") or d.get("partial_json") or ""
            if e["type"] == "message_delta":
                usage.update({k: v for k, v in e["usage"].items() if v is not None})
        for b, t in blocks.values():
            if b["type"] == "text":
                text = (text or "") + t
            if b["type"] == "tool_use":
                tools.append(call(b["name"], t))
        return text, tools, tokens(usage)
    if first.get("type") in ("completion", "ping"):
        return "".join(e.get("completion", "") for e in evs), [], None
    if str(first.get("type", "")).startswith("response."):
        return whole(evs[-1]["response"])
    if str(first.get("event_type", "")).startswith("interaction."):
        texts = [e["delta"]["text"] for e in evs if e.get("event_type") == "step.delta" and e["delta"].get("type") == "text"]
        last = [e["interaction"] for e in evs if e.get("event_type") == "interaction.completed"][-1]
        return "".join(texts) if texts else None, [], tokens(last.get("usage"))
    return None


for number, line in enumerate(open(sys.argv[1]), 1):
    r = json.loads(line)
    if r["status"] // 100 != 2 or "embeddings" in r["uri"] or "rerank" in r["uri"] or "cachedContents" in r["uri"]:
        continue
    try:
        got = stream(r["body"]) if r["stream"] else whole(json.loads(r["body"]))
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        print(number, r["uri"], r["stream"], repr(error), file=sys.stderr)
        continue
    if got is None:
        print(number, r["uri"], "unknown shape", file=sys.stderr)
        continue
    text, tools, usage = got
    print(json.dumps({"line": number, "text": text, "tools": tools, "tokens": usage}, ensure_ascii=False))
