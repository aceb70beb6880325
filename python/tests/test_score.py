"""Scores of one's own: the portfolios of a search, ranked by a function of Python in whatever workers there are."""

import functools
import itertools
import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sharpest
from clusters import answer, done
from finance import essence, noise, prices
from sharpest.pool import RemoteTraceback, WorkerDied

FRAME = noise(60, 6)
NAMES = list(FRAME)
#: 20 subsets of 40 draws.
QUESTION = {"pick": 3, "cap": 0.6, "draws": 40, "seed": 3, "top": 4}


def sharpe(returns, assets, weights):
    """By the formula, in NumPy: nothing of the engine's."""
    mean, covariance = returns.mean(axis=0) * 252, np.cov(returns.T) * 252
    excess = (weights * mean[assets][:, None]).sum(axis=-1)
    of_subset = covariance[assets[:, :, None], assets[:, None]]
    return excess / np.sqrt(np.einsum("mdk,mkl,mdl->md", weights, of_subset, weights))


def sortino(returns, assets, weights):
    earned = weights @ returns.T[assets]
    return math.sqrt(252) * earned.mean(axis=-1) / np.sqrt((np.minimum(earned, 0) ** 2).mean(axis=-1))


def drawdown(returns, assets, weights):
    """The worst fall from a peak, which is not above 0: the highest is the smallest."""
    worth = np.cumprod(1 + weights @ returns.T[assets], axis=-1)
    return (worth / np.maximum.accumulate(np.maximum(worth, 1), axis=-1) - 1).min(axis=-1)


def worst_fall(path):
    worth = peak = 1.0
    fall = 0.0
    for earned in path:
        worth *= 1 + earned
        peak = max(peak, worth)
        fall = min(fall, worth / peak - 1)
    return fall


class Meddler(Executor):
    """An executor of another make, so that workers are not known to be near; notes what each task brings."""

    def __init__(self, pool):
        self.pool, self.sizes, self._max_workers = pool, [], 2

    def submit(self, fn, /, task, score):
        self.sizes.append(len(task))
        return self.pool.submit(fn, task, score)


@pytest.fixture(scope="module")
def pool():
    with sharpest.Pool(2) as pool:
        yield pool


def bits(result):
    """Subset and weights of the best ones, bit by bit."""
    return [(found.rank, found.assets, {name: weight.hex() for name, weight in found.weights.items()}) for found in result.top]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"draw": "shared"},
        {"cap": 0.34},
        {"pick": 2, "floor": 0.1, "cap": 1.0},
        {"sampler": "dirichlet:0.5", "cap": 0.9},
        {"draws": 20_000, "pick": 5, "top": 1},
        {"returns": "log", "from_": "2024-01-10", "assets": ["B", "A", "F", "C"], "pick": 2},
    ],
)
def test_the_sharpe_formula_finds_what_the_search_finds_bit_by_bit(pool, more):
    question = QUESTION | more
    found = sharpest.search(FRAME, **question, score=sharpe, executor=pool)
    expected = sharpest.search(FRAME, **question)
    assert bits(found) == bits(expected)
    for mine, theirs in zip(found.top, expected.top, strict=True):
        assert mine.score == pytest.approx(theirs.sharpe, rel=1e-9)
        assert {name: mine[name] for name in ("return", "volatility")} == {name: theirs[name] for name in ("return", "volatility")}
    assert (found.subsets, found.portfolios, found.status) == (expected.subsets, expected.portfolios, "complete")


def test_subsets_that_come_together_are_scored_together(pool):
    """1,140 subsets, in blocks of four."""
    question = {"pick": 17, "cap": 0.2, "draws": 50, "top": 20}
    found = sharpest.search(prices(), **question, score=sharpe, executor=pool)
    assert bits(found) == bits(sharpest.search(prices(), **question))
    with ThreadPoolExecutor(1) as thread, pytest.raises(sharpest.ScoreError, match=r"expected are numbers of shape \(4, 50\)"):
        sharpest.search(prices(), **question, score=lambda *_: 0.0, executor=thread)


