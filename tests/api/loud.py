"""`sidelight`, with everything logged that anything can log, and a check that breaks as a bug of ours would: over the text."""

import logging
import sys

logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(name)s %(levelname)s %(message)s %(args)s")

from api import cli  # noqa: E402
from api.routes import checks  # noqa: E402

real = checks.check_claim


def breaking(engine, claim, *more):
    """Break as a bug does, with the text in the error and in its cause."""
    if "crash" in claim:
        try:
            return {}[claim]
        except KeyError as cause:
            raise RuntimeError(f"cannot handle {claim!r}") from cause
    return real(engine, claim, *more)


checks.check_claim = breaking
sys.exit(cli.main())
