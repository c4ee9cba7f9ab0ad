"""What the README and docs/weights.md show is what the commands print."""

import re
from pathlib import Path

import pytest
from support.shell import Shell


@pytest.mark.parametrize("page", ["README.md", "docs/weights.md"])
def test_a_round_trip_is_as_it_is_shown(page: str, shell: Shell, root: Path) -> None:
    (block,) = re.findall(
        r"^```text\n(\$ archc weights init .*?)^```\n", (root / page).read_text(), re.M | re.S
    )
    done = shell(re.findall(r"^\$ (.*)$", block, re.M))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(re.findall(r"^(?!\$ ).*\n", block, re.M))