@pytest.mark.parametrize(("score", "plain"), [(drawdown, worst_fall), (sortino, None)])
def test_another_score_finds_what_brute_force_finds(pool, score, plain):
    seen = []

    def noting(returns, assets, weights):
        seen.append((returns.copy(), assets.copy(), weights.copy()))
        return score(returns, assets, weights)

    with ThreadPoolExecutor(1) as thread:
        noted = sharpest.search(FRAME, **QUESTION, score=noting, executor=thread)
    result = sharpest.search(FRAME, **QUESTION, score=score, executor=pool)
    assert bits(noted) == bits(result)

    returns = FRAME.pct_change().dropna().to_numpy()
    assert all(np.allclose(told, returns, rtol=0, atol=1e-15) for told, _, _ in seen)
    subsets = [tuple(subset) for _, assets, _ in seen for subset in assets]
    assert sorted(subsets) == list(itertools.combinations(range(6), 3))
    best = {}
    for _, assets, weights in seen:
        for subset, draws in zip(assets, weights, strict=True):
            assert draws.shape == (40, 3) and draws.max() <= 0.6 and np.allclose(draws.sum(axis=1), 1)
            scores = []
            for draw in draws:
                path = [sum(w * row[asset] for w, asset in zip(draw, subset, strict=True)) for row in returns.tolist()]
                if plain is not None:
                    scores.append(plain(path))
                else:
                    below = math.sqrt(sum(min(x, 0.0) ** 2 for x in path) / len(path))
                    scores.append(math.sqrt(252) * sum(path) / len(path) / below)
            at = max(range(40), key=scores.__getitem__)
            best[tuple(NAMES[asset] for asset in subset)] = scores[at], draws[at]
    order = sorted(best, key=lambda subset: -best[subset][0])[:4]
    assert [tuple(found.assets) for found in result.top] == order
    for found in result.top:
        value, weights = best[tuple(found.assets)]
        assert found.score == pytest.approx(value, rel=1e-12)
        assert list(found.weights.values()) == list(weights)


def test_one_portfolio_a_subset_needs_no_draws_to_be_told(pool):
    """A cap that leaves nothing but equal weights: brute force over combinations alone."""
    result = sharpest.search(FRAME, pick=4, cap=0.25, draws=9, score=drawdown, executor=pool)
    returns = FRAME.pct_change().dropna()
    best = max(itertools.combinations(NAMES, 4), key=lambda subset: worst_fall(returns[list(subset)].mean(axis=1)))
    assert tuple(result.best.assets) == best and set(result.best.weights.values()) == {0.25}
    assert (result.subsets, result.portfolios) == (15, 135)


def test_whoever_works_the_answer_is_the_same(pool):
    reference = answer(sharpest.search(FRAME, **QUESTION, score=sortino, executor=pool))
    for jobs in (1, 3):
        alone = sharpest.search(FRAME, **QUESTION, score=sortino, jobs=jobs)
        assert answer(alone) == reference and alone.workers == {"kind": "executor", "count": jobs}
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2) as processes:
        far = Meddler(processes)
        for executor in (threads, processes, far, sharpest.Pool(2, backend="threads")):
            assert answer(sharpest.search(FRAME, **QUESTION, score=sortino, executor=executor)) == reference
    assert min(far.sizes) < 80 and 1 <= sum(size > 2_000 for size in far.sizes) < len(far.sizes), "they travel once a worker"


def writable(returns, assets, weights):
    flags = [array.flags.writeable for array in (returns, assets, weights)]
    dtypes = [array.dtype for array in (returns, assets, weights)]
    return np.full(weights.shape[:2], float(any(flags) or dtypes != [np.float64, np.int64, np.float64]))


def test_returns_are_shared_and_read_only_and_no_task_carries_them():
    frame = noise(5_000, 6)
    with sharpest.Pool(2) as pool:
        result = sharpest.search(frame, pick=3, draws=2, score=writable, executor=pool)
        (row,) = pool.ledger.functions
    assert result.score == 0.0
    assert row.tasks >= 2 and row.shared == 0
    assert row.pickled < 5_000 * row.tasks < frame.size * 8


def of_draw(returns, assets, weights):
    """Equal everywhere but for what is no number."""
    scores = np.zeros(weights.shape[:2], np.float32)
    scores[(assets == 0).any(axis=1)] = np.nan
    scores[:, ::2] = -np.inf
    return scores


def nothing(returns, assets, weights):
    return np.full(weights.shape[:2], np.nan)


def boundless(returns, assets, weights):
    return np.where((assets == 5).any(axis=1), np.inf, 1.0)[:, None].repeat(weights.shape[1], axis=1)


