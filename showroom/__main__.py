"""`python -m showroom` is the `showroom` command."""

from __future__ import annotations

import sys

from showroom.cli import main

if __name__ == "__main__":
    sys.exit(main())
