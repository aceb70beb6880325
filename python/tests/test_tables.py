"""One true table, written at random in hundreds of ways: each gives the answer of the truth, to the last bit, or a sentence."""

import pytest
from tables import read, writer
from tables.damage import KINDS

#: Enough for every spelling to be among them; ``python -m tables`` runs as many as one likes.
SEEDS = range(1, 301)
BATCH = 20


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_no_table_is_misread(first, tmp_path):
    found = [read.read(writer.write(seed), tmp_path / str(seed)) for seed in range(first, first + BATCH)]
    failed = [
        f"python -m tables --show {one.writing.seed}: {one.outcome.value}: {one.detail}" for one in found if one.outcome.fails
    ]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", KINDS)
def test_damage_is_told(name, tmp_path):
    for seed in range(3):
        writing = writer.damaged(seed, name)
        found = read.read(writing, tmp_path / str(seed))
        assert not found.outcome.fails, (
            f"python -m tables --show {seed} --damage {name!r}: {found.outcome.value}: {found.detail}"
        )
