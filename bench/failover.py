"""`kill -9` of the primary under load, with a synchronous replica: nothing acknowledged is lost, and readers see no error.

    python -m bench.failover [--readers 4] [--seconds 20]

Two real servers. A curator, a process of its own that may write and no more, publishes one document after another through the real
store, and notes each when it is acknowledged. Readers, processes that may read and no more, open the index, follow its generations and
search it without a pause; a reader must never meet an error, or an index with fewer documents than it has seen or than were acknowledged
before it opened it. The primary is killed; a while later the replica is promoted, and the curator goes on there. Before that and
at the end every acknowledged document must be there, word for word. Writes bench/results/failover.json and its log, failover.log.
"""

import argparse
import json
import multiprocessing
import random
import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.failover_people import ACKNOWLEDGED, WRONG, Note, curate, document, read, text
from bench.postgres_server import prepared
from bench.postgres_table import GUIDE
from bench.table import put
from index.__main__ import home_of
from index.claims import claims
from index.embedder import make_embedder
from index.sentences import split
from index.store.home import Home
from tests.postgres.server import Server, several

RESULTS = Path(__file__).with_name("results") / "failover.json"
BEGIN = "<!-- failover: written by bench/failover.py from bench/results/failover.json -->"
LOG = RESULTS.with_suffix(".log")
BEFORE_PROMOTION_SECONDS = 3.0
"""The time that whoever watches over the servers takes to notice: readers have to go on without a primary."""
PASSWORD = "only for this run"
CONTEXT = multiprocessing.get_context("spawn")


class Log:
    """Everybody's notes, on the screen and in the file as they come."""

    def __init__(self) -> None:
        self.began, self.notes, self.ports = time.monotonic(), list[Note](), dict[str, str]()
        self.queue = CONTEXT.Queue()
        self.file = LOG.open("w", encoding="utf-8")
        self.thread = threading.Thread(target=self.collect, daemon=True)
        self.thread.start()

    def collect(self) -> None:
        """Until None comes."""
        while note := self.queue.get():
            self.notes.append(note)
            line = named(f"{note.at - self.began:8.3f} s  {note.who:10} {note.what}", self.ports)
            print(line, flush=True)
            self.file.write(line + "\n")
            self.file.flush()

    def say(self, what: str) -> float:
        """A note of this process; when it was."""
        note = Note(time.monotonic(), "bench", what)
        self.queue.put(note)
        return note.at

    def close(self) -> list[Note]:
        """All notes, once everybody has ended."""
        self.queue.put(None)
        self.thread.join()
        self.file.close()
        return self.notes


def named(line: str, ports: Mapping[str, str]) -> str:
    """The line with the servers' names for their ports, which differ from run to run and say nothing."""
    return re.sub(r"\b\d{5}\b", lambda port: ports.get(port[0], port[0]), line)


def user(server: Server, name: str, role: str) -> None:
    """Somebody who may do what the role may, and no more."""
    server.execute(f"create role {name} login password '{PASSWORD}' in role {role}")


def waited(value: Any, least: int, seconds: float = 60) -> None:
    """Until so many documents are acknowledged. RuntimeError when they are not in time."""
    ends = time.monotonic() + seconds
    while value.value < least:
        if time.monotonic() > ends:
            raise RuntimeError(f"{value.value} documents were acknowledged in {seconds} s, not {least}")
        time.sleep(0.02)


