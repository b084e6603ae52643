"""Import libraries without a part that takes a second to import and is never used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRAMMAR = "rfc3987_syntax"


@contextmanager
def lean() -> Iterator[None]:
    """Keep jsonschema, should it be imported meanwhile, from building a grammar of addresses.

    It checks the formats "iri" and "iri-reference" by it where it is installed, as it is by
    JupyterLab; neither Vega-Lite's schema nor JupyterLab's settings have any.
    """
    if GRAMMAR in sys.modules:
        yield
        return
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        yield
    finally:
        sys.modules.pop(GRAMMAR, None)
