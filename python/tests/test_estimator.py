"""The estimators: scikit-learn's rules, and the places where skfolio's optimizers go."""

import numpy as np
import pandas as pd
import pytest
import sharpest
from finance import prices

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is not installed")


@pytest.fixture(scope="module")
def returns():
    return prices().pct_change().dropna()


def test_it_finds_what_solve_finds(returns):
    model = sharpest.MaxSharpe(pick=5, cap=0.3).fit(returns)
    solved = sharpest.solve(returns, table="returns", pick=5, cap=0.3, luck_draws=0)
    np.testing.assert_array_equal(model.weights_, solved.weights)
    assert model.result_.sharpe == solved.sharpe and list(model.feature_names_in_) == list(returns)
    earned = model.predict(returns)
    assert earned.shape == (len(returns),)
    assert model.score(returns) == pytest.approx(solved.sharpe, rel=1e-12)
    assert model.score(-returns) == pytest.approx(-solved.sharpe, rel=1e-12)
    of_array = sharpest.MaxSharpe(pick=5, cap=0.3).fit(returns.to_numpy())
    np.testing.assert_array_equal(of_array.weights_, model.weights_)


def test_it_is_cloned_and_searched(returns):
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_predict
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    model = clone(sharpest.MaxSharpe(cap=0.3))
    assert model.get_params()["cap"] == 0.3
    search = GridSearchCV(model, {"pick": [4, 8], "cap": [0.3, 0.5]}, cv=TimeSeriesSplit(3)).fit(returns)
    assert search.best_params_["pick"] in (4, 8) and np.isfinite(search.cv_results_["mean_test_score"]).all()
    pipeline = make_pipeline(FunctionTransformer(), sharpest.MaxSharpe(pick=5))
    assert cross_val_predict(pipeline, returns, cv=KFold(3)).shape == (len(returns),)


def test_where_nothing_beats_the_rate_it_raises_or_goes_on(returns):
    with pytest.raises(sharpest.NoPortfolioBeatsRate):
        sharpest.MaxSharpe(rate=9.0).fit(returns)
    model = sharpest.MaxSharpe(rate=9.0, fallback="equal_weight").fit(returns)
    np.testing.assert_array_equal(model.weights_, np.full(20, 1 / 20))
    assert model.result_.status == "no_excess"
    with pytest.raises(ValueError, match="fallback is 'none'"):
        sharpest.MaxSharpe(fallback="none").fit(returns)


def test_it_keeps_the_rules_of_scikit_learn():
    from sklearn.utils.estimator_checks import check_estimator

    results = check_estimator(sharpest.MaxSharpe(fallback="equal_weight"), on_skip=None)
    assert sum(result["status"] == "passed" for result in results) > 30


class TestSkfolio:
    """The same in skfolio's own validation."""

    @pytest.fixture(autouse=True)
    def skfolio(self):
        pytest.importorskip("skfolio", reason="skfolio is not installed")

    @pytest.mark.filterwarnings("default")
    def test_walk_forward_and_combinatorial_validation(self, returns):
        from sharpest.skfolio import MaxSharpe
        from skfolio.model_selection import CombinatorialPurgedCV, WalkForward, cross_val_predict
        from skfolio.optimization import EqualWeighted

        model = MaxSharpe(pick=5, cap=0.3, fallback=EqualWeighted())
        walk = cross_val_predict(model, returns, cv=WalkForward(train_size=252, test_size=126))
        first = sharpest.solve(returns.iloc[:252], table="returns", pick=5, cap=0.3, luck_draws=0)
        np.testing.assert_array_equal(walk.portfolios[0].weights, first.weights)
        expected = returns.iloc[252:378] @ first.weights
        np.testing.assert_allclose(walk.portfolios[0].returns, expected, rtol=0, atol=1e-15)
        paths = cross_val_predict(model, returns, cv=CombinatorialPurgedCV(n_folds=4, n_test_folds=2))
        assert len(paths) == 3 and np.isfinite([path.sharpe_ratio for path in paths]).all()

    @pytest.mark.filterwarnings("default")
    def test_the_same_optimum_as_theirs(self, returns):
        from skfolio import RiskMeasure
        from skfolio.optimization import MeanRisk, ObjectiveFunction

        theirs = MeanRisk(
            objective_function=ObjectiveFunction.MAXIMIZE_RATIO, risk_measure=RiskMeasure.VARIANCE, max_weights=0.2
        ).fit(returns)
        ours = sharpest.MaxSharpe(cap=0.2).fit(returns)
        np.testing.assert_allclose(ours.weights_, theirs.weights_, atol=2e-3)
        assert ours.score(returns) >= annual(returns @ theirs.weights_) * (1 - 1e-12)


def annual(earned: pd.Series) -> float:
    return earned.mean() / earned.std() * 252**0.5


def test_it_keeps_252_periods_unless_it_is_to_look_at_the_dates():
    months = prices().resample("ME").last().pct_change().dropna()
    assert sharpest.MaxSharpe(cap=0.2).fit(months).result_.settings.periods == 252
    with pytest.warns(sharpest.DataWarning, match="the rows are a month apart: a year has 12 of them"):
        model = sharpest.MaxSharpe(cap=0.2, periods="auto").fit(months)
    assert model.result_.settings.periods == 12
    assert model.score(months) == pytest.approx(model.result_.sharpe)
