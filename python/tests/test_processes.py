"""Arrays that go to other processes: by every kind of pool, and back."""

import concurrent.futures as futures
import gc
import multiprocessing as mp
import os
import pickle
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest
import sharpest

METHODS = ["fork", "spawn", "forkserver"]


def total(shared, scale=1):
    return scale * float(np.asarray(shared).sum())


def total_of_block(block):
    return float(block.A.sum() + block["B"].sum())


def squares(n):
    result = sharpest.empty(n)
    np.square(np.arange(n), out=result.array)
    return result


def put_squares(queue, n):
    queue.put(squares(n))


@pytest.mark.parametrize("method", METHODS)
class TestEveryStartMethod:
    def test_pool_gets_arrays_and_gives_arrays(self, method):
        with mp.get_context(method).Pool(2) as pool:
            shared = sharpest.share(np.arange(100_000.0))
            expected = shared.sum()
            assert pool.starmap(total, [(shared, 1), (shared, 2)]) == [expected, 2 * expected]
            # Temporaries: nothing but the token is left of them when the worker begins.
            async_results = [pool.apply_async(total, (sharpest.share(np.full(1000, i)),)) for i in range(50)]
            gc.collect()
            assert [result.get(60) for result in async_results] == [1000.0 * i for i in range(50)]
            for n, result in zip([10, 100_000], pool.map(squares, [10, 100_000]), strict=True):
                np.testing.assert_array_equal(result, np.arange(n) ** 2.0)

    def test_process_and_queue(self, method):
        context = mp.get_context(method)
        queue = context.Queue()
        workers = [context.Process(target=put_squares, args=(queue, n)) for n in (10, 100_000)]
        for worker in workers:
            worker.start()
        time.sleep(1)  # the workers are done, and wait for their results to be opened
        results = sorted((queue.get(timeout=60) for _ in workers), key=len)
        for worker in workers:
            worker.join(60)
            assert worker.exitcode == 0
        np.testing.assert_array_equal(results[0], np.arange(10) ** 2.0)
        np.testing.assert_array_equal(results[1], np.arange(100_000) ** 2.0)

    def test_executor(self, method):
        with futures.ProcessPoolExecutor(2, mp_context=mp.get_context(method)) as pool:
            block = sharpest.share(A=np.arange(1000), B=np.ones(10))
            assert list(pool.map(total_of_block, [block] * 4)) == [499_510.0] * 4
            results = list(pool.map(squares, [100_000] * 3))
        for result in results:
            np.testing.assert_array_equal(result, np.arange(100_000) ** 2.0)


def test_joblib():
    shared = sharpest.share(np.arange(1000.0))
    run = joblib.Parallel(n_jobs=2)
    assert run(joblib.delayed(total)(shared) for _ in range(4)) == [499_500.0] * 4
    for result in run(joblib.delayed(squares)(1000) for _ in range(2)):
        np.testing.assert_array_equal(result, np.arange(1000) ** 2.0)


def test_dask():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster, cluster.get_client() as client:
        shared = sharpest.share(np.arange(1000.0))
        assert client.gather(client.map(total, [shared] * 3, pure=False)) == [499_500.0] * 3
        np.testing.assert_array_equal(client.submit(squares, 1000).result(), np.arange(1000) ** 2.0)


def test_a_forked_child_reads_views_and_hands_them_on():
    shared = sharpest.share(np.arange(100_000))
    view = shared.array
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        token = pickle.dumps(sharpest.share(view * 2))  # the child's own
        os.write(write, pickle.dumps((int(view.sum()), token)))
        time.sleep(60)
        os._exit(0)
    total, token = pickle.loads(os.read(read, 1000))
    assert total == view.sum()
    np.testing.assert_array_equal(pickle.loads(token).array, view * 2)
    os.kill(pid, 9)
    os.waitpid(pid, 0)


def python(code, *args, **options):
    return subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True, **options)


OPEN = "import sys, pickle, sharpest; x = pickle.loads(bytes.fromhex(sys.argv[1]))"


def test_an_unrelated_process_opens_a_token():
    shared = sharpest.share(np.arange(1000))
    assert python(OPEN + "; print(x.sum())", pickle.dumps(shared).hex()).communicate()[0] == "499500\n"


def test_a_reader_hands_on_what_it_reads():
    shared = sharpest.share(np.arange(1000))
    code = OPEN + "; print(pickle.dumps(x).hex(), flush=True); sys.stdin.read()"
    with python(code, pickle.dumps(shared).hex(), stdin=subprocess.PIPE) as reader:
        token = bytes.fromhex(reader.stdout.readline())
        shared.close()
        del shared
        assert pickle.loads(token).sum() == 499_500


