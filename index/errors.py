"""What can be wrong with an index or its seeds. Every message says what to run or mend next.

IndexProblem
├── IndexMissing    there is none at that path
├── IndexMismatch   built by another model or other rules, or damaged
├── IndexBusy       another rebuild holds the lock
├── IndexUnwritable the folder, the disk or the database refuses a new one
├── IndexUnavailable the database that holds it does not answer, or not in time
├── ModelMissing    the embedding model cannot be loaded
├── BadSeed         a seed file or its record cannot be used
├── BadRetractions  the list of retractions cannot be used
└── WeightsProblem  a file of a shipped model is missing or damaged
"""


class IndexProblem(Exception):
    """Shown to the user as one line; the command line exits 1 on it."""


class IndexMissing(IndexProblem):
    """There is no index at the path."""


class IndexMismatch(IndexProblem):
    """The index does not fit this installation: another embedding model, other claim rules, or damage."""


class IndexBusy(IndexProblem):
    """Another process is rebuilding this index."""


class IndexUnwritable(IndexProblem):
    """A new index cannot be written; the old one still answers."""


class IndexUnavailable(IndexProblem):
    """The database that holds the index does not answer, or not in time."""


class ModelMissing(IndexProblem):
    """The embedding model is not there, or is none."""


class BadSeed(IndexProblem):
    """A seed document or its record in sources.toml cannot be used."""


class BadRetractions(IndexProblem):
    """The list of retractions is missing or is no such list."""


class WeightsProblem(IndexProblem):
    """A file of a shipped model, for embeddings or for stance, is missing or is not the one recorded."""
