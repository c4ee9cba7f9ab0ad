"""`archc` and `python -m archc`: the command line, without what takes time and does nothing here.

One command makes hardly any garbage in cycles, and its process ends anyway: the cyclic garbage
collector would spend a fifth of `archc summary` on finding none. Pydantic would look through all
installed distributions for plugins.
"""

import gc
import os


def main() -> None:
    """Run the command line."""
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from archc.cli import main as run

    try:
        run()
    finally:
        gc.freeze()  # the interpreter collects once more as it ends


if __name__ == "__main__":
    main()
