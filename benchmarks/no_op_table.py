"""Runs fifty changes that change nothing and fifty that break something; writes docs/false-alarms.md."""

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import measure
from measure import ROOT, Failure, program, server, table

POLICY = ROOT / "examples" / "helpdesk" / "sluice.yaml"
VERDICTS = {0: "SHIP", 1: "BLOCK", 2: "CANNOT TELL"}

# Every broken release of the app: the stage that its report must name, and the kind of change it came as.
BROKEN = {
    "broken-retriever": ("retrieval", "retriever"),
    "broken-classifier": ("routing", "classifier"),
    "broken-verbose": ("generation", "prompt"),
    "broken-format": ("format", "prompt"),
    "broken-guardrail": ("guardrail", "guardrail"),
    "broken-overblock": ("guardrail", "guardrail"),
    "broken-slow": ("operation (retrieval", "infra"),
}


def options():
    parser = argparse.ArgumentParser(prog="scripts/no-op-table", description=__doc__)
    parser.add_argument("--changes", type=int, default=50, help="changes of each kind (50)")
    parser.add_argument("--first-seed", type=int, default=1, help="seeds are counted from here (1)")
    parser.add_argument("--keep", type=Path, help="a folder for the reports in JSON, for reading afterwards")
    parser.add_argument("--dry", action="store_true", help="print the table, write no page")
    return parser.parse_args()


def serve(stack, release, seed, jitter):
    words = ["--port", "0", "--version-of", release, "--seed", seed, "--jitter", jitter]
    return stack.enter_context(
        server([program("helpdesk"), *map(str, words)], pinned=False)) + "/v1/answer"


