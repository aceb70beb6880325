"""What assets are called."""

from __future__ import annotations

import random

from ..truth import Truth

PLAIN = ["AAPL", "MSFT", "KO", "PG", "XOM", "JPM", "T", "V", "GE", "IBM", "NVDA", "DIS"]
#: Kinds of names, and how often each is drawn.
POOLS: dict[str, tuple[float, list[str]]] = {
    "plain": (45, PLAIN),
    "made up": (12, ["S0", "S1", "S2", "S3", "S4", "S5", "S6"]),
    "points": (5, ["BRK.B", "BF.B", "BP.L", "7203.T", "SAP.DE", "005930.KS", "RDS.A"]),
    "blanks": (4, ["Coca Cola", "Procter & Gamble", "Berkshire B", "S&P 500", "Gold spot", "US bonds"]),
    "signs": (5, ["^GSPC", "BTC-USD", "EURUSD=X", "CL=F", "$SPX", "BRK-B", "ETH/USD"]),
    "commas": (5, ["Apple, Inc.", "Coca-Cola, Co.", "Berkshire, B", "Alphabet, Class A", "Plain", "Deere, & Co"]),
    "letters": (5, ["贵州茅台", "Société", "Nestlé", "Газпром", "トヨタ", "Ørsted", "Münchener Rück"]),
    "numbers": (6, ["600519", "000858", "7203", "0700", "9988", "10107"]),
    "nothings": (3, ["NA", "NaN", "TRUE", "nan", "None", "null"]),
    "words": (4, ["OPEN", "LOW", *PLAIN]),
    "ISIN": (2, ["US0378331005", "US5949181045", "DE0007164600", "JP3633400001", "FR0000131104", "CH0038863350"]),
    "quotes": (1, ['O"Neil', "Moody's", "Kohl's", "McDonald's", "Lands' End", "Dick's"]),
}  # fmt: skip

#: What a reader of CSV may take for a cell that is missing.
NOTHINGS = set(POOLS["nothings"][1]) - {"TRUE"}


def rename(chance: random.Random, truth: Truth, *, files: bool = False) -> tuple[Truth, str]:
    """Gives the assets other names, and says of which kind; with ``files`` names that a file may have."""
    kinds = {kind: often for kind, (often, _) in POOLS.items() if not (files and kind in ("signs", "quotes"))}
    count = len(truth.assets)
    kind = chance.choices(list(kinds), list(kinds.values()))[0]
    if kind == "words" and count < 4:
        kind = "plain"
    pool = POOLS[kind][1]
    if kind == "words":  # tickers that are words stand among others
        chosen = ["OPEN", "LOW", *chance.sample(PLAIN, count - 2)]
        chance.shuffle(chosen)
    else:
        chosen = chance.sample(pool, count)
    return truth.named(tuple(chosen)), kind
