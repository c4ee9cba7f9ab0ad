"""The folders of archc's own texts; in a checkout, templates and specs are beside the package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def _folder(name: str) -> Path:
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


TEMPLATES = _folder("templates")
SPECS = _folder("specs")
EXPLANATIONS = PACKAGE / "pages" / "explanations"
