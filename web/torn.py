"""The one script that stands in the pages themselves: it loads a page again of which not everything arrived.

As a file of its own it would be lost with the others when the network changes just then. The policy of the
pages names it by its hash (CSP 3, 2.3.1), so that no other script in a page runs.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from web.assets import FOLDER

_TEXT = (FOLDER / "js" / "pages" / "torn.js").read_text("utf-8")
SCRIPT = Markup(f"<script>{_TEXT}</script>")  # noqa: S704 - a file of ours
SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_TEXT.encode()).digest()).decode()}'"
"""For `script-src`."""
