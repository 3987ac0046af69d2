"""A curator's process, with the toy embedder: run by the tests as `curate.py ADDRESS COLLECTION SOURCE...`.

Rebuilds with the first source, then with the first two, and so on. Prints `waits` while another curator holds the lock, `holds` once it
holds it itself, and `published SOURCE` when that is acknowledged. With `--ask` it embeds only after a line on its standard input.
"""

import sys

from toy import ToyEmbedder

from index.build import build
from index.store.postgres.home import Postgres
from postgres.conftest import document


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201


class Asking(ToyEmbedder):
    def embed(self, texts, /):
        say("holds")
        if "--ask" in sys.argv:
            sys.stdin.readline()
        return super().embed(texts)


def main(address: str, collection: str, *names: str) -> None:
    home = Postgres(address, collection)
    for number in range(1, len(names) + 1):
        documents = [document(name, f"{name.title()} eases a cough within {len(name)} days.") for name in names[:number]]
        build(documents, Asking(), home, lambda what, *_: say("waits") if "waited" in what else None)
        say("published", names[number - 1])


if __name__ == "__main__":
    main(*(word for word in sys.argv[1:] if word != "--ask"))
