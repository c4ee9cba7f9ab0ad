"""What pictures can look like, by name: apart from what draws them, which commands import late."""

from typing import Literal

StyleName = Literal["blocks", "flow", "lenet"]
ThemeName = Literal["light", "dark"]
