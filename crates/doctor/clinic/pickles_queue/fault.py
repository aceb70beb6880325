"""Processes with a Queue instead of a pool: the queue pickles too."""

import multiprocessing as mp

import numpy as np


def work(inbox, outbox):
    while (block := inbox.get()) is not None:
        outbox.put(block * 2.0)


if __name__ == "__main__":
    context = mp.get_context("fork")
    inbox, outbox = context.Queue(4), context.Queue()
    workers = [context.Process(target=work, args=(inbox, outbox)) for _ in range(2)]
    for worker in workers:
        worker.start()
    total = 0.0
    for number in range(80):
        inbox.put(np.full((1000, 800), float(number)))
        total += outbox.get().sum()
    for worker in workers:
        inbox.put(None)
    for worker in workers:
        worker.join()
    print(total)
