"""Queues between processes that were made by hand."""

import multiprocessing
import os
import time

import crowd
import numpy as np
import pytest
import sharpest
from sharpest.pool.queue import Empty, Full

COUNT = 40_000


def produce(queue, count):
    for number in range(count):
        queue.put((os.getpid(), number, np.full(COUNT, float(number))))


def consume(tasks, results):
    while (task := tasks.get()) is not None:
        results.put(crowd.total(task))


def take_one(queue):
    return queue.get(timeout=60)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_producers_and_a_consumer(method):
    context = multiprocessing.get_context(method)
    queue = sharpest.Queue()
    producers = [context.Process(target=produce, args=(queue, 20)) for _ in range(2)]
    for producer in producers:
        producer.start()
    seen = {}
    for _ in range(40):
        process, number, array = queue.get(timeout=60)
        assert array.sum() == COUNT * number
        array[0] = 1  # it is the taker's own
        seen.setdefault(process, []).append(number)
    for producer in producers:
        producer.join()
    assert list(seen.values()) == [list(range(20))] * 2, "each one's come in order"
    assert queue.empty()


def test_workers_made_by_hand():
    tasks, results = sharpest.Queue(), sharpest.Queue()
    workers = [multiprocessing.Process(target=consume, args=(tasks, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for number in range(50):
        tasks.put(np.full(COUNT, number))
    for _ in workers:
        tasks.put(None)
    assert sorted(results.get(timeout=60) for _ in range(50)) == [COUNT * number for number in range(50)]
    for worker in workers:
        worker.join()


def test_more_than_the_kernel_holds_waits_its_turn():
    queue = sharpest.Queue()
    for number in range(5000):
        queue.put(number)
    assert [queue.get(timeout=60) for _ in range(5000)] == list(range(5000))


def test_a_queue_of_few_places():
    queue = sharpest.Queue(2)
    queue.put(1)
    queue.put(2)
    assert queue.full()
    with pytest.raises(Full):
        queue.put_nowait(3)
    with pytest.raises(Full):
        queue.put(3, timeout=0.05)
    assert queue.get() == 1
    queue.put(3)
    assert [queue.get(), queue.get()] == [2, 3]
    with pytest.raises(Empty):
        queue.get(timeout=0.05)
    with pytest.raises(Empty):
        queue.get_nowait()


def test_what_was_built_in_shared_memory_is_handed_over():
    queue = sharpest.Queue()
    array = sharpest.empty(COUNT)
    array[:] = 2
    queue.put(array)
    with pytest.raises(ValueError, match="closed"):
        array.sum()
    taken = queue.get()
    taken[0] = 1
    assert taken.sum() == 2 * COUNT - 1


def test_a_queue_goes_to_the_workers_of_pools():
    queue = sharpest.Queue()
    queue.put("for a worker")
    with sharpest.Pool(1) as pool:
        assert pool.submit(take_one, queue).result() == "for a worker"


def test_what_cannot_be_pickled_is_an_error_at_once():
    import threading

    with pytest.raises(TypeError, match="cannot pickle"):
        sharpest.Queue().put(threading.Lock())


def test_a_consumer_that_is_killed_takes_nothing_with_it():
    queue = sharpest.Queue()
    waiting = multiprocessing.Process(target=take_one, args=(queue,))
    waiting.start()
    time.sleep(0.2)
    waiting.kill()
    waiting.join()
    queue.put("still there")
    assert queue.get(timeout=60) == "still there"
