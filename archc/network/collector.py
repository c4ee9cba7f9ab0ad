"""The cyclic garbage collector, paused where much is made, all of it is kept and none is a cycle.

Walking it again and again, as it grows, would make the time of a long spec grow with the square of
its length.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No collection until the end of the block."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
