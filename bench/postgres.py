"""The index on PostgreSQL beside the one in a SQLite file, in one run: ranking, speed, recall, size, and a filter on a rare kind of source.

    python -m bench.postgres --data DIR [--cache DIR] [--claims 100000] [--only scifact|claims]

Starts a real server. `scifact` ranks the SciFact corpus in both stores. `claims` fills both with the same claims of real trial abstracts
and moved copies (see bench/scale.py), every hundredth document of a kind of its own, and asks them in turns for a page of 100 real
sentences. Times are of search without embedding. Writes bench/results/postgres.json after each step, and the part of
deploy/POSTGRES.md between its marks.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from tests.postgres.server import Server

from api import beir
from bench.postgres_table import BEGIN, GUIDE, RESULTS, part
from bench.scale import PAGE, Given, Moved, abstracts, enough, exact, opened, page_of, real_vectors, recall, seconds
from bench.table import put
from index.__main__ import home_of
from index.build import build
from index.context import RECIPE, lexical_texts
from index.embedder import make_embedder
from index.search import CANDIDATES, search
from index.store.bm25 import Bm25
from index.store.contents import Contents, Part, collapsed, fingerprint, packed
from index.store.home import Home
from index.store.snapshot import Snapshot
from index.store.words import counted
from index.types import ClaimStore, Document, Query, Rows, Vectors, silent

RARE, ONE_IN = "guideline", 100
"""The kind of every hundredth document; the others are of `peer_reviewed_abstract`."""
K = 20
ROUNDS = 15
SAME_SCORE = 1e-5
"""Fused scores that differ by less are ties: the two stores add the same numbers in another order."""
