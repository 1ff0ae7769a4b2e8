"""What each kernel would find out anew of the library and its data, found out once by the fork server's parent.

It imports this; what cannot be found out, a kernel says.
"""

from __future__ import annotations

from contextlib import suppress

from kttt_lib.pipeline.code import imported
from kttt_lib.published import load_published
from kttt_lib.resources import LIBRARY, hash_library

for _name, _digest in hash_library().items():
    if _name.endswith(".py"):
        imported(LIBRARY / _name, _digest)
with suppress(Exception):  # one here would end the parent, and each kernel meets it again
    load_published()
