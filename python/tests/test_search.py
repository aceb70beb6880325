"""search, solve and check: the same answers as the command, whatever the numbers come in, and the same sentences."""

import datetime
import inspect
import json
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sharpest
from finance import QUESTION, command, essence, noise, prices, shapes

SHAPES = list(shapes(prices().head(5)))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The bundled prices as a file, and what the command says of it."""
    path = tmp_path_factory.mktemp("prices") / "prices.csv"
    prices().to_csv(path)
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in QUESTION.items()]
    solved, status, talk = command("solve", path, *flags, "--top=3")
    assert status == 0, talk
    sampled, status, talk = command("search", path, *flags[:3], "--draws=20", "--top=3")
    assert status == 0, talk
    return path, essence(solved), essence(sampled)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_kind_of_table_gives_the_answer_of_the_command(table, shape):
    _, solved, sampled = table
    numbers, extra = shapes(prices())[shape]
    result = sharpest.solve(numbers, **QUESTION, **extra, top=3)
    assert essence(json.loads(result.to_json())) == solved
    question = {name: value for name, value in QUESTION.items() if name != "luck_draws"}
    result = sharpest.search(numbers, **question, **extra, draws=20, top=3)
    assert essence(json.loads(result.to_json())) == sampled


def test_files_and_the_bundled_prices_are_taken_by_name(table):
    path, solved, _ = table
    for name in (path, str(path)):
        assert essence(sharpest.solve(name, **QUESTION, top=3).fields) == solved
    bundled, status, _ = command("solve", "--luck-draws=20")
    assert status == 0
    assert essence(sharpest.solve(luck_draws=20).fields) == essence(bundled)


def test_returns_and_relatives_are_tables_too():
    frame = prices()
    of_prices = sharpest.solve(frame, cap=0.2, luck_draws=0)
    relatives = (frame / frame.shift()).iloc[1:]
    for numbers, kind in ((relatives, "relatives"), (relatives - 1, "returns")):
        result = sharpest.solve(numbers, table=kind, cap=0.2, luck_draws=0)
        assert result.sharpe == pytest.approx(of_prices.sharpe, rel=1e-12)
        assert result.period.returns == len(frame) - 1


@pytest.mark.parametrize("labelled", [True, False])
def test_moments_take_the_place_of_a_table(labelled, tmp_path):
    returns = prices().pct_change().dropna()
    mean, covariance = returns.mean(), returns.cov()
    moments = (mean.sample(frac=1, random_state=1), covariance) if labelled else (mean.to_numpy(), covariance.to_numpy())
    names = None if labelled else list(returns)
    result = sharpest.solve(moments=moments, names=names, cap=0.2)
    assert result.sharpe == pytest.approx(sharpest.solve(prices(), cap=0.2, luck_draws=0).sharpe, rel=1e-9)
    file = tmp_path / "moments.csv"
    pd.concat([mean.rename("mean"), covariance], axis=1).rename_axis("asset").to_csv(file)
    written, status, _ = command("solve", "--moments", file, "--cap=0.2")
    assert status == 0
    assert essence(result.fields) == essence(written)
    assert essence(sharpest.solve(moments=file, cap=0.2).fields) == essence(written)
    assert isinstance(result.weights, pd.Series if labelled else dict)
    assert result.check(moments=moments, names=names).kind == "proven"


@pytest.mark.parametrize(
    "date",
    [
        "2022-06-01",
        datetime.date(2022, 6, 1),
        datetime.datetime(2022, 6, 1, 9, 30),
        pd.Timestamp("2022-06-01", tz="America/New_York"),
        np.datetime64("2022-06-01"),
        np.datetime64("2022-06-01T12", "ns"),
    ],
)
def test_a_date_may_be_a_text_a_date_or_a_timestamp(date):
    result = sharpest.solve(prices(), test_from=date, luck_draws=0)
    assert result.settings.test_from == "2022-06-01" and result.test.from_ == "2022-06-01"


@pytest.mark.parametrize("name", ["search", "solve"])
def test_every_flag_of_the_command_is_an_option(name):
    run = subprocess.run([sys.executable, "-P", "-m", "sharpest", name, "--help"], capture_output=True, text=True, check=True)
    flags = {flag.replace("-", "_") for flag in re.findall(r"--([a-z-]+)", run.stdout) if flag not in ("help", "version")}
    flags = {flag for flag in flags if re.search(rf"^\s+(-\w, )?--{flag.replace('_', '-')}\b", run.stdout, re.M)}
    options = {option.rstrip("_") for option in inspect.signature(getattr(sharpest, name)).parameters}
    alone = {"prices", "dates", "names"} | ({"executor", "score"} if name == "search" else set())
    assert flags | alone == options


def test_options_reach_the_question():
    result = sharpest.solve(
        noise(), pick=np.int64(3), cap=np.float64(0.5), floor=0.1, rate=-0.05, periods=250, returns="log", jobs=1, luck_seed=7,
        luck_block=2, luck_draws=1_000, from_="2024-01-03", to="2024-03-01", assets=["A", "C", "D"], missing="drop-days",
    )  # fmt: skip
    wanted = {
        "pick": 3, "cap": 0.5, "floor": 0.1, "rate": -0.05, "periods": 250.0, "returns": "log", "jobs": 1, "luck_seed": 7,
        "luck_block": 2.0, "luck_draws": 1000, "from": "2024-01-03", "to": "2024-03-01", "assets": ["A", "C", "D"],
        "missing": "drop-days", "source": "the table",
    }  # fmt: skip
    assert {name: result.settings[name] for name in wanted} == wanted


def test_names_with_commas_and_labels_that_are_no_texts_are_kept():
    frame = noise().set_axis(["A, Inc", 7, ("x", 1), "D"], axis=1)
    frame.columns = pd.Index(["A, Inc", 7, 8.5, "D"], dtype=object)
    result = sharpest.solve(frame, assets=["A, Inc", 7, 8.5], luck_draws=0)
    assert set(result.universe) == {"A, Inc", "7", "8.5"}
    assert list(result.weights.index) == ["A, Inc", 7, 8.5, "D"]
    assert result.weights.sum() == pytest.approx(1) and result.weights["D"] == 0


def test_assets_are_chosen_and_left_out_by_name():
    frame = noise().rename(columns={"A": "A, Inc"})
    result = sharpest.solve(frame, exclude=["A, Inc", "D"], rate=-1, trials=5, luck_draws=0)
    assert result.universe == ["B", "C"] and result.settings.exclude == ["A, Inc", "D"]
    assert result.inference.deflated.trials == 5
    with pytest.raises(ValueError, match="cannot be used with"):
        sharpest.solve(frame, exclude=["A, Inc"], assets=["B"])


def test_worker_processes_find_the_same():
    threads = sharpest.search(prices(), pick=17, draws=5, jobs=2)
    processes = sharpest.search(prices(), pick=17, draws=5, jobs=2, workers="processes")
    assert processes.workers == {"kind": "processes", "count": 2}
    assert essence(processes.fields) == essence(threads.fields)


def test_files_are_written_as_the_command_writes_them(tmp_path, table):
    path, _, _ = table
    names = [tmp_path / name for name in ("a.json", "a.csv", "b.json", "b.csv")]
    sharpest.search(prices(), pick=18, draws=2, json=names[0], csv=names[1])
    command_json, status, _ = command("search", path, "--pick=18", "--draws=2", "--csv", names[3])
    assert status == 0
    assert names[1].read_bytes() == names[3].read_bytes()
    assert essence(json.loads(names[0].read_text())) == essence(command_json)
    ranking = tmp_path / "ranking.csv"
    sharpest.solve(prices(), pick=19, luck_draws=0, ranking=ranking)
    assert len(ranking.read_text().splitlines()) == 21


REFUSALS = [
    (sharpest.InfeasibleError, {"pick": 10, "cap": 0.03}),
    (sharpest.InfeasibleError, {"pick": 50}),
    (sharpest.InfeasibleError, {"pick": 10, "floor": 0.3}),
    (sharpest.NoPortfolioBeatsRate, {"rate": 3.0}),
    (sharpest.DataError, {"assets": "AAPL,NVDAA"}),
    (sharpest.DataError, {"exclude": "AAPL,NVDAA"}),
    (ValueError, {"pick": 3, "at_most": 3}),
    (ValueError, {"assets": "AAPL", "exclude": "AMD"}),
    (ValueError, {"luck_draws": 3}),
    (ValueError, {"trials": 0}),
    (ValueError, {"cap": 2.0}),
    (ValueError, {"cap": float("nan")}),
    (ValueError, {"table": "prizes"}),
    (ValueError, {"test_to": "2022-01-01"}),
    (ValueError, {"from_": "01/02/2022"}),
    (sharpest.DataError, {"from_": "2022-12-27"}),
]


def in_python(sentence):
    """The sentence of the command with keywords in place of flags, for those that name no values."""
    return re.sub(r"--([a-z-]+)(?: <[^>]+>)?", lambda flag: flag[1].replace("-", "_") + "_" * (flag[1] == "from") + "=", sentence)


@pytest.mark.parametrize(("kind", "options"), REFUSALS)
def test_errors_are_typed_and_say_what_the_command_says(table, kind, options):
    path, _, _ = table
    flags = [f"--{name.rstrip('_').replace('_', '-')}={value}" for name, value in options.items()]
    _, status, talk = command("solve", path, *flags)
    assert status in (1, 2)
    with pytest.raises(ValueError) as caught:
        sharpest.solve(prices(), **options)
    assert type(caught.value) is kind
    sentence = in_python(talk.split(": ", 1)[1].strip().replace(str(path), "the table"))
    assert str(caught.value) == sentence and "--" not in sentence
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (kind, sentence)


def test_notes_and_refusals_speak_python():
    frame = noise()
    frame.iloc[3, 1] = np.nan
    with pytest.raises(sharpest.DataError) as caught:
        sharpest.solve(frame)
    assert 'choose missing="drop-assets" (leaves out 1 asset) or missing="drop-days" (leaves out 1 row)' in str(caught.value)
    said = " ".join(str(sharpest.solve(prices(), at_most=3)).split())
    assert "Could it be luck? luck_draws=1000 tests that, in about " in said
    assert "Chosen beforehand (your word, trials=1): " in " ".join(str(sharpest.solve(trials=1, luck_draws=0)).split())


def test_search_refuses_and_answers_alike():
    with pytest.raises(ValueError, match="pick= is needed: how many assets a portfolio holds, as in pick=25"):
        sharpest.search(noise())
    with pytest.raises(sharpest.NoPortfolioBeatsRate, match="no portfolio beats the rate of 900 %") as caught:
        sharpest.search(noise(), pick=2, rate=9.0)
    assert caught.value.result.status == "no_excess" and caught.value.result.best is None
    assert "no portfolio beats" in repr(caught.value.result)


@pytest.mark.parametrize("value", [0.0, -3.0, np.inf, np.nan])
def test_bad_numbers_are_named_with_asset_and_date(value):
    frame = noise()
    frame.iloc[20, 2] = value
    for numbers in (frame, pl.DataFrame(frame.reset_index())):
        with pytest.raises(sharpest.DataError, match="C") as caught:
            sharpest.solve(numbers)
        assert (caught.value.asset, caught.value.date) == ("C", frame.index[20].date())
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.asset, again.date) == ("C", frame.index[20].date())
    with pytest.raises(sharpest.DataError) as caught:
        sharpest.solve(frame.to_numpy())
    assert (caught.value.asset, caught.value.date) == ("2", None)


def test_dates_that_occur_twice_or_are_none_are_refused():
    frame = noise()
    index = list(frame.index)
    index[5] = index[4]
    with pytest.raises(sharpest.DataError, match="occurs twice, in rows 5 and 6") as caught:
        sharpest.solve(frame.set_axis(index))
    assert caught.value.date == index[4].date()
    index[5] = pd.NaT
    with pytest.raises(sharpest.DataError, match="row 6, column index: an empty cell is not a date"):
        sharpest.solve(frame.set_axis(index))


def test_example_prices_say_what_they_need(monkeypatch):
    for library in ("pandas", "polars"):
        assert len(sharpest.example_prices(library)) == 1257
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(ImportError, match=f"a frame of {library} needs {library}: pip install {library}"):
            sharpest.example_prices(library)
    assert sharpest.solve(luck_draws=0).status == "optimal"


def test_dates_out_of_order_are_sorted_and_that_is_said():
    frame = prices()
    result = sharpest.solve(frame.iloc[::-1], luck_draws=0)
    assert result.warnings == ["the table: the dates were not in order and have been sorted"]
    assert "note: the table: the dates were not in order" in repr(result)
    assert result.best == sharpest.solve(frame, luck_draws=0).best


@pytest.mark.parametrize(
    ("numbers", "error", "sentence"),
    [
        (object(), TypeError, "this is no table but of type object: give a frame of pandas, polars or pyarrow, a NumPy array"),
        (pd.Series([1.0, 2.0]), TypeError, r"of type Series: give a frame of pandas, polars or pyarrow, such as its to_frame\(\)"),
        ([["a", "b"]], sharpest.DataError, "no array of numbers .*: give a row a date and a column an asset"),
        ({"A": [1.0, 2.0, 3.0], "B": [1.0, 2.0]}, sharpest.DataError, "column A has 3 rows, column B 2|column B has 2 rows"),
        (noise().T, sharpest.DataError, "a column a date: give a row a date and a column an asset"),
        (np.ones(3), sharpest.DataError, "has 1 axes"),
        (np.ones((3, 2, 2)), sharpest.DataError, "has 3 axes"),
        (pd.DataFrame({"A": [True, False, True]}), sharpest.DataError, "holds true and false"),
        (pd.DataFrame([[1.0, 2.0]] * 5, columns=["A", "A"]), sharpest.DataError, 'the asset "A" occurs twice'),
        (pd.DataFrame(), sharpest.DataError, "no column"),
        ("no such file.csv", FileNotFoundError, r"^\[Errno 2\] cannot read no such file.csv: No such file or directory$"),
        (np.ones((9, 2)), sharpest.DataError, "the returns of each are all the same, .* leave them out with exclude="),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(numbers, error, sentence):
    with pytest.raises(error, match=sentence):
        sharpest.solve(numbers)


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m-%d-%y", "%d.%m.%Y", "%Y%m%d", "%b %d, %Y", "%d %B %Y", int])
def test_an_index_of_dates_loses_none_however_they_are_written(form):
    frame = noise()
    expected = sharpest.solve(frame, luck_draws=0)
    days = frame.index.strftime("%Y%m%d" if form is int else form)
    frame.index = days.astype(int) if form is int else days
    result = sharpest.solve(frame, luck_draws=0)
    assert (result.best, result.period) == (expected.best, expected.period)


def test_an_index_without_dates_is_no_asset_and_that_is_said():
    frame = noise()
    again = sharpest.solve(frame.reset_index(drop=True), luck_draws=0)
    named = sharpest.solve(frame.set_axis([f"row {i}" for i in range(len(frame))]), luck_draws=0)
    assert again.best == named.best
    assert named.warnings[0].startswith('the table: the index holds no dates (it begins with "row 0")')
    counted = frame.set_axis(range(3, 3 + 2 * len(frame), 2))
    assert sharpest.solve(counted, luck_draws=0).best == named.best


def test_notes_are_warnings_too():
    frame = noise().assign(**{"Unnamed: 0": range(len(noise()))})
    with pytest.warns(sharpest.DataWarning, match="the column Unnamed: 0 counts the rows and is left out") as caught:
        result = sharpest.solve(frame, luck_draws=0)
    assert [str(warning.message) for warning in caught] == result.warnings
    assert caught[0].filename == __file__


def test_a_mapping_may_hold_dates_and_gaps():
    frame = noise()
    columns = {"date": [str(date.date()) for date in frame.index], **{name: list(frame[name]) for name in frame}}
    result = sharpest.solve(columns, luck_draws=0)
    assert result.best == sharpest.solve(frame, luck_draws=0).best and result.period.from_ == columns["date"][0]
    assert list(result.weights) == list(frame)
    columns["A"][3] = None
    with pytest.raises(sharpest.DataError, match="1 cell is missing, the first A on"):
        sharpest.solve(columns)
    assert sharpest.solve(columns | {"date": frame.index}, missing="drop-days", luck_draws=0).period.returns == len(frame) - 2


def test_the_periods_of_a_year_are_those_that_the_dates_show():
    months = prices().resample("ME").last()
    result = sharpest.solve(months, luck_draws=0)
    assert result.warnings == ["the rows are a month apart: a year has 12 of them; periods= says otherwise"]
    assert result.settings.periods == 12
    told = sharpest.solve(months, luck_draws=0, periods=12)
    assert told.warnings == [] and told.best == result.best


def test_moments_that_do_not_fit_are_refused():
    mean, covariance = pd.Series({"A": 0.1, "B": 0.2}), pd.DataFrame(np.eye(2), list("AC"), list("AC"))
    with pytest.raises(sharpest.DataError, match="has no asset 'C'"):
        sharpest.solve(moments=(mean, covariance))
    with pytest.raises(ValueError, match="give one of the two"):
        sharpest.solve(noise(), moments=(mean, covariance))
    with pytest.raises(sharpest.DataError, match="symmetric"):
        sharpest.solve(moments=([0.1, 0.2], [[1, 0.5], [0.4, 1]]))
    with pytest.raises(ValueError, match="test_from= cannot be used"):
        sharpest.solve(moments=([0.1, 0.2], np.eye(2)), test_from="2022-01-01")


def test_the_interpreter_goes_on_while_the_engine_works():
    stop, ticks = threading.Event(), []

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        before = len(ticks)
        sharpest.search(prices(), pick=10, draws=1, draw="shared", jobs=1)
        sharpest.solve(prices(), pick=10, cap=0.2, jobs=1)
        assert len(ticks) - before > 10
    finally:
        stop.set()
        thread.join()


def interrupted(script):
    """Runs a script, presses Ctrl-C a second after it says that it is ready, and gives what it prints."""
    run = subprocess.Popen([sys.executable, "-P", "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "ready\n"
    time.sleep(1.0)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=120)
    return out


LONG = "sharpest.search(prices, pick=10, draws=1_000_000, jobs=1)"


def test_ctrl_c_ends_a_search_with_the_best_so_far():
    script = f"""
        import sharpest
        prices = sharpest.example_prices()
        print("ready", flush=True)
        result = {LONG}
        print(result.status, 0 < result.subsets < 184_756, result.sharpe > 0, "subsets were searched" in repr(result))
    """
    assert interrupted(script) == "incomplete True True True\n"


def test_a_signal_that_raises_something_else_is_raised():
    script = f"""
        import signal, sharpest
        def heard(*_):
            raise TimeoutError("heard")
        signal.signal(signal.SIGINT, heard)
        prices = sharpest.example_prices()
        print("ready", flush=True)
        try:
            {LONG}
        except TimeoutError as error:
            print(error)
    """
    assert interrupted(script) == "heard\n"


def test_the_progress_bar_is_drawn_only_where_somebody_looks(monkeypatch, capsys):
    from sharpest import _progress

    sharpest.search(prices(), pick=10, draws=200)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(_progress, "interactive", lambda: True)
    sharpest.search(prices(), pick=10, draws=1_000)
    assert "subsets" in capsys.readouterr().err
    sharpest.search(prices(), pick=10, draws=1_000, quiet=True)
    assert capsys.readouterr().err == ""


def test_a_mapping_of_series_goes_by_labels_and_keeps_its_dates():
    frame = noise()
    expected = sharpest.solve(frame, luck_draws=0)
    mapping = {name: frame[name].sample(frac=1, random_state=i) for i, name in enumerate(frame)}
    result = sharpest.solve(mapping, luck_draws=0)
    assert (result.best, result.period) == (expected.best, expected.period) and list(result.weights) == list(frame)
    zoned = {name: frame[name].tz_localize("Europe/London" if i else "America/New_York") for i, name in enumerate(frame)}
    assert sharpest.solve(zoned, luck_draws=0).best == expected.best
    mixed = {name: frame[name] if i else frame[name].reset_index(drop=True) for i, name in enumerate(frame)}
    with pytest.raises(sharpest.DataError, match="give all of them the same kind of index"):
        sharpest.solve(mixed)


def test_several_tables_are_one_in_a_list_and_in_a_mapping(tmp_path):
    frame = noise()
    expected = sharpest.solve(frame, luck_draws=0)
    histories = {
        name: pd.DataFrame({"Open": frame[name] * 1.01, "Close": frame[name], "Volume": 1e6}) for name in frame
    }
    for name, history in histories.items():
        history.rename_axis("Date").to_csv(tmp_path / f"{name}.csv")
    paths = [tmp_path / f"{name}.csv" for name in frame]
    for several in (histories, paths, tmp_path, [frame[name] for name in frame], dict(zip(frame, paths, strict=True))):
        result = sharpest.solve(several, luck_draws=0)
        assert result.best == expected.best
        assert result.check(several)
    with pytest.raises(sharpest.DataError, match="is the price history of one asset"):
        sharpest.solve(histories["A"])
    with pytest.raises(sharpest.DataError, match="the price history of an asset without a name"):
        sharpest.solve(list(histories.values()))
