"""Recompute what `sharpest search` answers, with NumPy alone, from the file that it read.

Usage: oracle.py PROGRAM PRICES. Every question is asked of the program, its JSON and CSV are held against means and
covariances of simple returns (ddof 1) to 1e-12, and its top subsets against the best lines of its own CSV.
"""

import csv
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

QUESTIONS = [
    ["--pick", "10", "--cap", "0.2", "--draws", "20"],
    ["--pick", "5", "--cap", "0.3", "--draws", "50", "--rate", "0.02", "--from", "2019-06-01", "--to", "2021-03-31"],
    ["--pick", "18", "--cap", "0.1", "--floor", "0.01", "--draws", "300", "--draw", "shared"],
    ["--pick", "17", "--cap", "0.07", "--draws", "200", "--to", "2021-12-31", "--test-from", "2022-01-01"],
    ["--pick", "12", "--sampler", "dirichlet:0.4", "--draws", "10", "--returns", "log"],
]


def read(path):
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    return header[1:], [row[0] for row in rows], np.array([row[1:] for row in rows], float)


def flag(question, name, default=None):
    return question[question.index(name) + 1] if name in question else default


def returns_between(dates, prices, first, last, kind):
    rows = [i for i, date in enumerate(dates) if (first or "") <= date <= (last or "9999")]
    inside = prices[rows[0] : rows[-1] + 1]
    return np.diff(np.log(inside), axis=0) if kind == "log" else inside[1:] / inside[:-1] - 1


def sharpe(returns, weights, rate):
    mean = 252 * returns.mean(axis=0)
    covariance = 252 * np.cov(returns, rowvar=False)
    return (mean @ weights - rate) / math.sqrt(weights @ covariance @ weights)


def close(what, found, expected):
    assert abs(found - expected) <= 1e-12 * max(1, abs(expected)), f"{what}: {found!r}, NumPy says {expected!r}"


def check(program, path, question, folder):
    names, dates, prices = read(path)
    result, lines = Path(folder, "result.json"), Path(folder, "lines.csv")
    ask = [program, "search", path, "--quiet", "--top", "3", "--json", str(result), "--csv", str(lines), *question]
    subprocess.run(ask, check=True, stdout=subprocess.DEVNULL)
    answer = json.loads(result.read_text())
    kind, rate = flag(question, "--returns", "simple"), float(flag(question, "--rate", 0))
    cap, floor = float(flag(question, "--cap", 1)), float(flag(question, "--floor", 0))
    pick = int(flag(question, "--pick"))
    train = returns_between(dates, prices, flag(question, "--from"), flag(question, "--to"), kind)
    assert answer["subsets"] == math.comb(len(names), pick)
    assert answer["portfolios"] == answer["subsets"] * int(flag(question, "--draws"))
    assert answer["period"]["returns"] == len(train)

    def weights_of(portfolio):
        held = portfolio["weights"]
        assert set(held) == set(portfolio["assets"]) and len(held) == pick
        weights = np.array([held.get(name, 0.0) for name in names])
        assert abs(weights.sum() - 1) < 1e-12
        assert all(floor - 1e-15 <= w <= cap + 1e-15 for w in held.values())
        return weights

    for portfolio in answer["top"]:
        weights = weights_of(portfolio)
        close("sharpe", portfolio["sharpe"], sharpe(train, weights, rate))
        close("return", portfolio["return"], 252 * train.mean(axis=0) @ weights)
        close("volatility", portfolio["volatility"], math.sqrt(weights @ (252 * np.cov(train, rowvar=False)) @ weights))
    assert answer["best"] == answer["top"][0]
    equal = np.full(len(names), 1 / len(names))
    close("equal weight", answer["equal_weight"]["sharpe"], sharpe(train, equal, rate))
    if flag(question, "--test-from"):
        test = returns_between(dates, prices, flag(question, "--test-from"), None, kind)
        assert answer["test"]["returns"] == len(test)
        close("test", answer["test"]["sharpe"], sharpe(test, weights_of(answer["best"]), rate))

    with open(lines, newline="") as file:
        table = list(csv.DictReader(file))
    assert [int(row["rank"]) for row in table] == list(range(answer["subsets"]))
    best = sorted(table, key=lambda row: (-float(row["sharpe"]), int(row["rank"])))[:3]
    assert [int(row["rank"]) for row in best] == [portfolio["rank"] for portfolio in answer["top"]]
    for row in table[:: max(1, len(table) // 200)]:
        weights = np.array([float(row[name] or 0) for name in names])
        assert np.count_nonzero([row[name] != "" for name in names]) == pick
        close(f"line {row['rank']}", float(row["sharpe"]), sharpe(train, weights, rate))


def main():
    program, path = sys.argv[1:]
    for question in QUESTIONS:
        with tempfile.TemporaryDirectory() as folder:
            check(program, path, question, folder)
        print("agrees:", " ".join(question))


if __name__ == "__main__":
    main()
