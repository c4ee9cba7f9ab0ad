"""What is known of a framework is known in one place: nothing else calls a target by name."""

import ast
from pathlib import Path

from support.shell import ROOT

from archc.targets import TARGETS, backends

OWN = [f"archc/targets/{name}" for name in TARGETS]
RUNS = "archc/proof/frameworks"
FILES = [f"archc/weights/{name}_{what}.py" for name in TARGETS for what in ("format", "model")]
KNOWN = {
    *TARGETS,
    *backends(),
    *(module for target in TARGETS.values() for module in target.modules),
}
# "torch" there is a counter of operations, PyTorch's own, beside torchinfo's and others.
COUNTERS = "archc/counts/conventions.py"


def names(path: Path) -> list[str]:
    """The string literals of a module that are the name of a target or of what one runs on."""
    tree = ast.parse(path.read_text())
    literals = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [value for value in literals if isinstance(value, str) and value in KNOWN]


def test_no_module_outside_a_targets_own_calls_it_by_name() -> None:
    found = {}
    for path in (ROOT / "archc").rglob("*.py"):
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith((*OWN, RUNS, *FILES, COUNTERS)) and (said := names(path)):
            found[place] = said
    assert found == {}


def test_a_target_states_all_that_others_ask_of_it() -> None:
    for name, target in TARGETS.items():
        assert target.name == name
        assert target.title and target.modules and target.endings
        assert target.templates.is_dir()
        assert target.losses or not target.trains
