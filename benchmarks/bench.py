"""Measures Sluice beside its peers and writes docs/benchmarks.md; started by `make bench` (scripts/bench)."""

import argparse
import datetime
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
import metric_files
import workload
from measure import ROOT, Failure, program, run, server, table

VENV = ROOT / ".build" / "bench-venv" / "bin" / "python"
ORACLES = ROOT / ".build" / "oracle-venv" / "bin" / "python"
POLICY = ROOT / "examples" / "helpdesk" / "sluice.yaml"
VERDICTS = (0, 1, 2)
PARTS = ("cost", "memory", "start", "gate", "statistics", "metrics", "meaning")
TRANSFORMERS = ROOT / ".build" / "embedding-venv" / "bin" / "python"
MODEL = ROOT / ".build" / "models" / "minilm"

COST_TARGET_MS = 0.25
MEMORY_TARGET_MB = 64
VERSION_TARGET_MS = 10
VALIDATE_TARGET_MS = 30
GATE_TARGET_S = 20
# What statistics-bench times: its name there, what it does, and the peers' name with the ratio that is wanted.
STATISTICS = [
    ("bca-bootstrap", "BCa bootstrap of a mean, 10,000 × 1,000", "bca-bootstrap", "scipy.stats.bootstrap, BCa", 10),
    ("percentile-bootstrap", "percentile bootstrap of a mean, 10,000 × 1,000", "percentile-bootstrap",
     "scipy.stats.bootstrap, percentile, vectorised", 2),
    ("percentile-bootstrap", "the same", "percentile-by-hand", "NumPy by hand, in pieces that fit the cache", None),
    ("mann-whitney", "Mann-Whitney, 10⁵ and 10⁵ values", "mann-whitney", "scipy.stats.mannwhitneyu", 5),
    ("kolmogorov-smirnov", "Kolmogorov-Smirnov, 10⁵ and 10⁵ values", "kolmogorov-smirnov", "scipy.stats.ks_2samp", 5),
]
UPDATE_TARGET_NS = 100
# What metrics-bench times: its name there and at the peers', what it does, the peer, the ratio that is wanted.
METRICS = [
    ("rouge_l", "rouge_l", "ROUGE-L, a pair of 20 to 60 words", "rouge-score", 50),
    ("rouge_lsum", "rouge_lsum", "ROUGE-Lsum, the same", "rouge-score", None),
    ("bleu", "bleu", "BLEU, the same", "sacrebleu", 10),
    ("chrf", "chrf", "chrF2, the same", "sacrebleu", 10),
    ("chrf_pp", "chrf_pp", "chrF2++, the same", "sacrebleu", None),
    ("ter", "ter", "TER, the same", "sacrebleu", None),
    ("schema", "schema", "JSON Schema 2020-12, an answer of 1.5 kB", "jsonschema", 20),
    ("retrieval", "retrieval", "11 measures of 200 topics × 200 documents, from files", "pytrec_eval (C)", 1),
    ("retrieval", "ranx", "the same", "ranx, compiled before", 5),
]
MEANING_TARGET = 2.5
LOAD_TARGET_MS = 300
EMBED_TARGET_S = 10


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="interleaved runs, of which the median counts (3)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure one part and print it")
    parser.add_argument("--quick", action="store_true", help="a tenth of the examples, one run; written nowhere")
    parser.add_argument("--no-peers", action="store_true", help="leave inspect-ai and deepeval out")
    return parser.parse_args()


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Bench:
    """One run of the benchmark: its options, its scratch folder, and the families this release can measure."""

    def __init__(self, given, work):
        self.given = given
        self.work = work
        self.scale = 10 if given.quick else 1
        self.runs = 1 if given.quick else given.runs
        self.rows = {}

    @functools.cached_property
    def families(self):
        """Those that ask no model: what a model costs is told apart."""
        listed = json.loads(
            subprocess.run([program("sluice"), "metrics", "--json"], capture_output=True, check=True).stdout)
        return [metric["name"] for metric in listed["metrics"]
                if not any("'embedding'" in need for need in metric["needs"])]

    def dataset(self, count):
        """The file with `count` rows, written when first asked for."""
        if count not in self.rows:
            path = self.work / f"examples-{count}.jsonl"
            workload.write_dataset(path, count)
            self.rows[count] = path
        return self.rows[count]

    # ------------------------------------------------------------------------------------------- subjects

    def sluice(self, arms, count, address):
        """One `sluice eval` over `count` examples, in a folder and store of its own."""
        folder = self.work / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "examples.jsonl").symlink_to(self.dataset(count))
        (folder / "answer.schema.json").write_text(json.dumps(workload.SCHEMA))
        unknown = workload.write_policy(folder / "sluice.yaml", address, arms, self.families)
        if unknown:
            raise Failure(f"benchmarks/workload.py does not know the metrics {', '.join(unknown)}")
        return run(
            [program("sluice"), "eval", "--policy", folder / "sluice.yaml", "--store", folder / "store",
             "--no-cache", "--quiet", "--change", "prompt"], expect=VERDICTS)

    def inspect(self, count):
        logs = self.work / "inspect"
        shutil.rmtree(logs, ignore_errors=True)
        return run(
            [VENV, ROOT / "benchmarks" / "run_inspect.py", self.dataset(count), count, logs], folder=self.work)

    def deepeval(self, count):
        folder = self.work / "deepeval"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return run([VENV, ROOT / "benchmarks" / "run_deepeval.py", self.dataset(count), count], folder=folder)

    # ---------------------------------------------------------------------------------------------- parts

    def cost(self):
        """CPU per example: the slope between two sizes, and the whole at a third."""
        own = [1_000 // self.scale, 10_000 // self.scale, 11_000 // self.scale]
        slow = [1_000 // self.scale, 3_000 // self.scale]
        with server([program("instant-app")]) as address:
            subjects = [
                ("Sluice, candidate only", own, lambda count: self.sluice(1, count, address)),
                ("Sluice, candidate and baseline", own, lambda count: self.sluice(2, count, address)),
            ]
            if not self.given.no_peers:
                subjects += [("inspect-ai", slow, self.inspect), ("deepeval", own, self.deepeval)]
            used = {}
            for turn in range(self.runs):
                for name, sizes, measured in subjects:
                    for count in sizes:
                        usage = measured(count)
                        used.setdefault((name, count), []).append(usage)
                        say(f"run {turn + 1}: {name}, {count:,} examples: {usage.cpu_seconds:.2f} s CPU, "
                            f"{usage.wall_seconds:.2f} s, {usage.peak_bytes / 2**20:.0f} MB")
        rows = []
        for name, sizes, _ in subjects:
            seconds = {
                count: statistics.median(usage.cpu_seconds for usage in used[name, count]) for count in sizes}
            low, high = sizes[0], sizes[-1]
            slope = (seconds[high] - seconds[low]) / (high - low) * 1000
            whole = sizes[1]
            share = seconds[whole] / whole * 1000
            rows.append([
                name, f"**{slope:.3f} ms**", f"{low:,} → {high:,}", f"**{share:.3f} ms** ({whole:,})",
                f"{seconds[low]:.2f} s",
                self.met(max(slope, share), COST_TARGET_MS, "ms") if name.startswith("Sluice") else "",
            ])
        return table(
            ["", "CPU per example (slope)", "examples", "whole run ÷ examples", f"CPU at {own[0]:,}", "target"], rows)

    def memory(self):
        """Peak memory at two sizes."""
        low, high = 1_000 // self.scale, 100_000 // self.scale
        rows = []
        with server([program("instant-app")]) as address:
            for arms, name in ((1, "candidate only"), (2, "candidate and baseline")):
                small, large = (self.sluice(arms, count, address) for count in (low, high))
                growth = (large.peak_bytes - small.peak_bytes) / 2**20
                say(f"{name}: {small.peak_bytes / 2**20:.1f} → {large.peak_bytes / 2**20:.1f} MB")
                rows.append([
                    name, f"{small.peak_bytes / 2**20:.1f} MB", f"{large.peak_bytes / 2**20:.1f} MB",
                    f"**{growth:+.1f} MB**", f"{large.cpu_seconds:.1f} s",
                    f"{large.wall_seconds:.1f} s", self.met(growth, MEMORY_TARGET_MB, "MB"),
                ])
        return table(
            ["", f"at {low:,} examples", f"at {high:,}", "growth", f"CPU at {high:,}", "wall time", "target"], rows)

    def start(self):
        """Wall time of the two shortest commands, median of 20."""
        rows = []
        for words, target in ((["--version"], VERSION_TARGET_MS),
                              (["validate", "--policy", POLICY], VALIDATE_TARGET_MS)):
            taken = [run([program("sluice"), *words], pinned=False).wall_seconds * 1000 for _ in range(20)]
            shown = "sluice " + words[0] + (" (examples/helpdesk)" if len(words) > 1 else "")
            middle = statistics.median(taken)
            rows.append([f"`{shown}`", f"**{middle:.1f} ms**", f"{min(taken):.1f} ms", self.met(middle, target, "ms")])
        return table(["", "median of 20", "fastest", "target"], rows)

    def gate(self):
        """Wall time of the demo's gate."""
        store = self.work / "gate"
        helpdesk = program("helpdesk")
        with server([helpdesk, "--port", "0", "--version-of", "v1"], pinned=False) as before, \
                server([helpdesk, "--port", "0", "--version-of", "v2-better"], pinned=False) as after:
            usage = run(
                [program("sluice"), "eval", "--policy", POLICY, "--baseline", before + "/v1/answer",
                 "--candidate", after + "/v1/answer", "--change", "model", "--no-cache", "--quiet",
                 "--store", store], pinned=False, expect=VERDICTS)
        verdict = ("SHIP", "BLOCK", "CANNOT TELL")[usage.status]
        examples = sum(
            1 for path in (POLICY.parent / "golden").glob("*.jsonl") for _ in path.open(encoding="utf-8"))
        return table(
            ["", "examples", "wall time", "CPU of Sluice", "verdict", "target"],
            [["v1 → v2-better", examples, f"**{usage.wall_seconds:.1f} s**", f"{usage.cpu_seconds:.2f} s", verdict,
              self.met(usage.wall_seconds, GATE_TARGET_S, "s")]])

    def statistics(self):
        """Processor time of one call, beside SciPy's; and of one update of each sequence."""
        quick = ["--quick"] if self.given.quick else []
        ours, theirs = {}, {}
        for turn in range(self.runs):
            self.timed(ours, [program("statistics-bench"), *quick])
            if not self.given.no_peers:
                self.timed(theirs, [ORACLES, ROOT / "benchmarks" / "run_scipy.py", *quick])
            say(f"run {turn + 1}: statistics")
        rows = []
        for name, words, peer, peer_words, wanted in STATISTICS:
            mine = statistics.median(ours[name])
            other = statistics.median(theirs[peer]) if theirs else None
            target = ""
            if wanted:
                target = f"≥ {wanted}×" + (f": {'met' if other / mine >= wanted else 'missed'}" if other else "")
            rows.append([
                words, f"{mine * 1000:.2f} ms", peer_words, f"{other * 1000:.2f} ms" if other else "",
                f"**{other / mine:.1f}×**" if other else "", target])
        updates = [
            [name.removeprefix("update "), f"**{statistics.median(taken) * 1e9:.1f} ns**",
             self.met(statistics.median(taken) * 1e9, UPDATE_TARGET_NS, "ns")]
            for name, taken in ours.items() if name.startswith("update ")]
        return (
            table(["one thread, processor time of one call", "Sluice", "peer", "", "ratio", "target"], rows)
            + "\n\n" + table(["one update of", "", "target"], updates))

    def metrics(self):
        """Processor time of one pair, value or run, beside the packages that people come from."""
        folder = self.work / "metrics"
        folder.mkdir(exist_ok=True)
        metric_files.write(folder)
        quick = ["--quick"] if self.given.quick else []
        ours, theirs = {}, {}
        for turn in range(self.runs):
            self.timed(ours, [program("metrics-bench"), folder, *quick])
            if not self.given.no_peers:
                self.timed(theirs, [ORACLES, ROOT / "benchmarks" / "run_metrics.py", folder, *quick])
            say(f"run {turn + 1}: metrics")
        rows = []
        for name, peer, words, peer_words, wanted in METRICS:
            mine = statistics.median(ours[name])
            other = statistics.median(theirs[peer]) if theirs else None
            target = ""
            if wanted:
                target = f"≥ {wanted}×" + (f": {'met' if other / mine >= wanted else 'missed'}" if other else "")
            rows.append([
                words, f"{mine * 1e6:.2f} µs", peer_words, f"{other * 1e6:.1f} µs" if other else "",
                f"**{other / mine:.1f}×**" if other else "", target])
        return table(["one thread, processor time", "Sluice", "peer", "", "ratio", "target"], rows)

    def meaning(self):
        """Embedding and BERTScore beside sentence-transformers and bert-score, on one core; and a run's on two."""
        texts, pairs = self.work / "texts.jsonl", self.work / "pairs.jsonl"
        count = workload.write_pairs(texts, pairs, 512 // self.scale)
        bench = program("embedding-bench")
        one, two, theirs = {}, {}, {}
        for turn in range(self.runs):
            self.timed(one, [bench, MODEL, "--time", "--threads", 1], texts)
            self.timed(one, [bench, MODEL, "--time-scores", "bertscore", "--threads", 1], pairs)
            self.timed(two, [bench, MODEL, "--time", "--threads", 2], texts, pinned=False)
            if not self.given.no_peers:
                self.timed(theirs, [TRANSFORMERS, ROOT / "benchmarks" / "run_transformers.py", MODEL, texts, pairs])
            say(f"run {turn + 1}: meaning")
        rows = []
        for name, peer_name, words, unit, number, peer in (
                ("embed", "embed", "embedding", "texts", 2 * count, "sentence-transformers"),
                ("score", "bertscore", "BERTScore", "pairs", count, "bert-score")):
            mine = statistics.median(one[name])
            other = statistics.median(theirs[peer_name]) if theirs else None
            met = f": {'met' if other / mine >= MEANING_TARGET else 'missed'}" if other else ""
            rows.append([
                f"{words}, {number:,} {unit}", f"{number / mine:.0f} {unit}/s", peer,
                f"{number / other:.0f} {unit}/s" if other else "", f"**{other / mine:.1f}×**" if other else "",
                f"≥ {MEANING_TARGET}×{met}"])
        load = statistics.median(one["load"]) * 1000
        both = statistics.median(two["embed"])
        return table(["one thread, wall clock", "Sluice", "peer", "", "ratio", "target"], rows) + "\n\n" + table(
            ["", "", "target"],
            [["loading the model", f"**{load:.0f} ms**", self.met(load, LOAD_TARGET_MS, "ms")],
             [f"embedding {2 * count:,} texts, a run of {count} examples, on two cores", f"**{both:.1f} s**",
              self.met(both, EMBED_TARGET_S, "s")]])

    def timed(self, taken, command, source=None, pinned=True):
        """Adds the lines `NAME <tab> SECONDS` that a command prints; it may read a file."""
        own, _ = measure.cores()
        with open(source or os.devnull, "rb") as lines:
            done = subprocess.run(
                [str(word) for word in command], stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=measure.environment(), check=False,
                preexec_fn=(lambda: os.sched_setaffinity(0, own)) if pinned else None)
        if done.returncode != 0:
            raise Failure(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        for line in done.stdout.splitlines():
            name, seconds = line.split("\t")[:2]
            taken.setdefault(name, []).append(float(seconds))

    def met(self, value, target, unit):
        return f"≤ {target} {unit}: {'met' if value <= target else 'missed'}"

    # --------------------------------------------------------------------------------------------- report

    def write(self, parts, facts):
        count = len(workload.METRICS)
        left_out = ", ".join(f"`{name}` ({why})" for name, why in workload.LEFT_OUT.items())
        facts = {**facts, "Sluice": f"commit {measure.commit()}", "peers": peers(),
                 "date": datetime.date.today().isoformat()}
        text = f"""# Benchmarks

Made by `make bench`, which measures everything below in one run and writes this page.

{table(["fact", ""], facts.items())}

## Own cost

Processor time, user and system, of the measured process alone: what a run costs beside the app. All are held to one
core, the app to another; one OpenBLAS kernel for all; median of {self.runs} interleaved runs. The slope between two
sizes leaves the start out. For Sluice it flatters: below 5,000 examples the verdict draws 10,000 resamples, from there
on 2,000, so that the smaller size carries more of them; the target is held against the larger of both numbers.

{parts["cost"]}

What each did for that time:

- **Sluice**: asked an app over HTTP that answers at once, 64 at a time (1.4 kB of JSON with five documents); parsed;
  measured {count} metrics (without {left_out}, and without those timed under Metrics or made for
  agents and safety); wrote every observation to compressed evidence and the
  run to SQLite, without cache; judged {len(workload.BOUNDS)} bounds, and with the baseline asked as well
  {len(workload.RELATIVE)} comparisons with their resampling, and three slices; wrote the HTML report. One example of
  two arms is two requests; their answers differ for one request in ten.
- **inspect-ai**: no HTTP, no model: a solver that returns an answer from memory; three scorers (`includes`, `exact`,
  `f1`); 64 samples at a time; its log on.
- **deepeval**: no HTTP: test cases that hold their answers; two metrics that need no model (exact match, pattern
  match); its own `evaluate` as it is fastest: in turn, and without its cache file, with which the time grows faster
  than the number of cases; nothing printed or sent.

## Memory

Peak resident set of one run each of the same work.

{parts["memory"]}

## Start

{parts["start"]}

## The demo's gate

Both arms of `examples/helpdesk` asked over its whole golden set, judged and reported.

{parts["gate"]}

## Statistics

Both sides on one core in turn, the same work, one thread; median of {self.runs} runs, each the least of five turns.

{parts["statistics"]}

## Metrics

Both sides on one core in turn, the same files, one thread; median of {self.runs} runs, each the least of five turns. A
pair of texts is measured with nothing kept from another, and files are read, parsed and ranked each time.

{parts["metrics"]}
## Meaning

all-MiniLM-L6-v2 on this processor: embedding beside sentence-transformers, BERTScore beside bert-score, the same weights
and texts (distinct pairs of 20 to 60 tokens), torch and Sluice with one thread on one core in turn; median of {self.runs}
runs, each the least of three turns, the model loaded before.

{parts["meaning"]}
"""
        (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
        say("wrote docs/benchmarks.md")


def peers():
    """The versions that the environment holds."""
    asked = "from importlib.metadata import version as v; import platform as p; " \
            "print(f\"inspect-ai {v('inspect-ai')}, deepeval {v('deepeval')}, Python {p.python_version()}\")"
    meaning_asked = "from importlib.metadata import version as v; print(f\"torch {v('torch')}, " \
        "sentence-transformers {v('sentence-transformers')}, bert-score {v('bert-score')}\")"
    statistics_asked = "from importlib.metadata import version as v; print(f\"SciPy {v('scipy')}, NumPy {v('numpy')}\")"
    return ", ".join(measure.words_of(words) for words in (
        [str(VENV), "-c", asked], [str(ORACLES), "-c", statistics_asked],
        [str(TRANSFORMERS), "-c", meaning_asked]))


def main():
    given = options()
    if not given.no_peers and not (VENV.exists() and ORACLES.exists() and TRANSFORMERS.exists()):
        raise Failure("the peers are not installed: run 'scripts/bootstrap bench' first")
    facts = measure.machine()
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        bench = Bench(given, Path(folder))
        parts = {}
        for part in given.only or PARTS:
            parts[part] = getattr(bench, part)()
            print(f"{parts[part]}\n", flush=True)
        if len(parts) == len(PARTS) and not given.quick and not given.no_peers:
            bench.write(parts, facts)


try:
    main()
except Failure as problem:
    sys.exit(f"bench: {problem}")
except KeyboardInterrupt:
    sys.exit(130)
