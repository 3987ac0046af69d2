"""`sidelight prepare`, which may be run as often as one likes."""

import threading

import pytest
from toy import ToyEmbedder

from api import cli
from index.build import build
from index.errors import IndexUnwritable
from index.store.postgres.home import Postgres

from .conftest import document


def test_it_is_repeatable_and_keeps_what_is_there(prepared, bare: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = bare.rsplit("/", 1)[1]
    assert cli.main(["prepare", "--store", bare]) == 0
    assert "applied 1" in capsys.readouterr().out
    build([document("honey")], ToyEmbedder(), prepared.home(name))
    assert cli.main(["prepare", "--store", bare]) == 0
    assert "nothing to change" in capsys.readouterr().out
    assert prepared.home(name, "rita").open("toy").info.claims == 1


def test_two_at_once_do_not_meet(prepared, bare: str) -> None:
    said: list[object] = []

    def prepare() -> None:
        home = Postgres(bare)
        try:
            said.extend(home.prepare())
        except Exception as error:
            said.append(error)
        finally:
            home.close()

    threads = [threading.Thread(target=prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted("nothing to change" in str(one) for one in said) == [False, True, True, True], said
    assert all(isinstance(one, str) for one in said)


def test_who_may_not_is_told_so(prepared, bare: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(IndexUnwritable, match="who may create extensions, roles and schemas"):
        prepared.home(bare.rsplit("/", 1)[1]).prepare()
    assert cli.main(["prepare"]) == 1
    assert "sidelight prepare --store postgresql://" in capsys.readouterr().err
