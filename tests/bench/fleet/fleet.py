#!/usr/bin/env python3
"""N developers type at one service: how long they wait, by a simulation over measured times.

    fleet.py --alone 60 --at 16 300           ms of a request alone, and of each of 16 at once
    fleet.py --measure http://127.0.0.1:8012  the same, asked of an endpoint (LEMMA_HTTP_TOKEN)

A developer types bursts of keys and rests between them; a request follows each key after which
nothing is typed for 75 ms, and the next key cancels it. The service shares itself out evenly: of b
requests at once each is as slow as a line through the two measured times says.
"""
import argparse
import concurrent.futures
import json
import os
import random
import statistics
import time
import urllib.request

WAIT_S = 0.075  # after a key, before a request
STEP_S = 0.002


class Developer:
    """Keys at 4 to 8 a second in bursts of 5 to 40, and rests of 1 to 20 s between them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.left = 0
        self.next_key = self.random.uniform(0, 20)
        self.asks_at = None
        self.request = None  # [work left, when it was asked]

    def key(self):
        if self.left == 0:
            self.left = self.random.randint(5, 40)
        self.left -= 1
        pause = self.random.choice([0.06, 0.1, 0.125, 0.2, 0.3])
        self.asks_at = self.next_key + WAIT_S
        self.next_key += pause if self.left else self.random.uniform(1, 20)


def simulate(developers, alone_s, slower, seconds, seed):
    """Waits in seconds of all that was answered, the part of requests that was, and the load."""
    people = [Developer(seed * 1000 + each) for each in range(developers)]
    waits, asked, busy, now = [], 0, 0, 0.0
    while now < seconds:
        running = []
        for person in people:
            if now >= person.next_key:
                person.key()
                person.request = None
            if person.asks_at is not None and now >= person.asks_at:
                person.asks_at = None
                person.request = [alone_s, now]
                asked += 1
            if person.request:
                running.append(person)
        busy += bool(running)
        speed = 1 / (1 + slower * (len(running) - 1)) if running else 0
        now += STEP_S
        for person in running:
            person.request[0] -= STEP_S * speed
            if person.request[0] <= 0:
                waits.append(now - person.request[1])
                person.request = None
    return waits, len(waits) / max(asked, 1), busy * STEP_S / seconds


def ask(url, token, number):
    body = {"input_prefix": f"def area_{number}(width, height):\n" + "    x = 1\n" * 40,
            "prompt": "    return wid", "input_suffix": "\n", "n_predict": 24}
    request = urllib.request.Request(
        url + "/infill", json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    begin = time.monotonic()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return time.monotonic() - begin


def measure(url, at_once):
    token = os.environ["LEMMA_HTTP_TOKEN"]
    ask(url, token, 0)
    alone = statistics.median(ask(url, token, number) for number in range(1, 10))
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        together = list(pool.map(lambda n: ask(url, token, n), range(100, 100 + 4 * at_once)))
    return alone, statistics.median(together)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--alone", type=float, help="ms of one request")
    parser.add_argument("--at", nargs=2, type=float, metavar=("N", "MS"))
    parser.add_argument("--measure", metavar="URL")
    parser.add_argument("--seconds", type=float, default=60)
    choice = parser.parse_args()
    if choice.measure:
        at_once = 8
        alone, together = measure(choice.measure, at_once)
    elif choice.alone and choice.at:
        alone, at_once, together = choice.alone / 1000, choice.at[0], choice.at[1] / 1000
    else:
        parser.error("--measure URL, or --alone MS and --at N MS")
    slower = max(0.0, (together / alone - 1) / (at_once - 1))
    print(f"one request {alone * 1000:.0f} ms, each of {at_once:.0f} at once "
          f"{together * 1000:.0f} ms\n\n| developers | busy | median | 95 % | answered "
          "before the next key |\n|---|---|---|---|---|")
    for developers in (1, 2, 5, 10, 20, 40, 80, 160):
        waits, answered, load = simulate(developers, alone, slower, choice.seconds, 1)
        waits = sorted(waits) or [float("inf")]
        print(f"| {developers} | {load:.0%} | {waits[len(waits) // 2] * 1000:.0f} ms | "
              f"{waits[int(len(waits) * 0.95)] * 1000:.0f} ms | {answered:.0%} |", flush=True)
        if answered < 0.2:
            break


if __name__ == "__main__":
    main()
