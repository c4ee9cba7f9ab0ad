"""The wheel carries all that archc needs, and nothing of the project's looks outside."""

import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from archc.language.shipped import shipped


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(out)]
    subprocess.run([*command, str(root)], check=True, capture_output=True, timeout=300)
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_templates_specs_explanations_fonts_and_types(
    wheel: Path, root: Path
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "specs"):
        for path in (root / folder).rglob("*.*"):
            assert f"archc/{path.relative_to(root)}" in names
    for path in (root / "archc" / "pages" / "explanations").iterdir():
        assert f"archc/pages/explanations/{path.name}" in names
    for path in (root / "archc" / "picture" / "fonts").iterdir():
        assert f"archc/picture/fonts/{path.name}" in names
    (metadata,) = (name for name in names if name.endswith("dist-info/METADATA"))
    assert (
        "License-Expression: Apache-2.0 AND OFL-1.1"
        in zipfile.ZipFile(wheel).read(metadata).decode()
    )
    assert {"archc/py.typed", "archc/schema.json"} <= names
    assert {name.split("/")[0] for name in names} == {
        "archc",
        wheel.name.split("-py3")[0] + ".dist-info",
    }


def test_a_fresh_environment_compiles_from_the_wheel(
    wheel: Path, tmp_path: Path, root: Path
) -> None:
    """Its dependencies come from this environment; archc itself from the wheel alone."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True, timeout=300)
    (site,) = (home / "lib").glob("python*/site-packages")
    others = [p for p in sys.path if p.endswith("site-packages")]
    assert others
    (site / "dependencies.pth").write_text("\n".join(others) + "\n")

    def run(*arguments: str) -> str:
        command = [str(python), "-I", "-m", "archc", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120
        )
        return done.stdout

    where = [str(python), "-I", "-c", "import archc; print(archc.__file__)"]
    found = subprocess.run(where, check=True, capture_output=True, text=True, timeout=60).stdout
    assert str(site) in found
    assert len(run("compile", *shipped()).split()) == 3 * len(shipped())
    for path in (root / "generated").glob("*.py"):
        assert (tmp_path / "generated" / path.name).read_text() == path.read_text()
    assert "60,965,224" in run("summary", "alexnet")


def test_constraints_pin_every_dependency_exactly(root: Path) -> None:
    pins = (root / "constraints.txt").read_text()
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", pins, re.M)}
    project = (root / "pyproject.toml").read_text()
    wanted = set(re.findall(r'^  "([a-z][\w-]*)[>=\["]', project, re.M))
    wanted |= set(re.findall(r'"([a-z][\w-]*)>=', project))
    assert {name for name in wanted if not name.startswith("archc")} <= pinned
    assert "torch==2.13.0\n" in pins
    assert "://" not in pins
