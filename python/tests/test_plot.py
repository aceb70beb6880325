"""The picture: drawn from what the engine computed, by whoever has matplotlib."""

import pickle

import numpy as np
import pytest
import sharpest
from finance import noise, prices

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def titles(figure):
    figure.savefig(__import__("io").BytesIO(), dpi=40)  # layout and every artist are tried
    return [axis.get_title(loc="left") for axis in figure.axes]


WEIGHTS, CLOUD = "Weights", "Return and volatility"
GROWTH, OPTIMA = "What became of 1, rebalanced each period", "The best Sharpe ratio of each subset"
LUCK = "The best Sharpe ratio where there is nothing to find"


def test_everything_that_there_is_is_drawn():
    result = sharpest.solve(prices(), pick=10, cap=0.2, test_from="2022-01-01", luck_draws=0)
    figure = result.plot()
    assert titles(figure) == [WEIGHTS, CLOUD, OPTIMA, GROWTH]
    weights, cloud, _, growth = figure.axes
    assert len(weights.patches) == len(result.best.weights)
    labels = [text.get_text() for text in cloud.get_legend().get_texts()]
    assert labels == ["random portfolios", "frontier of all assets", "equal weight", "optimum"]
    assert [text.get_text() for text in growth.get_legend().get_texts()][-1] == "held out"
    x, y = cloud.collections[-1].get_offsets()[0]
    assert (x, y) == (result.best.volatility, result.best.return_)


def test_the_luck_test_is_drawn_with_what_was_observed():
    result = sharpest.solve(prices(), pick=10, cap=0.2, luck_draws=200)
    figure = result.plot()
    assert titles(figure) == [WEIGHTS, CLOUD, OPTIMA, LUCK, GROWTH]
    luck = figure.axes[3]
    (stairs, above), (mark,) = luck.patches, luck.lines
    values, edges, _ = stairs.get_data()
    assert list(values) == result.luck.histogram.counts and list(edges) == result.luck.histogram.edges
    assert sum(values) == 200 - result.luck.nothing
    assert set(mark.get_xdata()) == {result.sharpe} and mark.get_label() == f"observed {result.sharpe:.2f}"
    reached = [count if edge > result.sharpe else 0 for count, edge in zip(values, edges[1:], strict=True)]
    assert list(above.get_data().values) == reached, "those that find more are in its color"


@pytest.mark.parametrize(
    ("find", "drawn"),
    [
        (lambda: sharpest.search(noise(), pick=2, draws=5), [WEIGHTS, CLOUD, OPTIMA, GROWTH]),
        (lambda: sharpest.solve(noise().to_numpy()), [WEIGHTS, CLOUD, LUCK, GROWTH]),
        (lambda: sharpest.solve(noise(), at_most=2, floor=0.1), [WEIGHTS, CLOUD, GROWTH]),
        (
            lambda: sharpest.solve(noise(120), from_="2024-03-01", test_from="2024-01-01", test_to="2024-02-28"),
            [WEIGHTS, CLOUD, LUCK, GROWTH],
        ),
        (lambda: sharpest.solve(moments=([0.1, 0.2], np.eye(2))), [WEIGHTS, CLOUD]),
        (lambda: sharpest.solve(luck_draws=0), [WEIGHTS, CLOUD, OPTIMA, GROWTH]),
    ],
)
def test_every_kind_of_answer_has_its_picture(find, drawn):
    assert titles(find().plot()) == drawn


def test_a_result_that_was_read_back_needs_the_prices(tmp_path):
    frame = noise()
    result = pickle.loads(pickle.dumps(sharpest.solve(frame)))
    with pytest.raises(ValueError, match="was found from the table, so it cannot be held against the bundled prices"):
        result.plot()
    assert titles(result.plot(frame)) == [WEIGHTS, CLOUD, LUCK, GROWTH]
    file = tmp_path / "prices.csv"
    frame.to_csv(file)
    assert titles(sharpest.solve(file).plot()) == [WEIGHTS, CLOUD, LUCK, GROWTH]


def test_without_an_answer_there_is_no_picture():
    with pytest.raises(sharpest.NoPortfolioBeatsRate) as caught:
        sharpest.solve(noise(), rate=99.0)
    with pytest.raises(ValueError, match="no portfolio to draw"):
        caught.value.result.plot()
