"""Every worker keeps its own sum, and takes the lock once."""

import multiprocessing as mp


def work(lock, total, rounds):
    own = 0.0
    for number in range(rounds):
        own += sum(i * i for i in range(4000)) % 7 + number
    with lock:
        total.value += own


if __name__ == "__main__":
    context = mp.get_context("fork")
    lock, total = context.Lock(), context.Value("d", 0.0, lock=False)
    workers = [context.Process(target=work, args=(lock, total, 3000)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(total.value)
