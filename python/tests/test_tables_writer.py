"""The writer of tables is right itself: what it calls one reading, pandas reads as the truth, told how."""

import collections

import numpy as np
import pytest
from tables import oracle, reread, truth, writer
from tables.read import same
from tables.spellings import days, digits
from tables.writing import Verdict

SEEDS = range(1, 401)


@pytest.fixture(scope="module")
def writings():
    return [writer.write(seed) for seed in SEEDS]


def test_the_same_seed_gives_the_same_writing(writings):
    for writing in writings[:50]:
        again = writer.write(writing.seed)
        assert (again.kinds, again.handed.files, again.options) == (writing.kinds, writing.handed.files, writing.options)


def test_nine_in_ten_leave_one_reading(writings):
    verdicts = collections.Counter(writing.verdict for writing in writings)
    assert verdicts[Verdict.ONE] >= 0.9 * len(writings)
    assert min(verdicts[Verdict.LOOSE], verdicts[Verdict.OPEN]) > 0


def test_who_knows_how_reads_the_truth(writings):
    tried = 0
    for writing in writings:
        try:
            dates, numbers = reread.table(writing)
        except NotImplementedError:
            continue
        except Exception as error:
            raise AssertionError(f"seed {writing.seed}: {writing.kinds}") from error
        tried += 1
        wanted = writing.numbers[0] * (100 if writing.table == "returns" and len(writing.numbers) > 1 else 1)
        close = np.allclose(numbers, wanted, rtol=1e-15, atol=0) if len(writing.numbers) > 1 else (numbers == wanted).all()
        assert close, (writing.seed, writing.kinds)
        if dates is not None:
            true = writing.truth.dates[-len(wanted) :]
            told = [same(str(date)[:10], day, writing.grain, writing.zone) for date, day in zip(dates, true, strict=True)]
            assert all(told), (writing.seed, writing.kinds)
    assert tried > 0.7 * len(writings)


def test_brute_force_finds_what_can_be_seen():
    returns = np.array([[0.01, -0.01], [0.02, -0.03], [0.03, 0.01], [0.0, 0.01]])
    sharpe, weights = oracle.best(returns, 4)
    assert weights.tolist() == [1, 0]
    assert sharpe == pytest.approx(2 * returns[:, 0].mean() / returns[:, 0].std(ddof=1))


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        (["1.5", "100.907"], "one"),
        (["1,5", "100,90"], "one"),
        (["1,234.50", "2,000.00"], "one"),
        (["1.234,50", "999,00"], "one"),
        (["1,234,567", "999"], "one"),
        (["1234,567", "999,123"], "one"),
        (["1,009", "994"], "open"),
        (["1,009", "1,010"], "scale"),
        (["1'234.5", "$12"], "one"),
    ],
)
def test_readings_of_commas(texts, left):
    assert digits.readings(texts) == left


def test_a_column_of_dates_is_doubtful_where_days_and_months_may_change_places():
    style = next(style for style in days._dated() if style.name == "m/d/y")
    assert style.doubtful(["01/02/2024", "03/04/2024"])
    assert not style.doubtful(["01/02/2024", "03/14/2024"])  # no month is the fourteenth
    assert not style.doubtful(["01/01/2023", "01/01/2024"])  # both read the same


def test_truths_have_an_answer_and_come_in_every_frequency():
    import random

    seen = {truth.make(random.Random(seed)).frequency for seed in range(200)}
    assert seen == set(truth.FREQUENCIES)
