"""Breaks everything that replicas lean on while people ask them: processes are killed and stopped, the
store hangs, dies, forgets, or is cut off, clients leave, replicas are restarted behind a proxy. Prints
what became of the calls, and ends with status 1 if anything is not as it is to be.

    python3 benches/replicas_chaos.py target/release/wolkvox-mcp [VALKEY_OR_REDIS_SERVER] [SCENARIO...]

The proxy is nginx; without one that scenario is left out, and said.
"""

import asyncio
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from replicas import (
    CUSTOMERS, SECRET, TOKEN, Load, Person, Report, Store, Team, free_port, load, percentile)

ANSWER = 0.05  # how long wolkvox takes


async def team(program, store, people, replicas, seconds=ANSWER, **more):
    return await Team(program, store, people, seconds).open(replicas, **more)


def people(team, places=None, **more):
    places = places or team.replicas
    return [Person(places[number % len(places)], token, number, **more)
            for number, token in enumerate(team.tokens)]


def longest(calls):
    return max((call.took for call in calls), default=0.0)


async def until(condition, most):
    """Returns how long it takes until something holds."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > most:
            return float("inf")
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


async def killed(program, store, report):
    """A replica is killed while it holds places and people wait in it."""
    it = await team(program, store, 9, 3)
    everybody = people(it)
    going = Load([person for person in everybody if person.soak is not it.replicas[0]])
    dead = Load([person for person in everybody if person.soak is it.replicas[0]])
    await asyncio.sleep(2)
    it.replicas[0].signal(signal.SIGKILL)
    await asyncio.sleep(8)
    calls = await going.end()
    await dead.end()
    report.none("a replica is killed: others' calls that failed", calls)
    report.most("  longest wait", longest(calls), 6.5, " s")
    report.most("  most requests at once", it.wolkvox.most, 2)
    await it.close()


async def stopped(program, store, report):
    """A replica stands still for longer than its lease, and then goes on."""
    it = await team(program, store, 9, 3)
    going = Load(people(it))
    await asyncio.sleep(2)
    it.replicas[0].signal(signal.SIGSTOP)
    await asyncio.sleep(7)
    it.replicas[0].signal(signal.SIGCONT)
    await asyncio.sleep(2)
    calls = await going.end()
    report.none("a replica stands still for 7 s: calls that failed", calls)
    print(f"    refused by wolkvox as a third, and repeated: {it.wolkvox.third}")
    left = await until(lambda: store.taken_and_waiting() == (0, 0), 7)
    report.most("  until every place is free again", left, 7.0, " s")
    await it.close()


async def emptied(program, store, report):
    """The store forgets everything, and is then restarted empty, while people wait."""
    def forget():
        store.ask("FLUSHALL")
        store.ask("SCRIPT", "FLUSH")

    def restart():
        store.process.kill()
        store.process.wait()
        store.start()

    it = await team(program, store, 8, 2)
    for what, fail in (("emptied", forget), ("restarted empty", restart)):
        before = it.wolkvox.third
        going = Load(people(it))
        for _ in range(3):
            await asyncio.sleep(2)
            fail()
        await asyncio.sleep(4)
        calls = await going.end()
        report.none(f"the store is {what}, three times: failed", calls)
        report.most("  longest wait", longest(calls), 1.5, " s")
        print(f"    refused by wolkvox as a third, and repeated: {it.wolkvox.third - before}")
    await it.close()


async def hanging(program, store, report):
    """The store hangs, then is gone; it comes back each time."""
    it = await team(program, store, 2, 2)
    first, second = people(it)
    await first.begin()
    await second.begin()
    usual = percentile([(await first.call()).took for _ in range(20)], 0.5)

    def is_back(log, since):
        return len(re.findall("answers again", log.read_text())) > since

    for what, fail, mend in (
        ("hangs", lambda: store.process.send_signal(signal.SIGSTOP),
         lambda: store.process.send_signal(signal.SIGCONT)),
        ("is killed", lambda: (store.process.kill(), store.process.wait()), store.start),
    ):
        fail()
        calls = [await person.call() for person in (first, second)]
        later = []
        for _ in range(20):
            later += [await person.call() for person in (first, second)]
        report.none(f"the store {what}: calls that failed", calls + later)
        report.most("  the first call comes later by", longest(calls) - usual, 0.5, " s")
        report.most("  the others by (median)",
                    percentile([call.took for call in later], 0.5) - usual, 0.05, " s")
        log = it.replicas[0].log
        since = len(re.findall("answers again", log.read_text()))
        mend()
        report.most("  used again after", await until(lambda: is_back(log, since), 5), 3.0, " s")
    for replica in it.replicas:
        warned = len(re.findall("the shared store cannot be used", replica.log.read_text()))
        report.most("warnings of a replica for two outages", warned, 2)
    left = await until(lambda: store.taken_and_waiting() == (0, 0), 7)
    report.most("  until every place is free again", left, 7.0, " s")
    await it.close()
    await silent(program, report)


async def silent(program, report):
    """What listens at the store's address takes connections and says nothing."""
    async def listen(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    fake = Store.__new__(Store)
    fake.port = server.sockets[0].getsockname()[1]
    it = await team(program, fake, 1, 1)
    [person] = people(it)
    await person.begin()
    first, second = await person.call(), await person.call()
    report.none("the store says nothing: calls that failed", [first, second])
    report.most("  the first call comes later by", first.took - second.took, 0.5, " s")
    await it.close()
    server.close()


class Wire:
    """A way to the store that loses pushed messages, or answers."""

    def __init__(self, store):
        self.store, self.pushes_to_lose, self.is_cut, self.lost = store, 0, False, 0

    async def listen(self):
        server = await asyncio.start_server(self.carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def carry(self, reader, writer):
        there = await asyncio.open_connection("127.0.0.1", self.store.port)

        async def up():
            while data := await reader.read(65536):
                there[1].write(data)
            there[1].close()

        async def down():
            while value := await self.value(there[0]):
                if value.startswith(b">3") and self.pushes_to_lose > 0:
                    self.pushes_to_lose -= 1
                    self.lost += 1
                elif not self.is_cut:
                    writer.write(value)
            writer.close()

        await asyncio.gather(up(), down(), return_exceptions=True)

    async def value(self, reader):
        """Reads one value of RESP3."""
        line = await reader.readline()
        kind, number = line[:1], line[1:-2]
        if kind in b"$=!" and int(number) >= 0:
            return line + await reader.readexactly(int(number) + 2)
        if kind in b"*~>%" and kind:
            for _ in range(int(number) * (2 if kind == b"%" else 1)):
                line += await self.value(reader)
        return line


async def half_dead(program, store, report):
    """The way to the store loses wake-ups, and then every answer for some seconds."""
    wire = Wire(store)
    await wire.listen()
    it = await team(program, store, 8, 2, store_port=wire.port)
    going = Load(people(it))
    await asyncio.sleep(1)
    for _ in range(6):
        wire.pushes_to_lose = 1
        await asyncio.sleep(1)
    calls = await going.end()
    report.none(f"{wire.lost} wake-ups are lost: calls that failed", calls)
    report.most("  longest wait", longest(calls), 1.5, " s")
    going = Load(people(it))
    await asyncio.sleep(1)
    wire.is_cut = True
    await asyncio.sleep(3)
    wire.is_cut = False
    await asyncio.sleep(3)
    calls = await going.end()
    report.none("every answer is lost for 3 s: calls that failed", calls)
    report.most("  longest wait", longest(calls), 1.5, " s")
    left = await until(lambda: store.taken_and_waiting() == (0, 0), 7)
    report.most("  until every place is free again", left, 7.0, " s")
    await it.close()


async def leaving(program, store, report):
    """Clients of both eras, in JSON and in SSE, leave while their calls wait, and while they are made;
    older ones also cancel through the other replica."""
    it = await team(program, store, 8, 2, seconds=3.0)
    everybody = people(it)
    for person in everybody:
        await person.begin()
    held, waiting = everybody[:2], everybody[2:]
    for person in held:
        await person.ask(str(next(CUSTOMERS)))
    await until(lambda: it.wolkvox.requests == 2, 5)
    for number, person in enumerate(waiting):
        person.id = number // 2 + 1  # the third id asks for progress, and so for SSE
        await person.ask(str(next(CUSTOMERS)))
    # The rest waits in its own replica.
    await until(lambda: store.taken_and_waiting() == (2, 2), 2)
    await asyncio.sleep(0.3)
    for person in waiting:
        if person.session:
            other = next(replica for replica in it.replicas if replica is not person.soak)
            notice = Person(other, person.token, 1)
            notice.session = person.session
            await notice.post({"jsonrpc": "2.0", "method": "notifications/cancelled",
                               "params": {"requestId": person.id}})
            await notice.read()
            notice.leave()
        else:
            person.leave()
    gone = await until(lambda: store.taken_and_waiting()[1] == 0, 2.5)
    report.most("6 leave while they wait: until nobody waits", gone, 1.0, " s")
    report.most("  requests to wolkvox, of 8 calls", it.wolkvox.requests, 2)
    for person in held:
        person.leave()
    left = await until(lambda: store.taken_and_waiting() == (0, 0), 7)
    report.most("2 leave while wolkvox works: until all is free", left, 4.5, " s")
    await it.close()


async def restarted(program, store, report):
    """Two replicas behind nginx are restarted one after the other while fifty people ask."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        print("NOT RUN: there is no nginx to restart replicas behind")
        return
    port, folder = free_port(), tempfile.mkdtemp()
    it = await Team(program, store, 50, ANSWER, public_url=f"http://127.0.0.1:{port}").open(2)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    servers = "".join(f"server 127.0.0.1:{replica.port} max_fails=1 fail_timeout=1s;\n"
                      for replica in it.replicas)
    pathlib.Path(folder, "nginx.conf").write_text(f"""
        daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{
            access_log off;
            {temporary}
            upstream team {{ {servers} keepalive 16; }}
            server {{
                listen 127.0.0.1:{port};
                location / {{
                    proxy_pass http://team;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $http_host;
                    proxy_buffering off;
                }}
            }}
        }}""")
    proxy = subprocess.Popen([nginx, "-p", folder, "-c", f"{folder}/nginx.conf"],
                             stderr=subprocess.DEVNULL)
    await asyncio.sleep(0.5)

    class Place:
        pass

    place = Place()
    place.port = port
    going = Load(people(it, [place]))
    await asyncio.sleep(2)
    ended = []
    for number, replica in enumerate(it.replicas):
        # Neither who says nothing nor who breaks off in the middle holds up the end.
        idle = await asyncio.open_connection("127.0.0.1", replica.port)
        half = await asyncio.open_connection("127.0.0.1", replica.port)
        half[1].write(b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        begun = time.monotonic()
        replica.process.terminate()
        status = await replica.process.wait()
        ended.append((time.monotonic() - begun, status))
        idle[1].close()
        half[1].close()
        await replica.start()
        await asyncio.sleep(2)
    calls = await going.end()
    report.none("replicas restarted behind nginx: calls lost", calls)
    report.most("  most requests at once", it.wolkvox.most, 2)
    report.most("  requests to wolkvox beside one for each call", it.wolkvox.requests - len(calls), 0)
    report.most("  a replica ends within", max(took for took, _ in ended), 16.0, " s")
    report.most("  with a status other than 0", sum(status != 0 for _, status in ended), 0)
    proxy.terminate()
    proxy.wait()
    await it.close()


async def searched(program, store, report):
    """All that reaches the store is listened to, its dump is kept, and both are searched for every
    value that must not be read there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", store.port, limit=2 ** 26)
    writer.write(b"MONITOR\r\n")
    heard = bytearray()

    async def listen():
        while part := await reader.read(65536):
            heard.extend(part)

    listening = asyncio.create_task(listen())
    first = next(CUSTOMERS)
    it = await team(program, store, 8, 2, seconds=0.01)
    everybody = people(it)
    calls = await load(everybody, 10)
    for person in everybody:
        if person.session:
            await person.post({"jsonrpc": "2.0", "method": "notifications/cancelled",
                               "params": {"requestId": person.id}})
            await person.read()
    await asyncio.sleep(0.5)
    dump, last = store.dump(), next(CUSTOMERS)
    listening.cancel()
    report.none("soak: calls that failed", calls)
    values = [str(customer) for customer in range(first, last)]
    values += it.tokens + [f"persona-{number}" for number in range(8)]
    values += [person.session for person in everybody if person.session]
    values += [TOKEN, SECRET, "Ficticia", "id_customer", "empresa", f"127.0.0.1:{it.wolkvox.port}"]
    for name, text, kinds in (("dump", dump, [b":answer:", b":day:", b":secrets"]),
                              ("traffic", bytes(heard), [b":answer:", b":cancelled", b":places"])):
        assert all(kind in text for kind in kinds), f"the {name} holds too little to be searched"
        # A set of all words is quicker than looking for each value.
        digits = set(re.findall(rb"\d{9}", text))
        found = [value for value in values
                 if (value.encode() in digits if value.isdigit() else value.encode() in text)]
        report.line(f"{len(values)} values searched for in the {name} ({len(text) // 1024} kB)",
                    f"{len(found)} found", "none", not found)
        if found:
            print(f"    {found[:5]}")
    await it.close()


SCENARIOS = [killed, stopped, emptied, hanging, half_dead, leaving, restarted, searched]


async def main(program, *arguments):
    names = {scenario.__name__: scenario for scenario in SCENARIOS}
    server = next((argument for argument in arguments if argument not in names), None)
    wanted = [names[argument] for argument in arguments if argument in names] or SCENARIOS
    report = Report()
    for scenario in wanted:
        store = Store(server)
        try:
            await scenario(program, store, report)
        finally:
            store.end()
    return report


if __name__ == "__main__":
    sys.exit(not asyncio.run(main(*sys.argv[1:])).is_fine)
