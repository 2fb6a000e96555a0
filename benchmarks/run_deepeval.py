"""deepeval over the benchmark's rows: `run_deepeval.py ROWS COUNT`; it writes its files into the current folder.

Test cases whose answers are in memory already, the two metrics that need no model (exact match, pattern match), its
own `evaluate` as it is fastest: one case after another (64 at a time cost half as much again), without the cache file
(with it 200 cases took 5 s and 1,200 took 117 s), results neither printed nor sent.
"""

import json
import sys
from itertools import islice

from deepeval import evaluate
from deepeval.evaluate.configs import AsyncConfig, CacheConfig, DisplayConfig
from deepeval.metrics import ExactMatchMetric, PatternMatchMetric
from deepeval.test_case import LLMTestCase

from workload import SENTENCES

ANSWERS = [" ".join(SENTENCES[(number + place) % 5] for place in range(3)) for number in range(5)]


def main(rows, count):
    with open(rows, encoding="utf-8") as file:
        examples = [json.loads(line) for line in islice(file, count)]
    cases = [
        LLMTestCase(
            name=row["query_id"], input=row["query"], actual_output=ANSWERS[len(row["query"]) % 5],
            expected_output="".join(row["reference_response"]))
        for row in examples]
    result = evaluate(
        test_cases=cases, metrics=[ExactMatchMetric(), PatternMatchMetric(pattern=r".*\d+ points.*")],
        async_config=AsyncConfig(run_async=False), cache_config=CacheConfig(write_cache=False),
        display_config=DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False))
    if len(result.test_results) != count:
        sys.exit(f"deepeval: {len(result.test_results)} of {count} scored")


main(sys.argv[1], int(sys.argv[2]))
