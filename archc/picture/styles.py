"""What pictures can look like, by name: apart from what draws them, which commands import late."""

from dataclasses import dataclass
from typing import Literal

StyleName = Literal["blocks", "flow", "lenet"]
ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class View:
    """What of a network is drawn: all, or the layers from `first` to `last`; and what around it."""

    first: str | None = None
    last: str | None = None
    title: bool = True
    legend: bool = True


WHOLE = View()
