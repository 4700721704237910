"""The packet path as C, where it has been compiled (`make native`): from the same sources, in their place.

`tools/compile` puts extension modules into the folder `media/built`, and beside them the digest of the
sources they were made of. If any of those has changed since, what was built is left alone: nobody ever runs
something else than what stands here. All of it is left alone where the environment has WITHOUT_COMPILED.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

MODULES = (
    "audience", "backlog", "batch", "compiled_batch", "endpoint", "fan", "guard", "layer", "layers", "nack",
    "numbering", "peer_paths", "plain_batch", "publication", "publisher", "rate", "rtcp", "rtp", "seat",
    "segments", "session", "single_batch", "sound", "source", "srtp", "stun", "subscription", "track",
)
"""What is compiled: all that is done for each packet."""
FOLDER = Path(__file__).parent
BUILT = FOLDER / "built"
DIGEST = BUILT / "sources.sha256"
CORE = "showroom_packet_path__mypyc"
"""The library that has the code of all modules."""
IS_LEFT_OUT = "WITHOUT_COMPILED" in os.environ


def digest() -> str:
    """Return the digest of what is compiled, and of what it is compiled against."""
    files = sorted(FOLDER.glob("*.py"))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def is_built() -> bool:
    """Tell whether what stands here has been compiled for this Python."""
    if IS_LEFT_OUT or not DIGEST.exists() or _library() is None:
        return False
    return DIGEST.read_text("ascii") == digest()


def find_built(path: list[str]) -> None:
    """Have modules of this package found among the compiled ones first, if there are any."""
    library = _library()
    if library is None or not is_built():
        return
    spec = spec_from_file_location(CORE, library)
    if spec is None or spec.loader is None:
        return
    sys.modules[CORE] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[CORE])
    path.insert(0, str(BUILT / FOLDER.name))


def _library() -> Path | None:
    found = (BUILT / f"{CORE}{suffix}" for suffix in EXTENSION_SUFFIXES)
    return next((path for path in found if path.exists()), None)
