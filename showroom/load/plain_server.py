"""The server under test without its compiled part: see `showroom.load.server`."""

from __future__ import annotations

import uvloop

from media import compiled
from showroom.load.server import serve

if __name__ == "__main__":
    compiled.leave_out()
    uvloop.run(serve())
