"""The same workers, who are told only which block to work on."""

import multiprocessing as mp

import numpy as np

blocks = np.ones((80, 2000))


def work(inbox, outbox):
    scratch = np.empty(2000)
    for number in iter(inbox.get, None):
        for _ in range(1200):
            np.sin(blocks[number], out=scratch)
        outbox.put(scratch.sum())


if __name__ == "__main__":
    context = mp.get_context("fork")
    inbox, outbox = context.Queue(), context.Queue()
    workers = [context.Process(target=work, args=(inbox, outbox)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for number in range(80):
        inbox.put(number)
    total = sum(outbox.get() for _ in range(80))
    for worker in workers:
        inbox.put(None)
    for worker in workers:
        worker.join()
    print(total)
