"""The repository's folder, and what runs commands in a test's own."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
Shell = Callable[[Iterable[str]], subprocess.CompletedProcess[str]]
