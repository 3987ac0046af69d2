"""`sidelight`, with everything logged that anything can log, and a check that breaks as a bug of ours would: over the text."""

import logging
import sys

from api import cli, logs
from api.routes import checks

quiet = logs.set_up
real = checks.check_claim


def all_of_it(form):
    """The log as it is, and beside it everything from every library with what it was given."""
    quiet(form)
    more = logging.StreamHandler(sys.stderr)
    more.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s %(args)s"))
    logging.getLogger().addHandler(more)
    logging.getLogger().setLevel(logging.DEBUG)


def breaking(engine, claim, *more):
    """Break as a bug does, with the text in the error and in its cause."""
    if "crash" in claim:
        try:
            return {}[claim]
        except KeyError as cause:
            raise RuntimeError(f"cannot handle {claim!r}") from cause
    return real(engine, claim, *more)


logs.set_up = all_of_it
checks.check_claim = breaking
sys.exit(cli.main())
