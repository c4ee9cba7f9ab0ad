"""PDF by CairoSVG without the date of the day, so that one picture is one file."""

import io

import cairocffi
from cairosvg.parser import Tree
from cairosvg.surface import PDFSurface


def pdf(svg: bytes) -> bytes:
    """The SVG as a PDF."""
    out = io.BytesIO()
    _Undated(Tree(bytestring=svg), out, 96).finish()
    return out.getvalue()


class _Undated(PDFSurface):  # type: ignore[misc]  # CairoSVG has no types
    """CairoSVG's surface; cairo before 1.16 writes no date, and cannot be told not to."""

    def _create_surface(self, width: float, height: float) -> tuple[object, float, float]:
        made, wide, high = super()._create_surface(width, height)
        if cairocffi.cairo_version() >= 11600:
            made.set_metadata(cairocffi.PDF_METADATA_CREATE_DATE, "")
        return made, wide, high
