"""`sidelight` as it is, but for how long it asks for a database that does not answer: a test need not wait for the whole of it."""

import sys

from api import cli
from index.store.postgres import connections

connections.PATIENCE_SECONDS = 4.0
sys.exit(cli.main())