OWNER = "import pickle, numpy, sharpest; print(pickle.dumps(sharpest.share(numpy.eye(9))).hex(), flush=True); input()"


TWO = OWNER.replace("print(", "print(pickle.dumps(sharpest.share(numpy.eye(9))).hex(), ")


def test_a_token_whose_owner_is_gone_says_so():
    with python(OWNER, stdin=subprocess.PIPE) as owner:
        token = bytes.fromhex(owner.stdout.readline())
        owner.kill()
        owner.wait()
        with pytest.raises(sharpest.OwnerGone, match=rf"process {owner.pid} that shared this array is gone"):
            pickle.loads(token)


def test_a_closed_array_is_gone_once_its_token_was_opened():
    with sharpest.share(np.arange(1000)) as shared:
        token = pickle.dumps(shared)
        reader = python(OPEN + "; print(x.sum())", token.hex())
        reader.communicate()
    del shared
    for _ in range(1000):
        reader = python(OPEN, token.hex(), stderr=subprocess.PIPE)
        if "OwnerGone" in reader.communicate()[1]:
            return
    pytest.fail("the segment is still there")


def test_descriptors_and_memory_return():
    def held():
        gc.collect()
        with open("/proc/self/maps") as maps:
            return len(os.listdir("/proc/self/fd")), sum("memfd:sharpest" in line for line in maps)

    sharpest.trim()
    _, mapped = held()
    with mp.get_context("spawn").Pool(1) as pool:
        pool.apply(total, (sharpest.share(np.ones(100_000)),))  # what is made once: the board, the pool's own
        wait_until(lambda: held()[1] == mapped)
        before = held()
        for _ in range(20):
            pool.apply(total, (sharpest.share(np.ones(100_000)),))
        wait_until(lambda: held() == before)


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.parametrize("length", [100, 100_000])  # in a slab, and in a segment of its own
def test_memory_that_a_forked_child_still_looks_at_is_not_used_again(length):
    work = sharpest.zeros(length)
    work[:] = 7
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(ready, 1)
        os._exit(0 if (work.array == 7).all() else 1)
    del work
    kept = [sharpest.zeros(length) for _ in range(3)]
    for array in kept:
        array[:] = 9
    os.write(go, b"!")
    assert os.waitpid(pid, 0)[1] == 0


def test_a_token_that_is_opened_twice_lets_go_of_no_other():
    kept = sharpest.share(np.ones(1000))
    old = pickle.dumps(kept)
    python(OPEN, old.hex()).communicate()
    time.sleep(0.2)  # its pin is gone, and its place on the board free
    temporary = pickle.dumps(sharpest.share(np.full(1000, 2.0)))
    python(OPEN, old.hex()).communicate()
    time.sleep(0.2)
    assert python(OPEN + "; print(x.sum())", temporary.hex()).communicate()[0] == "2000.0\n"


def test_each_owner_is_told_that_its_token_was_opened():
    with python(OWNER, stdin=subprocess.PIPE) as one, python(OWNER, stdin=subprocess.PIPE) as other:
        for owner in (one, other):
            assert pickle.loads(bytes.fromhex(owner.stdout.readline())).trace() == 9
        for owner in (one, other):
            owner.communicate("\n", timeout=sharpest._tokens.LINGER / 2)  # nothing keeps it longer


def test_a_descriptor_that_is_by_now_another_file_is_not_written(tmp_path):
    def memory_files():
        links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
        return {os.stat(link).st_ino: int(link.rpartition("/")[2]) for link in links if is_memory(link)}

    def is_memory(link):
        return os.path.lexists(link) and os.readlink(link).startswith("/memfd:")

    with python(TWO, stdin=subprocess.PIPE) as owner:
        first, second = map(bytes.fromhex, owner.stdout.readline().split())
        before = memory_files()
        pickle.loads(first)
        (board,) = (number for inode, number in memory_files().items() if inode not in before)
        with open(tmp_path / "mine", "w+b") as mine:
            os.dup2(mine.fileno(), board)
            pickle.loads(second)
            assert mine.read() == b""
        owner.communicate("\n", timeout=sharpest._tokens.LINGER / 2)  # it was told all the same


def test_a_private_copy_without_the_owner():
    with python(OWNER, stdin=subprocess.PIPE) as owner:
        shared = pickle.loads(bytes.fromhex(owner.stdout.readline()))
    mine = shared.private()
    mine[0, 0] = 5
    assert shared[0, 0] == 1 and mine[1, 1] == 1
