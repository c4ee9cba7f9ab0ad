"""Network: the object that people hold in Python and notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archc.compiler import Compiled, compile_file, compile_text
from archc.counts.summary import Summary, summary
from archc.errors import Diagnostic
from archc.language.overrides import Override, of_values, read
from archc.language.shipped import locate
from archc.language.spec import Spec
from archc.network.graph import Graph

if TYPE_CHECKING:  # what a table does without is imported when it is asked for
    from archc.network.diff import Diff
    from archc.picture.styles import StyleName, ThemeName
    from archc.proof.result import Proof
    from archc.tables.documents import Units
    from archc.weights.live import Weights


@dataclass(frozen=True)
class Network:
    """A spec that has been read and found to be a network."""

    compiled: Compiled

    @property
    def name(self) -> str:
        return self.graph.name

    @property
    def stem(self) -> str:
        """The spec's file name without its ending: the first part of generated files' names."""
        return self.compiled.stem

    @property
    def spec(self) -> Spec:
        return self.compiled.spec

    @property
    def graph(self) -> Graph:
        return self.compiled.graph

    def check(self) -> list[Diagnostic]:
        """The published figures that do not hold; empty if all do."""
        return self.compiled.check()

    def summary(
        self,
        columns: Sequence[str] = (),
        *,
        convention: str | None = None,
        units: Units = "binary",
    ) -> Summary:
        """The table of shapes and costs.

        `columns` are those that `archc summary --columns` takes, `convention` says how `flops` are
        counted and adds them. Raises EnvironmentProblem if there is no such column or convention.
        """
        return summary(self.graph, columns, convention, units)

    def diff(self, other: Network) -> Diff:
        """What changes from this network to `other`, and what each change costs."""
        from archc.network.diff import diff

        return diff(self.graph, other.graph)

    def compile(self, target: str, *, opset: int | None = None) -> str:
        """The text of the generated file for `torch`, `keras` or `onnx`.

        `opset` is for ONNX alone. Raises ArchcError where the target cannot follow the spec.
        """
        from archc.targets.render import render

        options = {"opset": opset} if opset is not None else {}
        return render(self.graph, target, self.stem, **options).text

    def files(self, targets: tuple[str, ...], opset: int | None = None) -> Mapping[str, str]:
        """Generated files by name, for `writing.write`."""
        from archc.targets import TARGETS
        from archc.targets.render import render

        given = {"opset": opset} if opset is not None else {}
        files = (
            render(
                self.graph,
                target,
                self.stem,
                **{name: value for name, value in given.items() if name in TARGETS[target].options},
            )
            for target in targets
        )
        return {file.name: file.text for file in files}

    def verify(
        self,
        *targets: str,
        backend: str = "tensorflow",
        seed: int = 0,
        gradients: bool = False,
        train_steps: int = 0,
    ) -> Proof:
        """Prove the generated files equal to the definition, on the targets named or on all.

        With `gradients` the backward pass too, with `train_steps` as many steps of the spec's recipe.
        Raises EnvironmentProblem if a framework that is needed is not installed.
        """
        from archc.proof.verify import verify

        (proof,) = verify(
            [self.compiled],
            targets=targets,
            backend=backend,
            seed=seed,
            with_gradients=gradients,
            train_steps=train_steps,
        )
        return proof

    def weights(self, seed: int = 0) -> dict[str, Any]:
        """The spec's initial weights by their canonical names, as float32 arrays.

        They are the numbers of `archc weights init`: the same on every machine.
        """
        from archc.weights import live

        return live.initial_weights(self.compiled, seed)

    def torch(self, weights: Weights = None) -> Any:
        """A live `nn.Module` of the generated code.

        `weights` is a canonical file, arrays by their canonical names (such as `net.weights(seed=0)`)
        or None: then the generated code draws them, as the spec says and with PyTorch's own numbers.
        Raises EnvironmentProblem if the weights are not the network's, or torch is not installed.
        """
        from archc.targets.torch.target import Torch

        return self._model(Torch.name, weights)

    def keras(self, weights: Weights = None) -> Any:
        """A live `keras.Model`, channels last, on the backend that Keras has; see `torch`."""
        from archc.targets.keras.target import Keras

        return self._model(Keras.name, weights)

    def onnx(self, weights: Weights = None, *, opset: int | None = None) -> Any:
        """An `onnx.ModelProto` that holds its weights; see `torch`."""
        options = {} if opset is None else {"opset": opset}
        from archc.targets.onnx.target import Onnx

        return self._model(Onnx.name, weights, **options)

    def _model(self, target: str, weights: Weights, **options: Any) -> Any:
        from archc.weights import live

        return live.model(self.compiled, target, weights, **options)

    def draw(
        self,
        style: StyleName = "blocks",
        theme: ThemeName = "light",
        *,
        width: float | str | None = None,
    ) -> str:
        """The network's picture as SVG, as `archc draw` writes it.

        `blocks` has maps as boxes, `lenet` as stacked squares, `flow` a box of words for each layer.
        `width`, in pixels or such as "12cm", is how wide rows of boxes or squares are at most.
        Raises EnvironmentProblem if there is no such style or theme, or `width` is no length.
        """
        from archc.picture.lengths import length
        from archc.picture.picture import picture
        from archc.picture.svg import svg

        most = None if width is None else length(width, "width").pixels
        return svg(picture(self.graph, style, theme, most))

    def report(self, proof: Proof | str | Path | None = None) -> str:
        """One HTML page with the picture, the table, the code and the notes, as `archc report` has it.

        `proof` is what `verify` returns, or a file of `archc verify --report FILE.json`. Raises
        EnvironmentProblem if it proves other code than this network's.
        """
        from archc.pages import proven
        from archc.pages.report import page

        kept = Path(proof) if isinstance(proof, str) else proof
        return page(self.compiled, proven.read(kept, self.compiled) if kept else None)

    def _repr_svg_(self) -> str:
        """The picture alone."""
        return self.draw()

    def _repr_html_(self) -> str:
        """The picture and the table: of several forms, a notebook shows this one."""
        return f"{self.draw()}\n{self.summary().text('html')}"

    def __repr__(self) -> str:
        total = self.graph.totals
        return f"<Network {self.name}: {len(self.graph.nodes)} layers, {total.parameters:,} parameters>"

    def __str__(self) -> str:
        return str(self.summary())


Overrides = Mapping[str, Any] | Sequence[str]
"""Values by their paths, `{"fc8.units": 10}`, or what `--set` takes, `["fc8.units=10"]`."""


def load(spec: str | Path, overrides: Overrides = ()) -> Network:
    """The network of a spec file, or of a spec that ships (`load("alexnet")`).

    With `overrides`, of the spec with other values; its published figures no longer apply.

    Raises ArchcError if the spec is wrong, EnvironmentProblem if there is no such file.
    """
    path = spec if isinstance(spec, Path) else locate(spec)
    return Network(compile_file(path, _changes(overrides)))


def parse(text: str, name: str = "spec.yaml", overrides: Overrides = ()) -> Network:
    """The network that a YAML text describes; `name` is what errors and generated files cite."""
    return Network(compile_text(text, name, _changes(overrides)))


def _changes(overrides: Overrides) -> tuple[Override, ...]:
    if isinstance(overrides, Mapping):
        return of_values(overrides)
    return read((overrides,) if isinstance(overrides, str) else overrides)
