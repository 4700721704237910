"""Fuzzing guided by coverage (Atheris): `python -m tests.fuzz TARGET SECONDS`; findings go to build/fuzz."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import atheris

os.environ["WITHOUT_COMPILED"] = "1"  # in what is compiled Atheris sees no branches

with atheris.instrument_imports(include=["media"]):
    from tests.fuzz.targets import CORPUS, LONGEST, TARGETS


def main() -> None:
    """Fuzz one target for so many seconds; exits with an error when something was found."""
    target, seconds = sys.argv[1], int(sys.argv[2])
    found = Path("build/fuzz") / target
    found.mkdir(parents=True, exist_ok=True)
    words = [sys.argv[0], f"-max_total_time={seconds}", f"-max_len={LONGEST[target] + 64}",
             "-rss_limit_mb=2048", "-timeout=5",
             f"-artifact_prefix={found}/", "-print_final_stats=1", str(found), str(CORPUS / target)]
    atheris.Setup(words, TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
