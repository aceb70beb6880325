"""Every worker holds the lock while it works."""

import multiprocessing as mp


def work(lock, total, rounds):
    for number in range(rounds):
        with lock:
            total.value += sum(i * i for i in range(4000)) % 7 + number


if __name__ == "__main__":
    context = mp.get_context("fork")
    lock, total = context.Lock(), context.Value("d", 0.0, lock=False)
    workers = [context.Process(target=work, args=(lock, total, 1500)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(total.value)