def test_of_equals_the_first_wins_and_what_is_no_number_never_does(pool):
    result = sharpest.search(FRAME, **QUESTION | {"top": 20}, score=of_draw, executor=pool)
    assert all("A" not in found.assets for found in result.top) and len(result.top) == 10
    ranks = [found.rank for found in result.top]
    assert ranks == sorted(ranks) and {found.score for found in result.top} == {0.0}
    with pytest.raises(sharpest.NoAnswer, match="no portfolio has a score: nothing is not a number") as caught:
        sharpest.search(FRAME, **QUESTION, score=nothing, executor=pool)
    assert caught.value.result.subsets == 20 and "no portfolio has a score" in repr(caught.value.result)
    result = sharpest.search(FRAME, **QUESTION, score=boundless, executor=pool)
    assert "F" in result.best.assets and result.score is None and "boundless infinite" in repr(result)


def test_what_it_shows_and_that_it_is_kept(pool, tmp_path):
    result = sharpest.search(FRAME, **QUESTION, score=sortino, executor=pool, test_from="2024-03-01", report=tmp_path / "page.html")
    assert result.settings.score == "sortino" and result.score == result.best.score > result.top[1].score
    lines = repr(result).splitlines()
    assert lines[0] == "The sampled best 3 of 6 assets by sortino, at most 60 % in each, from the table"
    assert f"  sortino {result.score:.4g}: the highest of the portfolios that were tried." in "\n".join(lines)
    assert any(line.split()[:2] == ["#", "score"] for line in lines)
    assert result.exact is None and result.inference is not None
    table = result.frame()
    assert isinstance(table, pd.DataFrame) and list(table)[:2] == ["score", "sharpe"]
    assert list(table["score"]) == [found.score for found in result.top]
    assert "by sortino" in result._repr_html_()
    page = (tmp_path / "page.html").read_text()
    assert "by sortino" in page and "Ranked by" in page
    again = sharpest.Result.from_json(result.to_json())
    assert again == result and repr(again) == repr(result)
    verdict = result.check(FRAME)
    assert verdict.kind == "confirmed" and "what sortino says of it is not rechecked" in verdict.sentence
    plain = sharpest.search(FRAME, **QUESTION)
    assert plain.score is None and "score" not in plain.settings and "score" not in plain.best


def test_a_rate_that_nothing_beats_is_no_matter(pool):
    result = sharpest.search(FRAME, **QUESTION, rate=9.0, score=sortino, executor=pool)
    assert result.sharpe < 0 and result.warnings == []


def failing(returns, assets, weights):
    if (assets == 5).all(axis=1).any() or 4 in assets:
        return weights.sum(axis=-1) / {}["nothing"]
    return weights.sum(axis=-1)


def dying(returns, assets, weights):
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_score_raises_arrives_with_its_traceback_and_the_block(pool):
    for executor in (ThreadPoolExecutor(1), pool):
        with pytest.raises(KeyError, match="nothing") as caught:
            sharpest.search(FRAME, **QUESTION, score=failing, executor=executor)
        (note,) = caught.value.__notes__
        assert note.startswith("while scoring block ") and " with failing: subsets of rank " in note
    assert isinstance(caught.value.__cause__, RemoteTraceback)
    assert 'return weights.sum(axis=-1) / {}["nothing"]' in str(caught.value.__cause__)
    assert "while scoring block" in str(caught.value.__cause__)
    with pytest.raises(sharpest.ExecutorError, match="WorkerDied: ") as caught:
        sharpest.search(FRAME, **QUESTION, score=dying, jobs=1)
    assert isinstance(caught.value.__cause__, WorkerDied)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lambda m, d: np.zeros(d), r"a ndarray of shape \(40,\) and dtype float64; expected are numbers of shape \(1, 40\)"),
        (lambda m, d: np.zeros((d, m)), r"one for each of 1 subsets and 40 draws"),
        (lambda m, d: None, r"a NoneType of shape \(\) and dtype object"),
        (lambda m, d: np.zeros((m, d), complex), r"dtype complex128"),
        (lambda m, d: np.zeros((m, d), bool), r"dtype bool"),
        (lambda m, d: [["a"] * d] * m, r"a list of shape \(1, 40\) and dtype <U1"),
        (lambda m, d: [[1.0], [1.0, 2.0]], r"a list of shape \(\) and dtype object"),
    ],
)
def test_what_is_no_array_of_scores_is_named(given, told):
    with ThreadPoolExecutor(1) as thread, pytest.raises(sharpest.ScoreError, match=told):
        sharpest.search(FRAME, **QUESTION, score=lambda _, assets, weights: given(*weights.shape[:2]), executor=thread)


