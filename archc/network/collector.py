"""Pauses the cyclic garbage collector around passes that allocate much and make no cycles.

It would walk all of a growing graph again and again, in a time that grows with the square of a
spec's length.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No cyclic collection until the end of the block."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
