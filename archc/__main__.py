"""`archc` and `python -m archc`: the command line, without what takes time and does nothing here.

One command makes hardly any garbage in cycles, and its process ends anyway: the cyclic garbage
collector would spend a fifth of `archc summary` on finding none. Pydantic would look through all
installed distributions for plugins.
"""

import gc
import os
import sys


def _fail(*error: object) -> None:
    """End an interrupted start in one line: nothing has been begun."""
    if error[0] is not KeyboardInterrupt:
        sys.__excepthook__(*error)  # type: ignore[arg-type]
        return
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(130)


sys.excepthook = _fail


def main() -> None:
    """Run the command line."""
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _spare_threads()
    from archc.cli import main as run

    try:
        run()
    finally:
        gc.freeze()  # the interpreter collects once more as it ends


def _spare_threads() -> None:
    """Where memory is limited, keep OpenBLAS from taking it for each core as NumPy is imported; it
    would end the process by a signal that reads as an interruption."""
    import resource

    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


if __name__ == "__main__":
    main()