def test_what_is_a_number_is_taken(pool):
    reference = sharpest.search(FRAME, **QUESTION, score=sortino, executor=pool)
    with ThreadPoolExecutor(1) as thread:
        for kind in (np.ndarray.tolist, np.asfortranarray, pd.DataFrame):
            result = sharpest.search(FRAME, **QUESTION, score=lambda *x, k=kind: k(sortino(*x)), executor=thread)
            assert bits(result) == bits(reference)
        result = sharpest.search(FRAME, **QUESTION, score=lambda *x: np.arange(x[2].shape[1])[None], executor=thread)
        assert result.score == 39.0


def slow(path, returns, assets, weights):
    """Fails at the last of the subsets, unless a file is there."""
    time.sleep(0.01)
    if 5 in assets and 4 in assets and not Path(path).exists():
        raise OSError("not yet")
    return sortino(returns, assets, weights)


def test_a_search_goes_on_from_its_checkpoint(pool, tmp_path):
    checkpoint, flag = tmp_path / "run", tmp_path / "flag"
    call = QUESTION | {"executor": pool, "checkpoint": checkpoint}
    with pytest.raises(OSError, match="not yet"):
        sharpest.search(FRAME, **call, score=functools.partial(slow, flag))
    assert 0 < done(checkpoint) < 20
    for other, name in (({"score": sortino}, "sortino"), ({}, "the Sharpe ratio")):
        with pytest.raises(ValueError, match=f"its score is slow, not {name}"):
            sharpest.search(FRAME, **call | other)
    flag.touch()
    result = sharpest.search(FRAME, **call, score=functools.partial(slow, flag))
    expected = sharpest.search(FRAME, **QUESTION, score=sortino, executor=pool)
    assert result.settings.pop("score") == "slow" and expected.settings.pop("score") == "sortino"
    assert essence(result.fields) == essence(expected.fields)
    assert not checkpoint.exists()


def test_functions_of_a_prompt_and_ctrl_c_with_the_best_so_far():
    pytest.importorskip("cloudpickle", reason="cloudpickle is not installed")
    script = """
        import time
        import sharpest

        def slow(returns, assets, weights):
            time.sleep(0.01)
            return weights[:, :, 0]

        frame = sharpest.example_prices()
        ranked = sharpest.search(frame, pick=19, draws=5, score=lambda returns, assets, weights: -weights.max(axis=-1), jobs=1)
        print(ranked.settings.score, ranked.status, flush=True)
        result = sharpest.search(frame, pick=10, draws=200, score=slow, jobs=2)
        print(result.status, 0 < result.subsets < 184_756, 0 < result.score < 1, "subsets were searched" in repr(result))
    """
    run = subprocess.Popen([sys.executable, "-P", "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "<lambda> complete\n"
    time.sleep(1.0)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=60)
    assert out == "incomplete True True True\n"


def test_what_makes_no_sense_is_refused(pool, tmp_path):
    moments = {"moments": ([0.1, 0.2, 0.3], np.eye(3)), "pick": 2}
    with pytest.raises(ValueError, match="holds moments and no table, so score= cannot be used"):
        sharpest.search(**moments, score=sortino, executor=pool)
    with pytest.raises(ValueError, match="csv= writes the highest Sharpe ratio of each subset") as caught:
        sharpest.search(FRAME, **QUESTION, score=sortino, executor=pool, csv=tmp_path / "lines.csv")
    assert "top= lists the best subsets" in str(caught.value) and not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="a score has workers of its own, so give score= or workers="):
        sharpest.search(FRAME, **QUESTION, score=sortino, workers="processes")
    with pytest.raises(TypeError, match="score is of type str; give a function of returns, assets and weights"):
        sharpest.search(FRAME, **QUESTION, score="sortino")
    with pytest.raises(ValueError, match="0 tasks at the same time are none: jobs is 1 or more"):
        sharpest.search(FRAME, **QUESTION, score=sortino, jobs=0)
    with pytest.raises(sharpest.InfeasibleError):
        sharpest.search(FRAME, pick=3, cap=0.2, score=sortino, executor=pool)
