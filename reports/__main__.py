"""`python -m reports RUN.json`: compute a published run again from its inputs alone and write its result."""

from __future__ import annotations

import sys
from pathlib import Path

from reports.recomputation import recompute


def main(arguments: list[str]) -> int:
    """Write the result of the run to standard output, byte for byte what was published; 2 for a wrong call."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m reports RUN.json > result.json\n")
        return 2
    sys.stdout.buffer.write(recompute(Path(arguments[0]).read_bytes()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
