"""Means and covariances in place of a table, as the columns of the file that the command takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import _native
from .errors import DataError
from .frames import Kind

#: What messages and reports call moments in memory.
MOMENTS = "the moments"


def sheet(moments: Any, names: Sequence[str] | None) -> tuple[_native.Sheet, Kind]:
    """Takes ``(mean, covariance)``: arrays, or a Series and a frame, whose labels are held against each other."""
    try:
        mean, covariance = moments
    except (TypeError, ValueError):
        raise TypeError("moments are a pair, (mean, covariance), or the name of a file") from None
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise DataError(f"{MOMENTS}: the covariance has the shape {matrix.shape}: a row and a column an asset are needed")
    columns = _labels(covariance, "columns", names, len(matrix))
    rows = _labels(covariance, "index", None, len(matrix)) if hasattr(covariance, "iloc") else columns
    values = _means(mean, rows)
    assets = [str(label) for label in rows]
    table: list[tuple[str, Any]] = [("asset", assets), ("mean", values)]
    table += [(str(label), matrix[:, i]) for i, label in enumerate(columns)]
    library = "pandas" if hasattr(covariance, "iloc") else ""
    return _native.Sheet(MOMENTS, table, [], True), Kind(library, columns)


def _labels(covariance: Any, axis: str, names: Sequence[str] | None, size: int) -> tuple[Any, ...]:
    own = getattr(covariance, axis, None)
    labels = tuple(names if names is not None else range(size) if own is None else own)
    if len(labels) != size:
        raise DataError(f"{MOMENTS}: {len(labels)} names for {size} assets")
    return labels


def _means(mean: Any, assets: Sequence[Any]) -> np.ndarray:
    """The mean of each asset, by name where it has names."""
    if isinstance(mean, Mapping) or hasattr(mean, "iloc"):
        named = dict(mean.items())
        other = next((asset for asset in assets if asset not in named), None)
        if other is None and len(named) != len(assets):
            other = next(asset for asset in named if asset not in assets)
        if other is not None:
            raise DataError(f"{MOMENTS}: one of mean and covariance has no asset {other!r}", asset=str(other))
        mean = [named[asset] for asset in assets]
    values = np.asarray(mean, dtype=np.float64)
    if values.shape != (len(assets),):
        raise DataError(f"{MOMENTS}: a mean of shape {values.shape} for {len(assets)} assets")
    return values