def evaluate(baseline, candidate, kind, seed, repeats):
    """One gate in a store of its own: its verdict and its report."""
    with tempfile.TemporaryDirectory(prefix="sluice-no-op-") as store:
        done = subprocess.run(
            [program("sluice"), "eval", "--policy", POLICY, "--baseline", baseline, "--candidate", candidate,
             "--change", kind, "--seed", str(seed), "--repeat", str(repeats), "--no-cache", "--quiet", "--json",
             "--store", store],
            capture_output=True, text=True, env=measure.environment(), check=False)
        if done.returncode not in VERDICTS:
            raise Failure(f"sluice eval ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return VERDICTS[done.returncode], json.loads(done.stdout)


def reasons(report):
    """What did not hold: gates with their p, and slices that blocked."""
    found = []
    for gate in report["gates"]:
        if gate["outcome"] in ("passes", "notJudged", "not judged"):
            continue
        p = gate.get("adjusted_p")
        place = f" in {gate['slice']}" if gate["slice"] else ""
        said = f" ({gate['note']})" if gate["note"] else ""
        found.append(f"`{gate['rule']}`{place}: {gate['outcome']}" + (f", adjusted p {p:.2g}" if p is not None else "")
                     + (f", {shown(gate)}" if shown(gate) else "") + said)
    for one in report["slices"]:
        if one["outcome"] == "fails":
            found.append(f"slice {one['slice']} = {one['value']} of {one['metric']}: fails")
    return found


def shown(gate):
    """Before and after, where the gate has both."""
    before, after = gate["baseline"], gate["candidate"]
    if not before or not after:
        return f"{after['value']:.4g}" if after else ""
    return f"{before['value']:.4g} → {after['value']:.4g}"


def keep(given, name, report):
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        (given.keep / f"{name}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


def no_ops(given):
    """v1 against v1 with other seeds; a fifth with two repeats, a fifth with three."""
    verdicts, odd = {}, []
    for number in range(given.changes):
        repeats = {3: 2, 4: 3}.get(number % 5, 1)
        with ExitStack() as stack:
            seed = given.first_seed + 2 * number
            baseline = serve(stack, "v1", seed, 1)
            candidate = serve(stack, "v1", seed + 1, 1)
            verdict, report = evaluate(baseline, candidate, "model", seed, repeats)
        keep(given, f"no-op-{number + 1:02d}", report)
        verdicts.setdefault(repeats, Counter())[verdict] += 1
        print(f"no-op {number + 1}: repeats {repeats}: {verdict}", file=sys.stderr, flush=True)
        if verdict != "SHIP":
            odd.append((f"no-op {number + 1} (seeds {seed} and {seed + 1}, {repeats}×)", verdict,
                        "; ".join(reasons(report)) or report["headline"]))
    return verdicts, odd


def regressions(given):
    """Every broken release in turn against v1, with other seeds."""
    verdicts, named, odd = {}, Counter(), []
    for number in range(given.changes):
        release = list(BROKEN)[number % len(BROKEN)]
        stage, kind = BROKEN[release]
        with ExitStack() as stack:
            seed = given.first_seed + 1000 + 2 * number
            baseline = serve(stack, "v1", seed, 1)
            candidate = serve(stack, release, seed + 1, 1)
            verdict, report = evaluate(baseline, candidate, kind, seed, 1)
        keep(given, f"regression-{number + 1:02d}-{release}", report)
        verdicts.setdefault(release, Counter())[verdict] += 1
        broke = report["where_it_broke"] or "nothing"
        is_right = broke.startswith(stage)
        named[release] += is_right
        print(f"regression {number + 1}: {release}: {verdict}: {broke}", file=sys.stderr, flush=True)
        if verdict != "BLOCK" or not is_right:
            odd.append((f"regression {number + 1}: {release}", verdict, f"named: {broke}; "
                        + ("; ".join(reasons(report)) or report["headline"])))
    return verdicts, named, odd


def counts(verdicts):
    return [verdicts[word] for word in VERDICTS.values()]


def page(given, noise, broken, named, odd):
    head = ["", "runs", *VERDICTS.values()]
    noise_rows = [
        [f"asked {repeats}× each" if repeats > 1 else "asked once each", sum(found.values()), *counts(found)]
        for repeats, found in sorted(noise.items())]
    whole = sum(noise.values(), Counter())
    noise_rows.append(["**all**", sum(whole.values()), *(f"**{count}**" for count in counts(whole))])
    broken_rows = [
        [release, BROKEN[release][0].replace(" (", ", "), sum(found.values()), *counts(found),
         f"{named[release]} of {sum(found.values())}"]
        for release, found in broken.items()]
    caught = sum(broken.values(), Counter())
    broken_rows.append(["**all**", "", sum(caught.values()), *(f"**{count}**" for count in counts(caught)),
                        f"**{sum(named.values())} of {sum(caught.values())}**"])
    others = table(["run", "verdict", "what did not hold"], odd) if odd else "None."
    facts = measure.machine()
    return f"""# False alarms and misses

How often the gate of `examples/helpdesk` says something that is not so. Made by `scripts/no-op-table` on
{datetime.date.today().isoformat()} at commit {measure.commit()}, on {facts["processor"]}, {facts["cores"]} cores
(load before: {facts["load before"]}). Every run asks two releases of the app over the whole golden set under
`examples/helpdesk/sluice.yaml`, with a store of its own, so that no run is a second look at another's pair; every
server and every resampling has its own seed, counted from {given.first_seed}.

## Changes that change nothing

`v1` against `v1` with another seed, which decides between equally good answers, and up to 1 ms of random waiting.

{table(head, noise_rows)}

## Changes that break one stage

`v1` against a broken release; right means that the report names the stage that was broken.

{table(["release", "stage", *head[1:], "stage named"], broken_rows)}

## Runs that did not come out as they should

{others}
"""


def main():
    given = options()
    noise, odd_noise = no_ops(given)
    broken, named, odd_broken = regressions(given)
    text = page(given, noise, broken, named, odd_noise + odd_broken)
    if given.dry:
        print(text)
    else:
        (ROOT / "docs" / "false-alarms.md").write_text(text, encoding="utf-8")
        print("wrote docs/false-alarms.md", file=sys.stderr)


try:
    main()
except Failure as problem:
    sys.exit(f"no-op-table: {problem}")
except KeyboardInterrupt:
    sys.exit(130)
