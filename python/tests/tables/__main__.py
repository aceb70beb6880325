"""Writes tables by the thousand, has sharpest read them, and counts what came of them.

python -m tables --count 20000 --seed 1            counts by outcome, by kind, and a line for each failure
python -m tables --show 4711                       one writing: what is handed over, what is wanted, what came
python -m tables --count 2000 --only "yyyymm"      writings of one kind alone
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import functools
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import read as reading
from . import trial, writer
from .read import Outcome


def main() -> int:
    """Reads what was asked, and does it."""
    parser = argparse.ArgumentParser(
        prog="python -m tables", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000, help="writings [default: 1000]")
    parser.add_argument("--seed", type=int, default=1, help="first seed; writing i has seed SEED + i [default: 1]")
    parser.add_argument("--show", type=int, metavar="SEED", help="show one writing")
    parser.add_argument("--damage", metavar="NAME", help="with --show: the writing with this damage")
    parser.add_argument("--only", metavar="KIND", help="only writings of a kind that contains this")
    parser.add_argument("--told", action="store_true", help="tell periods= with every writing, to see what else is misread")
    parser.add_argument("--failures", type=int, default=40, metavar="N", help="failures to list [default: 40]")
    parser.add_argument("--jobs", type=int, default=1, help="processes [default: 1]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every outcome as a line of JSON")
    args = parser.parse_args()
    return show(args) if args.show is not None else count(args)


def show(args: argparse.Namespace) -> int:
    """Shows one writing, and keeps its files for who wants to try them."""
    seed = args.show
    writing = writer.damaged(seed, args.damage, told=args.told) if args.damage else writer.write(seed, told=args.told)
    folder = Path(tempfile.mkdtemp(prefix=f"table-{seed}-"))
    value, options = reading.call(writing, folder)
    print(f"seed {seed}: {writing.verdict.name}, {', '.join(writing.kinds)}")
    for why in writing.why:
        print(f"  {why}")
    for name, contents in writing.handed.files.items():
        print(f"--- {folder / name}")
        if contents[:4] != b"PAR1" and contents[:2] != b"\x1f\x8b":
            print(contents[:1500].decode("utf-8", "replace"))
    if writing.handed.how == "value":
        print(value)
    python = writing.handed.how in ("value", "path", "paths", "folder")
    print("--- sharpest.solve(THIS, luck_draws=0):" if python else "--- sharpest solve --luck-draws 0:", end=" ")
    print(value if writing.handed.files else type(value).__name__, options)
    found = reading.read(writing, folder)
    print(f"{found.outcome.value}: {found.detail}")
    print(f"notes: {found.answer.notes}")
    return int(found.outcome.fails)


def _matches(seed: int, only: str) -> bool:
    return any(only in kind for kind in writer.write(seed).kinds)


def _outcomes(args: argparse.Namespace) -> Iterator[tuple[int, str, str, list[str], str, str]]:
    seeds = list(range(args.seed, args.seed + args.count))
    if args.only:
        seeds = [seed for seed in seeds if _matches(seed, args.only)]
    task = functools.partial(trial.one, told=args.told)
    if args.jobs == 1:
        yield from map(task, seeds)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(args.jobs, mp_context=context) as pool:
        yield from pool.map(task, seeds, chunksize=20)


def count(args: argparse.Namespace) -> int:
    """Counts outcomes: all, by verdict, and by kind."""
    begun = time.monotonic()
    outcomes: collections.Counter[str] = collections.Counter()
    verdicts: collections.Counter[str] = collections.Counter()
    kinds: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    failures: list[str] = []
    lines = args.json.open("w", encoding="utf-8") if args.json else None
    for seed, came, verdict, spelled, how, detail in _outcomes(args):
        outcomes[came] += 1
        verdicts[verdict] += 1
        for kind in {*spelled, f"handed: {how}"}:
            kinds[kind][came] += 1
        if lines:
            lines.write(
                json.dumps({"seed": seed, "outcome": came, "verdict": verdict, "kinds": spelled, "detail": detail}) + "\n"
            )
        if Outcome[came].fails:
            failures.append(f"seed {seed}: {Outcome[came].value} ({', '.join(spelled)})\n    {detail[:400]}")
    total = sum(outcomes.values())
    for line in failures[: args.failures]:
        print(line)
    share = verdicts["ONE"] / max(total, 1)
    print(f"\n{total} writings in {time.monotonic() - begun:.0f} s; {share:.1%} leave one reading: {dict(verdicts)}")
    for outcome in Outcome:
        print(f"  {outcomes[outcome.name]:7,}  {outcome.value}")
    print(f"\n{'of kind':42}" + "".join(f"{outcome.name.lower().replace('_', ' '):>17}" for outcome in Outcome))
    for kind in sorted(kinds):
        print(f"{kind[:41]:42}" + "".join(f"{kinds[kind][outcome.name] or '':>17}" for outcome in Outcome))
    print(f"\n{len(failures)} failures; show one with: python -m tables --show SEED")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
