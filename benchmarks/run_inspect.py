"""inspect-ai over the benchmark's rows: `run_inspect.py ROWS COUNT LOGS`.

A task of its own kind: samples from memory, a solver that answers at once without a model, the three scorers that
need none (includes, exact, f1), its log on, 64 samples at a time.
"""

import json
import sys
from itertools import islice

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import exact, f1, includes
from inspect_ai.solver import solver

from workload import SENTENCES

ANSWERS = [" ".join(SENTENCES[(number + place) % 5] for place in range(3)) for number in range(5)]


@solver
def instant():
    async def solve(state, generate):
        state.output = ModelOutput.from_content("memory", ANSWERS[len(state.input_text) % 5])
        return state

    return solve


def main(rows, count, logs):
    with open(rows, encoding="utf-8") as file:
        examples = [json.loads(line) for line in islice(file, count)]
    samples = [
        Sample(id=row["query_id"], input=row["query"], target=row["reference_response"]) for row in examples]
    task = Task(dataset=MemoryDataset(samples), solver=instant(), scorer=[includes(), exact(), f1()])
    log, = eval(
        task, model=None, max_samples=64, log_dir=logs, display="none", score_display=False)
    scored = log.results.completed_samples if log.results else 0
    if log.status != "success" or scored != count:
        sys.exit(f"inspect-ai: {log.status}, {scored} of {count} scored: {log.error}")


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
