"""How fast places are given by ranked wishes, beside the package `matching` and checked each time.

python3 run.py bench selection

Uniform wishes: lists of ten, programmes of five seats, seats for 80 % of the applicants, one lottery number each.
`NRMP` and `JRMP` have the size of the American and the Japanese residency match, every programme its own
order of applicants. Each size runs in a process of its own, so that its memory is its own. CPU seconds, best of `times`.
"""

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from sonjuku.engines.selection.assign import Applicant, Programme, Rules, Seats, Wish, assign, market_of
from sonjuku.engines.selection.check import check
from sonjuku.engines.selection.deferred import deferred_acceptance
from sonjuku.engines.selection.market import Ints, Market, plain_market

SEED = "5eed"
BESIDE = 10_000  # applicants with whom the other package is compared
# name: (applicants, programmes or 0 for uniform, length of lists, seats, times, the aim in CPU-seconds)
SIZES: dict[str, tuple[int, int, int, int, int, float | None]] = {
    "10,000": (10_000, 0, 10, 8_000, 5, None),
    "100,000": (100_000, 0, 10, 80_000, 3, 0.3),
    "1,000,000": (1_000_000, 0, 10, 800_000, 1, 4),
    "2,300,000": (2_300_000, 0, 10, 1_840_000, 1, 10),
    "NRMP 47,208 × 6,626": (47_208, 6_626, 12, 41_000, 3, 0.15),
    "JRMP 9,868 × 1,000": (9_868, 1_000, 5, 10_800, 5, 0.03),
}
AIM_MIB = 1_024
AIM_RATIO = 500


def wishes(applicants: int, programmes: int, length: int, random: np.random.Generator) -> Ints:
    """Lists without repetition, each as likely as any other."""
    found = np.empty((applicants, length), dtype=np.int32)
    for start in range(0, applicants, 100_000):
        part = random.integers(0, programmes, (min(100_000, applicants - start), length), dtype=np.int32)
        while True:
            in_order = np.sort(part, axis=1)
            again = np.flatnonzero((in_order[:, 1:] == in_order[:, :-1]).any(axis=1))
            if not len(again):
                break
            part[again] = random.integers(0, programmes, (len(again), length), dtype=np.int32)
        found[start : start + len(part)] = part
    return found


def market(name: str) -> Market:
    applicants, programmes, length, seats, _, _ = SIZES[name]
    random = np.random.default_rng(4)
    own_orders = programmes > 0
    programmes = programmes or seats // 5
    capacities = np.full(programmes, seats // programmes, dtype=np.int64)
    capacities[: seats % programmes] += 1
    listed = wishes(applicants, programmes, length, random)
    keys = random.permutation(applicants).astype(np.int64)
    if own_orders:
        keys = np.stack([random.permutation(applicants) for _ in range(length)], axis=1).astype(np.int64)
        keys = keys * length + np.arange(
            length
        )  # two who list a programme at another rank never have the same key
    return plain_market(listed, keys, capacities)


def measure(name: str) -> dict[str, Any]:
    times, aim = SIZES[name][4:]
    made = market(name)
    spent, outcome = best_of(times, lambda: deferred_acceptance(made))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    began = time.process_time()
    complaints = len(check(made, outcome))
    return {
        "cpu_s": round(spent, 4), "aim_s": aim, "peak_mib": peak, "placed": int((outcome.taken >= 0).sum()),
        "blocking": complaints, "check_s": round(time.process_time() - began, 3),
    }  # fmt: skip


def beside() -> dict[str, Any]:
    """The same instance through `matching`: from lists of names to who is where, and the solving alone."""
    try:
        from matching.games import HospitalResident  # noqa: PLC0415 - a test requirement, absent elsewhere
    except ImportError:
        return {"skipped": "matching is not installed: python3 run.py test installs it"}
    made = market(f"{BESIDE:,}")
    residents = {f"r{who}": [f"h{p}" for p in row] for who, row in enumerate(made.wishes.tolist())}
    rules = Rules(tuple(Programme(f"h{p}", (Seats("", 5),)) for p in range(len(made.quotas))))
    people = [Applicant(code, tuple(map(Wish, listed))) for code, listed in residents.items()]
    ours, done = best_of(5, lambda: assign(rules, people, SEED))
    alone, _ = best_of(5, lambda: deferred_acceptance(market_of(rules, people, done.order)))
    solving, _ = best_of(5, lambda: deferred_acceptance(made))
    hospitals: dict[str, list[str]] = {}
    for code in done.order:
        for hospital in residents[code]:
            hospitals.setdefault(hospital, []).append(code)
    capacities = dict.fromkeys(hospitals, 5)
    began = time.process_time()
    game = HospitalResident.create_from_dictionaries(residents, hospitals, capacities)
    built = time.process_time()
    solved = game.solve(optimal="resident")
    ended = time.process_time()
    theirs = {resident.name: hospital.name for hospital, found in solved.items() for resident in found}
    return {
        "matching_s": round(ended - began, 2), "matching_solving_s": round(ended - built, 3),
        "ours_s": round(ours, 4), "ours_without_lottery_s": round(alone, 4), "ours_arrays_s": round(solving, 4),
        "times": round((ended - began) / ours), "times_arrays": round((ended - began) / solving),
        "same": theirs == {code: place.programme for code, place in done.places.items()},
    }  # fmt: skip


def best_of(times: int, function: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of the fastest run, and what it returned."""
    spent, found = [], None
    for _ in range(times):
        began = time.process_time()
        found = function()
        spent.append(time.process_time() - began)
    return min(spent), found


def deep(function: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """`matching` copies its players by recursion, some hundred thousand calls deep."""
    sys.setrecursionlimit(10_000_000)
    threading.stack_size(1 << 30)
    found: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def in_own_process(name: str) -> dict[str, Any]:
    run = subprocess.run([sys.executable, "-m", "bench.selection", name], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def report() -> dict[str, Any]:
    """All sizes, as a table on the screen; fails loudly when a result is not stable."""
    found = {}
    print(
        "| applicants | CPU-s | aim | peak MiB | placed | blocking pairs | checking, CPU-s |\n"
        + "|---" * 7
        + "|"
    )
    for name in SIZES:
        one = found[name] = in_own_process(name)
        aim = "" if one["aim_s"] is None else f"≤ {one['aim_s']}"
        print(
            f"| {name} | {one['cpu_s']} | {aim} | {one['peak_mib']} | {one['placed']:,} | {one['blocking']} "
            f"| {one['check_s']} |",
            flush=True,
        )
    other = found["matching"] = in_own_process("matching")
    if "times" in other:
        print(
            f"\n{BESIDE:,} beside `matching`, from lists of names to places: {other['matching_s']} s and ours "
            f"{other['ours_s']} s, {other['times']} times as fast (from arrays {other['ours_arrays_s']} s, "
            f"{other['times_arrays']} times; `matching` solving alone: {other['matching_solving_s']} s); "
            f"{'the same' if other['same'] else 'ANOTHER'} result; aim: {AIM_RATIO} times"
        )
    else:
        print(f"\n{other['skipped']}")
    if any(one.get("blocking") for one in found.values()) or other.get("same") is False:
        raise SystemExit("a result is not stable")
    return found


if __name__ == "__main__":
    print(json.dumps(deep(beside) if sys.argv[1] == "matching" else measure(sys.argv[1])))
