"""README's client is run as it stands there: against the real service over a real socket, and through mypy."""

import re
import subprocess
import sys
import threading
import time
import urllib.error
from pathlib import Path

import pytest
import uvicorn

from api.app import create_app
from api.serving import listen

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!-- client: run by tests/api/test_readme_client.py -->"
CODE = re.match(r"\n```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8").partition(MARK)[2], re.DOTALL).group(1)


@pytest.fixture(scope="module")
def address(settings):
    """Where the service answers, once it is ready."""
    listener = listen("127.0.0.1", 0)
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while app.state.live.current is None:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listener.close()


def test_it_gets_the_verdict(address):
    names = {}
    exec(CODE, names)
    answer = names["check"]("Ketamine blocks the brain's NMDA receptors.", address)
    assert answer["verdict"] == "supported"
    assert answer["evidence"][0]["stance"] == "supports"
    assert set(names["Answer"].__annotations__) <= set(answer)
    with pytest.raises(urllib.error.HTTPError) as error:
        names["check"]("", address)
    assert error.value.code == 422
    error.value.close()


def test_it_has_ten_lines_and_the_types_hold(tmp_path):
    assert len([line for line in CODE.splitlines() if line.strip()]) <= 10
    client = tmp_path / "client.py"
    client.write_text(CODE, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", client], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
