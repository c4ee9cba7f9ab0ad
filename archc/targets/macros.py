"""The macros of a target's operation templates.

`ops/<type>.py.jinja` spells an operation in the macros that its target asks for (ROLES); what it
lacks, `ops/_default.py.jinja` has. Any other macro defines the class or function of its own name, and
goes into the files that use it. Activations that need no definition share
`ops/activations.py.jinja`, in a macro each that is called like the operation.
"""

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, TemplateNotFound, nodes

from archc.network.graph import Graph
from archc.targets.formatting import identifiers

ROLES = ("activation", "attribute", "forward", "steps", "maker", "nodes", "constants")
"""What targets ask operations for."""
SHARED = "ops/activations.py.jinja"


class Macros:
    """The macros of one target, by operation."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._modules: dict[str, Any] = {}

    def has(self, kind: str, macro: str) -> bool:
        """Whether an operation has a macro of its own, or by default."""
        return any(hasattr(module, macro) for module in self._of(kind))

    def __call__(self, kind: str, macro: str, /, *values: Any, **named: Any) -> str:
        """The text of one macro, without the white space around it."""
        module = next(module for module in self._of(kind) if hasattr(module, macro))
        return str(getattr(module, macro)(*values, **named)).strip()

    def activation(self, kind: str, /, *values: Any) -> str:
        """The text of an activation: its own macro of that name, or its line in the shared file."""
        own = self._module(f"ops/{kind}.py.jinja")
        macro = getattr(self._module(SHARED), kind) if own is None else own.activation
        return str(macro(*values)).strip()

    def definitions(self, graph: Graph, body: str) -> dict[str, str]:
        """Name → text of what `body` uses of the definitions that operations bring along."""
        used = identifiers(body)
        found: dict[str, str] = {}
        for kind in _kinds(graph):
            for name in self._defined(kind):
                if name in used and name not in found:
                    found[name] = self(kind, name)
        return found

    def _defined(self, kind: str) -> Iterator[str]:
        """The names that an operation's template defines, in its order."""
        loader, template = self._environment.loader, f"ops/{kind}.py.jinja"
        assert loader is not None
        if self._module(template) is not None:
            source, *_ = loader.get_source(self._environment, template)
            for macro in self._environment.parse(source).find_all(nodes.Macro):
                if macro.name not in ROLES:
                    yield macro.name

    def _of(self, kind: str) -> Iterator[Any]:
        for template in (f"ops/{kind}.py.jinja", "ops/_default.py.jinja"):
            if (module := self._module(template)) is not None:
                yield module

    def _module(self, template: str) -> Any:
        if template not in self._modules:
            try:
                self._modules[template] = self._environment.get_template(template).module
            except TemplateNotFound:
                self._modules[template] = None
        return self._modules[template]


def _kinds(graph: Graph) -> list[str]:
    """The operations of a network in order of their first use, activations among them."""
    return [*dict.fromkeys(op.type for node in graph.nodes for op in node.operations)]
