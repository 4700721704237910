"""A real S3 service for tests: moto's server as a process of its own, or the one `TEST_S3_ENDPOINT` names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from showroom.children import die_with_parent

ANNOUNCEMENT = re.compile(rb"Running on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is, and the keys it takes."""

    endpoint: str
    access_key: str = "test"
    secret_key: str = "testtest"

    @property
    def port(self) -> int:
        """Its TCP port on loopback."""
        return int(self.endpoint.rpartition(":")[2])


@contextmanager
def s3_service() -> Iterator[Service]:
    """Run the service until the block ends; `TEST_S3_ENDPOINT` and `TEST_S3_KEYS` name another than moto."""
    if endpoint := os.environ.get("TEST_S3_ENDPOINT"):
        yield Service(endpoint, *os.environ["TEST_S3_KEYS"].split(":"))
        return
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=die_with_parent(),
    ) as process:
        try:
            yield Service(_announced(process))
        finally:
            process.kill()


def _announced(process: subprocess.Popen[bytes]) -> str:
    """Wait until the service says where it listens, and let it go on saying things."""
    assert process.stderr
    for line in process.stderr:
        if found := ANNOUNCEMENT.search(line):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return found[1].decode()
    raise AssertionError("the service did not start")
