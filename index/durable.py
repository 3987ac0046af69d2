"""What is written stays written, though the power fails."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have the disk hold a file, or a folder's list of names, before anything that depends on it is done. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
