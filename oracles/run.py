"""Every statistic that Sluice computes, against independent packages, on seeded random inputs.

    python3 oracles/run.py [--sluice COMMAND] [--seed N] [--scale X] [FAMILY…]

Each file beside this one is a family: `cases(rng, scale)` yields `Case`s. All calls go through one process of
`sluice stats --lines`. A statistic without a case is named at the end, with the reason from its family's `LEFT_OUT`.
Exits 1 where any case disagrees, or a statistic has neither cases nor a reason.
"""
import argparse
import collections
import importlib
import json
import pathlib
import shlex
import subprocess
import sys
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
FOLDER = pathlib.Path(__file__).parent
NOT_FAMILIES = {"run", "compare", "embedding", "json_schema"}


def answers(command, calls):
    text = "".join(json.dumps(call) + "\n" for call in calls)
    # The status says only that some call had no result, which many cases expect.
    done = subprocess.run(shlex.split(command) + ["stats", "--lines"], input=text, capture_output=True, text=True)
    if done.returncode not in (0, 65) or done.stderr:
        sys.exit(f"oracles: {command} ended with {done.returncode}: {done.stderr}")
    lines = done.stdout.splitlines()
    if len(lines) != len(calls):
        sys.exit(f"oracles: {len(calls)} calls, {len(lines)} answers")
    return [json.loads(line) for line in lines]


def known(command):
    done = subprocess.run(shlex.split(command) + ["stats", "--list", "--json"], capture_output=True, text=True)
    return [entry["name"] for entry in json.loads(done.stdout)["statistics"]] if done.returncode == 0 else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", default=".build/release/sluice")
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--scale", type=float, default=1.0, help="times as many random inputs")
    parser.add_argument("families", nargs="*")
    options = parser.parse_args()
    names = options.families or sorted(p.stem for p in FOLDER.glob("*.py") if p.stem not in NOT_FAMILIES)
    failed, counted, reasons = [], collections.Counter(), {}
    for name in names:
        family = importlib.import_module(name)
        reasons |= getattr(family, "LEFT_OUT", {})
        start = time.time()
        cases = list(family.cases(np.random.default_rng(options.seed), options.scale))
        calls = [{"id": i, "statistic": case.statistic} | case.input for i, case in enumerate(cases)]
        wrong = 0
        for case, answer in zip(cases, answers(options.sluice, calls)):
            counted[case.statistic] += 1
            problem = case.problem(answer)
            if problem:
                wrong += 1
                failed.append((case, problem))
        print(f"{name:14} {len(cases):7,} inputs  {wrong:4} disagree  {time.time() - start:6.1f} s", flush=True)
    for case, problem in failed[:40]:
        shown = json.dumps(case.input)
        print(f"  {case.statistic}: {problem}\n    {shown[:400]}{'…' if len(shown) > 400 else ''}")
    print("\ncases a statistic")
    for name, count in sorted(counted.items()):
        print(f"  {name:34} {count:7,}")
    bare = []
    if not options.families:
        for name in known(options.sluice):
            if not counted[name]:
                print(f"  {name:34} left out: {reasons.get(name, 'NO CASE AND NO REASON')}")
                if name not in reasons:
                    bare.append(name)
    print(f"\noracles: {sum(counted.values()):,} inputs, {len(failed)} disagree, {len(bare)} statistics without a case")
    sys.exit(1 if failed or bare or not counted else 0)


if __name__ == "__main__":
    main()
