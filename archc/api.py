"""The Python API: load or parse a spec, and a Network with all that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archc.compiler import Compiled, compile_file, compile_text
from archc.counts.summary import Summary, summary
from archc.errors import ArgumentError, Diagnostic, UnknownLayer, count, diagnostic, did_you_mean
from archc.language.overrides import accept
from archc.language.shipped import locate, shipped
from archc.language.spec import Spec
from archc.network.graph import Graph, Node

if TYPE_CHECKING:  # imported where needed, so that a table does not import them
    from archc.counts.listing import Listing
    from archc.network.diff import Diff
    from archc.picture.drawing import Drawing
    from archc.picture.styles import StyleName, ThemeName
    from archc.proof.result import Proof
    from archc.tables.documents import Units
    from archc.weights.live import Weights


@dataclass(frozen=True)
class Network:
    """A valid spec and its network."""

    compiled: Compiled

    @property
    def name(self) -> str:
        return self.graph.name

    @property
    def stem(self) -> str:
        """The spec's file name without its extension; generated files are named after it."""
        return self.compiled.stem

    @property
    def spec(self) -> Spec:
        return self.compiled.spec

    @property
    def graph(self) -> Graph:
        return self.compiled.graph

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers in their order, each with its shape, weights and cost."""
        return self.graph.nodes

    def __getitem__(self, name: str) -> Node:
        """A layer by its name; raises UnknownLayer."""
        if not isinstance(name, str):
            raise ArgumentError.of("net[…]", "the name of a layer", name)
        if name not in self.graph.by_name:
            hint = did_you_mean(name, self.graph.by_name)
            raise UnknownLayer([diagnostic("E301", name=name, suggestion=hint)])
        return self.graph.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.graph.by_name

    def __iter__(self) -> Iterator[Node]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.graph.by_name)

    def renamed(self, stem: str) -> Network:
        """The same network with another stem: generated files are named after it."""
        if not isinstance(stem, str):
            raise ArgumentError.of("renamed", "a name as text", stem)
        return Network(replace(self.compiled, stem=stem))

    def check(self) -> list[Diagnostic]:
        """A diagnostic for each published figure that does not match; empty if all do."""
        return self.compiled.check()

    @property
    def warnings(self) -> list[Diagnostic]:
        """What is valid but probably a slip, in file order; without what the spec allows."""
        return self.compiled.warnings()

    def summary(
        self,
        columns: Sequence[str] = (),
        *,
        convention: str | None = None,
        units: Units = "binary",
    ) -> Summary:
        """The table of shapes and costs.

        `columns` are those of `archc summary --columns`; `convention` adds the column `flops`,
        counted like that tool. Raises EnvironmentProblem for an unknown column or convention.
        """
        return summary(self.graph, columns, convention, units)

    def diff(self, other: Network) -> Diff:
        """The changes from this network to `other`, and the cost of each."""
        from archc.network.diff import diff

        if not isinstance(other, Network):
            raise ArgumentError.of("diff", "a Network", other)
        return diff(self.graph, other.graph)

    def compile(self, target: str, *, opset: int | None = None) -> str:
        """The text of the generated file for `torch`, `keras` or `onnx`.

        `opset` only applies to ONNX. Raises ArchcError if the target does not support the spec.
        """
        from archc.targets.render import render

        if not isinstance(target, str):
            raise ArgumentError.of("compile", "the name of a target", target)
        if opset is not None and type(opset) is not int:
            raise ArgumentError.of("compile", "an opset as an integer", opset)
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
        backend: str | None = None,
        seed: int = 0,
        gradients: bool = False,
        train_steps: int = 0,
        weights: Weights = None,
        against: str | None = None,
        samples: str | Path | None = None,
    ) -> Proof:
        """Prove that the generated files equal the reference implementation.

        On all targets, or only those named. `backend` is what Keras runs on, TensorFlow by default:
        "tensorflow", "torch" or "jax". `gradients` also proves the backward pass, `train_steps`
        that many steps of the spec's training recipe.

        `weights` are a file in any format that `archc weights import` reads, or arrays by canonical
        name, to prove with in place of sampled ones. `against` is the model that the spec describes:
        a `.onnx` or `.keras` file, or "net.py:factory", whose code is run in another process.
        `samples` is an `.npz` with `inputs` and the `outputs` that are expected of them. Raises EnvironmentProblem if a required
        framework is not installed.
        """
        from archc.proof.original.given import Given
        from archc.proof.verify import verify

        for target in targets:
            if not isinstance(target, str):
                raise ArgumentError.of("verify", "names of targets, one by one", target)
        own = Path(weights) if isinstance(weights, str) else weights
        (proof,) = verify(
            [self.compiled],
            targets=targets,
            backend=backend,
            seed=seed,
            with_gradients=gradients,
            train_steps=train_steps,
            given=Given(own, against, None if samples is None else Path(samples)),
        )
        return proof

    def weights(self, seed: int = 0) -> dict[str, Any]:
        """The spec's initial weights by canonical name, as float32 arrays.

        The numbers are those of `archc weights init`: the same on every machine.
        """
        from archc.weights import live

        return live.initial_weights(self.compiled, seed)

    def torch(self, weights: Weights = None) -> Any:
        """A live `nn.Module` of the generated code.

        `weights` is a canonical file, arrays by canonical name (such as `net.weights(seed=0)`), or
        None: then the generated code initialises them according to the spec, with PyTorch's
        generator. Raises EnvironmentProblem if the weights do not match the network, or torch is
        not installed.
        """
        from archc.targets.torch.target import Torch

        return self._model(Torch.name, weights)

    def keras(self, weights: Weights = None) -> Any:
        """A live `keras.Model`, channels last, on the current backend of Keras; see `torch`."""
        from archc.targets.keras.target import Keras

        return self._model(Keras.name, weights)

    def onnx(self, weights: Weights = None, *, opset: int | None = None) -> Any:
        """An `onnx.ModelProto` with its weights; see `torch`."""
        from archc.targets.onnx.target import Onnx

        options = {} if opset is None else {"opset": opset}
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
        fit: str | None = None,
        first: str | None = None,
        last: str | None = None,
        title: bool = True,
        legend: bool = True,
    ) -> Drawing:
        """The network's picture as SVG, as `archc draw` writes it: a string that a notebook shows.

        `blocks` draws feature maps as boxes, `lenet` as stacked squares; `flow` is a flow chart.
        `width`, in pixels or as "12cm", is the maximum width; wider pictures wrap into rows. `fit`
        is a size, "120mmx60mm", or a ratio, "16:9". `first` and `last` are the layers between which
        is drawn; without `title` or `legend` these are left out. Raises EnvironmentProblem for an
        unknown style, theme or layer, an invalid size, or a picture that does not fit.
        """
        from archc.picture.drawing import Drawing, compose
        from archc.picture.styles import View

        view = View(first, last, title, legend)
        found = compose(self.graph, ".svg", style, theme, width=width, fit=fit, view=view)
        return Drawing(found.scene)

    def save(
        self,
        path: str | Path,
        style: StyleName = "blocks",
        theme: ThemeName = "light",
        *,
        width: float | str | None = None,
        fit: str | None = None,
        first: str | None = None,
        last: str | None = None,
        title: bool = True,
        legend: bool = True,
    ) -> Path:
        """Write the picture as .svg, .tex (TikZ), .pdf or .png, over what is there; see `draw`.

        Raises EnvironmentProblem also for another ending, if a package is not installed, and if the
        file cannot be written.
        """
        from archc.picture.drawing import compose, save
        from archc.picture.formats import require_ending
        from archc.picture.styles import View

        ending, view = require_ending(Path(path)), View(first, last, title, legend)
        found = compose(self.graph, ending, style, theme, width=width, fit=fit, view=view)
        return save(found.scene, path)

    def report(self, proof: Proof | str | Path | None = None) -> str:
        """One HTML page with the picture, the table, the code and the notes, like `archc report`.

        `proof` is a result of `verify`, or a file written by `archc verify --report FILE.json`.
        Raises EnvironmentProblem if it does not prove the code of this network.
        """
        from archc.pages import proven
        from archc.pages.report import page
        from archc.proof.result import Proof

        if not isinstance(proof, (Proof, str, Path, type(None))):
            raise ArgumentError.of("report", "a proof, or a file of one", proof)
        source = Path(proof) if isinstance(proof, str) else proof
        return page(self.compiled, proven.read(source, self.compiled) if source else None)

    def _repr_svg_(self) -> str:
        """Only the picture."""
        return self.draw()

    def _repr_html_(self) -> str:
        """The picture and the table; notebooks prefer HTML to the other representations."""
        return f"{self.draw()}\n{self.summary().text('html')}"

    def __repr__(self) -> str:
        total = self.graph.totals
        layers, parameters = count(len(self), "layer"), count(total.parameters, "parameter")
        return f"<Network {self.name}: {layers}, {parameters}>"

    def __str__(self) -> str:
        return str(self.summary())


Overrides = Mapping[str, Any] | Sequence[str]
"""Values by path, `{"fc8.units": 10}`, or arguments of `--set`, `["fc8.units=10"]`."""


def load(spec: str | Path, overrides: Overrides = ()) -> Network:
    """Load a spec file, or a spec that ships with archc (`load("alexnet")`).

    `overrides` replaces values of the spec; its published figures are then not checked.

    Raises ArchcError if the spec is invalid, EnvironmentProblem if there is no such file.
    """
    if not isinstance(spec, (str, Path)):
        raise ArgumentError.of("load", "a path or the name of a spec", spec)
    path = spec if isinstance(spec, Path) else locate(spec)
    return Network(compile_file(path, accept(overrides)))


def parse(text: str, name: str = "spec.yaml", overrides: Overrides = ()) -> Network:
    """Parse a spec from YAML text; errors and generated files refer to it as `name`."""
    if not isinstance(text, str):
        raise ArgumentError.of("parse", "the text of a spec", text)
    if not isinstance(name, str):
        raise ArgumentError.of("parse", "a name as text", name)
    return Network(compile_text(text, name, accept(overrides)))


def list_specs() -> Listing:
    """The specs that ship with archc: their names, which `load` takes; printed, a table of them."""
    from archc.counts.listing import Listing

    return Listing([load(name).compiled for name in shipped()])
