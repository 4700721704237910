"""A show on a path that is narrower than its packets: a VPN, a tunnel, a mobile line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.media.narrow_path import PACKETS


@pytest.mark.long
@pytest.mark.parametrize("left_out", [{}, {"WITHOUT_COMPILED": "1"}], ids=["compiled", "plain"])
def test_a_narrow_path_is_no_end_of_the_picture(left_out: dict[str, str]) -> None:
    """What the kernel does not cut into datagrams there it takes one by one (EINVAL, of late EMSGSIZE)."""
    alone = ("unshare", "--net", "--map-root-user")
    ran = subprocess.run(
        [*alone, sys.executable, "-m", "tests.media.narrow_path"], env={**os.environ, **left_out},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
    assert ran.stdout == f"{PACKETS}\n"
