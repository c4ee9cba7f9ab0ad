"""Tables as LaTeX: a float or a bare tabular, as large as the place allows."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.tables.latex import Latex, render_latex
from archc.tables.sheet import Sheet

SHEET = Sheet(
    title="A & B",
    headings=("layer", "macs%"),
    sides=("left", "right"),
    cells=[("conv_1", "100.00")],
    last=("total", "100.00"),
    notes=("macs%: of all",),
)
BARE = r"""% needs \usepackage{booktabs}

\begin{tabular}{lr}
\toprule
layer   & MACs (\%) \\
\midrule
conv\_1 &    100.00 \\
\midrule
total   &    100.00 \\
\bottomrule
\end{tabular}%
% macs%: of all"""


def test_a_bare_table_is_a_tabular_and_nothing_else() -> None:
    assert render_latex([SHEET], Latex(bare=True)) == BARE


def test_a_float_has_the_caption_and_the_label_that_it_is_given() -> None:
    text = render_latex([SHEET], Latex(caption=r"Cost of \emph{all}", label="tab:cost"))
    assert "\\caption{Cost of \\emph{all}}\n\\label{tab:cost}\n" in text
    usual = render_latex([SHEET])
    assert "\\caption{A \\& B}\n\\label{tab:a-b}\n" in usual
    assert r"\footnotesize" in usual and "MACs (\\%): of all\\par" in usual


def test_it_has_no_parameter_that_a_frame_of_beamer_would_take_for_its_own() -> None:
    assert "#" not in render_latex([SHEET])


def run(*options: str) -> Any:
    return CliRunner().invoke(app, ["summary", *options])


def test_the_command_passes_the_options_on() -> None:
    options = ("--caption", "Layers", "--label", "tab:x", "--fit", "10cmx5cm")
    text = run("lenet5", "--format", "latex", *options).stdout
    assert "\\caption{Layers}\n\\label{tab:x}\n" in text
    assert text.count("283.46bp") == 2  # 10 cm: compared, and scaled to
    assert text.count("141.73bp") == 2
    bare = run("lenet5", "--format", "latex", "--bare").stdout
    assert bare.startswith("% needs \\usepackage{booktabs}\n\n\\begin{tabular}")
    assert "\\begin{table}" not in bare
    totals = run("lenet5", "alexnet", "--totals", "--format", "latex", "--label", "tab:all").stdout
    assert "\\label{tab:all}" in totals


WRONG = {
    ("--bare",): "--bare only applies to --format latex",
    ("--caption", "A"): "--caption only applies to --format latex",
    ("--fit", "16:9"): "--fit only applies to --format latex",
    ("--format", "latex", "--bare", "--caption", "A"): (
        "--caption and --bare are mutually exclusive: only a float has it"
    ),
    ("--format", "latex", "--label", "tab:a", "--bare"): (
        "--label and --bare are mutually exclusive: only a float has it"
    ),
    ("alexnet", "--format", "latex", "--label", "tab:a"): (
        "--label only applies to one table: name one spec, or use --totals"
    ),
    ("--format", "latex", "--label", "a}b"): "--label must be of letters, digits and : . _ / + -",
    ("--format", "latex", "--fit", "wide"): "--fit must be a ratio or a size, not",
}


@pytest.mark.parametrize("options", WRONG)
def test_options_that_mean_nothing_are_refused(options: tuple[str, ...]) -> None:
    done = run("lenet5", *options)
    assert done.exit_code == 2
    assert WRONG[options] in " ".join(re.sub("[│╭╮╰╯─]", "", done.output).split())


DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,graphicx}
\begin{document}
%s
\end{document}
"""


def test_a_table_is_scaled_down_as_far_as_it_must_be(tmp_path: Path) -> None:
    net = archc.load("alexnet")
    tables = {
        "small": (net.summary(["macs"]), Latex(), (345, 440)),
        "usual": (net.summary(), Latex(), (345, 440)),
        "slide": (net.summary(), Latex(bare=True, width="140mm", height="60mm"), (398.4, 170.8)),
        "narrow": (net.summary(), Latex(bare=True, width="30mm", height="90mm"), (85.4, 256.1)),
    }
    body = []
    for name, (summary, latex, _) in tables.items():
        text = summary.text("latex", latex=latex)
        said = rf"\typeout{{{name}: \the\wd0, \the\dimexpr\ht0+\dp0\relax}}"
        body.append(re.sub(r"(?m)^\\usebox0", lambda _: said + r"\usebox0", text))
    (tmp_path / "a.tex").write_text(DOCUMENT % "\n\n".join(body))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    found = {
        name: (float(wide), float(high))
        for name, wide, high in re.findall(r"(\w+): ([\d.]+)pt, ([\d.]+)pt", done.stdout)
    }
    assert found.keys() == tables.keys()
    filled = {}
    for name, (_, _, (most, tallest)) in tables.items():
        wide, high = found[name]
        filled[name] = round(wide / most, 2), round(high / tallest, 2)
        assert max(filled[name]) <= 1, name
    assert filled["small"][0] < 0.5  # as it is
    assert filled["usual"][0] == filled["slide"][1] == filled["narrow"][0] == 1
