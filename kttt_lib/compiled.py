"""numba's compiler where its cache may have no place: a wheel in a folder that is read-only, a user with no home."""

from __future__ import annotations

from collections.abc import Callable

import numba


def njit(**options: object) -> Callable:
    """``numba.njit``; where nowhere can be written, ``cache=True`` gives way and each process compiles anew."""

    def compiled(function: Callable) -> Callable:
        try:
            return numba.njit(**options)(function)
        except RuntimeError:
            return numba.njit(**(options | {"cache": False}))(function)

    return compiled
