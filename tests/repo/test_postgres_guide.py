"""deploy/POSTGRES.md says what is true: its figures are the measured ones, its commands are there, its numbers are the code's."""

import json
import re
import shlex

import numpy as np
import pytest

from api.cli import parser
from bench import failover, postgres_arithmetic, postgres_table, sharded
from bench.postgres_table import GUIDE
from bench.postgres_ways import by_query, kept
from bench.table import END
from index.store.postgres import connections, writing

TEXT = GUIDE.read_text(encoding="utf-8")
SH = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^\.venv/bin/sidelight (.*?)(?:  +#.*)?$", "\n".join(SH), re.MULTILINE)


def shown(begin):
    """What stands between a mark and the next end."""
    return TEXT.partition(begin)[2].partition(END)[0].strip()


def measured(path):
    """The results of a bench."""
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("begin", "part", "path"),
    [
        (postgres_table.BEGIN, postgres_table.part, postgres_table.RESULTS),
        (postgres_arithmetic.BEGIN, lambda results: postgres_arithmetic.part(results["sizes"][-1]), postgres_table.RESULTS),
        (sharded.BEGIN, sharded.part, sharded.RESULTS),
        (failover.BEGIN, failover.part, failover.RESULTS),
    ],
    ids=["figures", "arithmetic", "sharded", "failover"],
)
def test_the_guide_shows_what_was_measured(begin, part, path):
    assert shown(begin) == part(measured(path)).strip()


def test_what_was_measured_keeps_its_promises():
    found, lost = measured(postgres_table.RESULTS), measured(failover.RESULTS)
    assert abs(found["scifact"]["sqlite"]["ndcg@10"] - found["scifact"]["postgres"]["ndcg@10"]) <= 0.002
    for size in found["sizes"]:
        assert size["filter"]["share"] < 0.02
        assert size["filter"]["postgres"]["rows_least"] == size["filter"]["k"]
    assert (lost["lost"], lost["reader_errors"], set(lost["exit_codes"])) == ([], [], {0})
    assert lost["acknowledged_before"] > 1
    assert lost["acknowledged_after"] > 1
    assert "Merge Append" in "\n".join(measured(sharded.RESULTS)["plan_of_one_query"])


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_guide_are_commands(command):
    assert parser().parse_args(shlex.split(command)).store.startswith("postgresql://")


def test_the_guide_has_the_commands_that_matter():
    assert {command.split()[0] for command in COMMANDS} == {"prepare", "rebuild", "serve"}


def test_numbers_of_the_guide_are_those_of_the_code():
    assert connections.PATIENCE_SECONDS == 10, "for up to ten seconds"
    assert connections.STATEMENT_SECONDS == 15, "A search may take 15 seconds"
    assert connections.CONNECTIONS == 4, "A service opens up to four"
    assert (writing.MEMORY_FOR_CLAIM, writing.MOST_MEMORY) == (1_400, 2 * 1024**3), "asks for 1,400 bytes a claim, at most 2 GB"
    assert (writing.KEPT, writing.KEPT_MINUTES) == (2, 10), "Two generations are kept … ten minutes later"
    said = (
        "up to ten seconds",
        "15 seconds",
        "up to four",
        "1,400 bytes a claim, at most 2 GB",
        "Two generations are kept",
        "ten minutes later",
    )
    assert [words for words in said if words not in re.sub(r"\s+", " ", TEXT)] == []


def test_the_log_of_the_bench_names_servers_and_no_ports():
    line = "cannot be reached: 127.0.0.1,127.0.0.1:24680,24681/postgres; 12345 stays"
    assert failover.named(line, {"24680": "PRIMARY", "24681": "REPLICA"}).endswith("127.0.0.1:PRIMARY,REPLICA/postgres; 12345 stays")


def test_rows_of_a_filter_are_counted_and_compared():
    found = by_query([(1, 0.9), (1, 0.5), (3, 0.8)], 3)
    assert [some.tolist() for some in found] == [pytest.approx([0.9, 0.5]), [], pytest.approx([0.8])]
    nearest = np.array([[0.9, 0.7], [0.6, 0.5], [0.8, 0.7]], np.float32)
    assert kept(found, nearest) == {"rows_least": 0, "rows_mean": 1.0, "recall": round(2 / 6, 4)}
