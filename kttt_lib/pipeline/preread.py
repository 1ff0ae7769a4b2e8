"""What each kernel would find out anew of the library, found out once: by the fork server's parent, importing this."""

from __future__ import annotations

from kttt_lib.pipeline.code import imported
from kttt_lib.resources import LIBRARY, hash_library

for _name, _digest in hash_library().items():
    if _name.endswith(".py"):
        imported(LIBRARY / _name, _digest)
