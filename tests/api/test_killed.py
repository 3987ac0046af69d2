"""Rebuilds killed under a service that is asked all the while: a short form of `python -m bench.killed`."""

from bench import killed


def test_rebuilds_killed_under_load_fail_no_request_and_mix_no_generation(tmp_path):
    result = killed.run(tmp_path, kills=8)
    assert (result["killed"], result["failed"], result["mixed"]) == (8, [], [])
    assert result["requests"] > 8
    assert result["last_picked_up"]
    assert len([name for name in result["files_at_the_end"] if name.startswith("generation-")]) == 2
    assert not [name for name in result["files_at_the_end"] if ".part" in name]


def test_an_answer_of_two_versions_is_seen():
    load = killed.Load("http://nowhere")
    answer = lambda fingerprint, *versions: killed.httpx.Response(  # noqa: E731
        200, json={"hits": [{"source": {"publisher": version}} for version in versions], "index": {"fingerprint": fingerprint}}
    )
    load.look(answer("a", "version 1", "version 1"))
    load.look(answer("b", "version 2"))
    assert load.mixed == []
    load.look(answer("a", "version 2"))
    load.look(answer("c", "version 3", "version 4"))
    assert len(load.mixed) == 2
    load.look(killed.httpx.Response(503, text="not ready"))
    assert len(load.failed) == 1
