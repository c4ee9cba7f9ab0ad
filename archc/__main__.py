"""`archc` and `python -m archc`: the command line, without the cyclic garbage collector.

One command makes hardly any garbage in cycles, and its process ends anyway: the collector would
spend a fifth of `archc summary` on finding none.
"""

import gc


def main() -> None:
    """Run the command line."""
    gc.disable()
    from archc.cli import main as run

    try:
        run()
    finally:
        gc.freeze()  # the interpreter collects once more as it ends


if __name__ == "__main__":
    main()
