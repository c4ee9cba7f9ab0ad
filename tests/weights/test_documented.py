"""What docs/weights.md shows is what the commands print."""

import re
from pathlib import Path

from support.shell import Shell


def test_a_round_trip_is_as_it_is_shown(shell: Shell, root: Path) -> None:
    text = (root / "docs" / "weights.md").read_text()
    (block,) = re.findall(r"^```text\n(\$ archc weights init .*?)^```\n", text, re.M | re.S)
    done = shell(re.findall(r"^\$ (.*)$", block, re.M))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(re.findall(r"^(?!\$ ).*\n", block, re.M))
