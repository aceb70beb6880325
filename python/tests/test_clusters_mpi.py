"""MPI, through ``mpi4py.futures``: a manager and two workers. When one is lost MPI ends all, and the checkpoint is what stays."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from clusters import LONGER, answer, done, reference
from sharpest import Result

pytest.importorskip("mpi4py")
MPIEXEC = Path(sys.executable).parent / "mpiexec"
pytestmark = pytest.mark.skipif(not MPIEXEC.exists(), reason="no mpiexec beside the interpreter: pip install mpich")

PROGRAM = """
    import json, os, sys
    import sharpest
    from mpi4py.futures import MPIPoolExecutor

    if __name__ == "__main__":
        with MPIPoolExecutor() as pool:
            print(pool.submit(os.getpid).result(), flush=True)
            result = sharpest.search(**json.loads(sys.argv[1]), executor=pool, checkpoint="run", json="best.json")
        print(result.status, result.workers["count"])
    """


def begin(folder):
    (folder / "program.py").write_text(textwrap.dedent(PROGRAM))
    import json

    command = [MPIEXEC, "-n", "3", sys.executable, "-m", "mpi4py.futures", "program.py", json.dumps(LONGER)]
    environment = os.environ | {"HYDRA_LAUNCHER": "fork"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def test_a_killed_worker_ends_all_and_the_same_call_goes_on(tmp_path):
    child = begin(tmp_path)
    worker = int(child.stdout.readline())
    while done(tmp_path / "run") == 0:
        assert child.poll() is None, child.stdout.read()
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    out, _ = child.communicate(timeout=120)
    assert child.returncode != 0, out
    assert done(tmp_path / "run") > 0
    assert not (tmp_path / "best.json").exists()

    child = begin(tmp_path)
    out, _ = child.communicate(timeout=120)
    assert out.splitlines()[-1] == "complete 2", out
    assert answer(Result.from_json(tmp_path / "best.json")) == reference(LONGER["draws"])
    assert not (tmp_path / "run").exists()
