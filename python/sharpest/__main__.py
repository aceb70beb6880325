"""The command: ``python -m sharpest`` and ``sharpest``."""

import sys

from . import _native
from ._worker import worker_command


def main() -> int:
    """Runs the command that was typed."""
    return _native.command(["sharpest", *sys.argv[1:]], worker_command())


if __name__ == "__main__":
    sys.exit(main())