def run(readers: int, seconds: float, log: Log) -> dict[str, Any]:
    """The whole experiment; what happened."""
    acknowledged, stop = CONTEXT.Value("i", 0), CONTEXT.Event()
    with Server(durable=True) as primary:
        prepared(primary)
        user(primary, "curator", "sidelight_curator")
        user(primary, "reader", "sidelight_reader")
        replica = primary.replica(synchronous=True)
        urls = {name: several(primary, replica, user=name, password=PASSWORD) for name in ("curator", "reader")}
        log.ports.update({str(primary.port): "PRIMARY", str(replica.port): "REPLICA"})
        log.say("primary and synchronous replica run")
        processes = [CONTEXT.Process(target=curate, args=(urls["curator"], log.queue, acknowledged, stop), name="curator")]
        names = [f"reader {number + 1}" for number in range(readers)]
        processes += [CONTEXT.Process(target=read, args=(n, urls["reader"], log.queue, acknowledged, stop), name=n) for n in names]
        try:
            processes[0].start()
            waited(acknowledged, 1)
            for process in processes[1:]:
                process.start()
            time.sleep(seconds / 2 + random.random())
            before = acknowledged.value
            killed = log.say("the primary is killed with -9")
            primary.kill9()
            time.sleep(BEFORE_PROMOTION_SECONDS)
            kept = home_of(Path(), replica.url("reader", PASSWORD))
            lost = missing(kept, acknowledged.value)  # now: the curator's next rebuild would mend what was lost
            log.say(f"the replica has what was acknowledged; lost: {lost or 'none'}; it is promoted")
            replica.promote()
            promoted = log.say("the replica is the primary")
            waited(acknowledged, before + 2)
            time.sleep(seconds / 2)
        finally:
            stop.set()
            for process in processes:
                if process.pid:
                    process.join(60)
                    process.kill()
        log.say(f"everybody has ended: {[process.exitcode for process in processes]}")
        lost += missing(kept, acknowledged.value)
        log.say(f"{acknowledged.value} documents were acknowledged; lost: {lost or 'none'}")
    return {
        "readers": readers,
        "exit_codes": [process.exitcode for process in processes],
        "lost": lost,
        "killed": killed,
        "promoted": promoted,
    }


def missing(home: Home, acknowledged: int) -> list[str]:
    """Acknowledged documents whose claims are not all in the published index, word for word."""
    store = home.open(make_embedder().name)
    lost = []
    for number in range(1, acknowledged + 1):
        said = {sentence.span.text for sentence in claims(split(text(number)))}
        assert len(said) == 2, "both sentences are claims"
        places = store.places(store.rows_of(document(number).source.id).tolist())
        if not said <= {claim.text for some in places for claim in some}:
            lost.append(document(number).source.id)
    return lost


def summary(found: dict[str, Any], notes: Sequence[Note]) -> dict[str, Any]:
    """The figures."""
    killed, promoted = found.pop("killed"), found.pop("promoted")
    times = [note.at for note in notes if note.what.startswith(ACKNOWLEDGED)]
    answers = [answer for note in notes for answer in note.answers]
    return {
        **found,
        "acknowledged_before": sum(at < killed for at in times),
        "acknowledged_after": sum(at >= killed for at in times),
        "answers": len(answers),
        "answers_without_primary": sum(killed < asked and came < promoted for asked, came in answers),
        "slowest_answer_s": round(max(came - asked for asked, came in answers), 2),
        "reader_errors": [note.what for note in notes if note.what.startswith(WRONG)],
        "kill_to_promoted_s": round(promoted - killed, 2),
        "promoted_to_acknowledged_s": round(min(at for at in times if at > promoted) - promoted, 2),
    }


def part(result: dict[str, Any]) -> str:
    """The guide's part, without its marks."""
    return (
        f"{result['acknowledged_before']} documents were acknowledged before the kill and {result['acknowledged_after']} after it; "
        f"{len(result['lost']) or 'none'} of them lost. {result['readers']} readers asked {result['answers']:,} times, "
        f"{result['answers_without_primary']:,} of them while there was no primary, and met {len(result['reader_errors']) or 'no'} errors; "
        f"the slowest answer took {result['slowest_answer_s']} s. From the kill to the new primary {result['kill_to_promoted_s']} s passed "
        f"({BEFORE_PROMOTION_SECONDS:.0f} s of them waited on purpose), and {result['promoted_to_acknowledged_s']} s more to the next "
        "acknowledged rebuild."
    )


def main() -> None:
    """Run, and write down what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20, help="of load, half before the kill and half after")
    options = parser.parse_args()
    log = Log()
    found = run(options.readers, options.seconds, log)
    result = summary(found, log.close())
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    put(GUIDE, part(result), BEGIN)
    print(json.dumps(result, indent=1))
    if result["lost"] or result["reader_errors"] or any(result["exit_codes"]):
        raise SystemExit("something acknowledged was lost, or a reader met an error: see above")


if __name__ == "__main__":
    main()
