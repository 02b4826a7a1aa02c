"""Measures what sharing a token's limits costs: three `serve` processes and one store against one
process alone under the same load, and an answer that another process got against one's own. Ends with
status 1 if a figure is not what it is to be.

    python3 benches/replicas_bench.py target/release/wolkvox-mcp [VALKEY_OR_REDIS_SERVER]

What sixty programs on desktops gain is measured by `share_token.py`.
"""

import asyncio
import sys
import time

from replicas import CUSTOMERS, Person, Report, Store, Team, load, outcomes, percentile

PEOPLE = 30
ANSWER = 0.05  # how long wolkvox takes
SECONDS = 15  # of each run
ROUNDS = 3  # by turns, so that the machine's noise hits both
HITS = 300


async def throughput(program, store, report):
    """One process alone, and three that share, by turns."""
    found = {1: [], 3: []}
    for _ in range(ROUNDS):
        for count, shared in ((1, None), (3, store)):
            team = await Team(program, shared, PEOPLE, ANSWER).open(count)
            people = [Person(team.replicas[number % count], token, number)
                      for number, token in enumerate(team.tokens)]
            calls = await load(people, SECONDS)
            await team.close()
            if outcomes(calls) != {"found": len(calls)} or team.wolkvox.third:
                report.line(f"{count} processes", str(outcomes(calls)), "all found, none a third", False)
            found[count].append(calls)
    rate = {count: sum(map(len, runs)) / SECONDS / ROUNDS for count, runs in found.items()}
    p99 = {count: percentile([call.took for run in runs for call in run], 0.99)
           for count, runs in found.items()}
    for count, name in ((1, "one process"), (3, "three processes")):
        print(f"{name}: {rate[count]:.1f} calls a second, p99 of the wait {p99[count] * 1000:.0f} ms")
    ratio = rate[3] / rate[1]
    report.line("calls a second, three to one", f"{ratio:.2f}", "at least 0.95", ratio >= 0.95)
    report.most("p99 of the wait, three to one", p99[3] / p99[1], 1.5)


async def hits(program, store, report):
    """The same answer from another process, through the store, and from one's own memory."""
    team = await Team(program, store, 2, 0.0, cache_ttl="10m").open(2)
    first, second = (Person(replica, token, 0)
                     for replica, token in zip(team.replicas, team.tokens))
    took = {"shared": [], "local": []}
    for _ in range(HITS):
        customer = str(next(CUSTOMERS))
        await first.call(customer)
        for name in took:
            call = await second.call(customer)
            assert call.outcome == "found", call
            took[name].append(call.took * 1000)
    await team.close()
    assert team.wolkvox.requests == HITS, team.wolkvox.requests
    medians = {name: percentile(times, 0.5) for name, times in took.items()}
    for name, median in medians.items():
        print(f"{name} hit: median {median:.2f} ms, p99 {percentile(took[name], 0.99):.2f} ms")
    report.most("a shared hit over a local one, median", medians["shared"] - medians["local"], 1.0, " ms")


async def main(program, server=None):
    report, store = Report(), Store(server)
    begun = time.monotonic()
    try:
        await hits(program, store, report)
        await throughput(program, store, report)
    finally:
        store.end()
    print(f"in {time.monotonic() - begun:.0f} s")
    return report


if __name__ == "__main__":
    sys.exit(not asyncio.run(main(*sys.argv[1:])).is_fine)
