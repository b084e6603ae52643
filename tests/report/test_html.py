"""Whatever a report holds, its HTML shows it as text."""

import pytest

from tutorkit.report.html import to_html
from tutorkit.report.parts import Facts, Grid, Lines, Section

EVIL = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "part",
    [
        Facts(((EVIL, "value"),)),
        Facts((("label", EVIL),), title=EVIL),
        Lines((EVIL,), title=EVIL),
        Lines((EVIL,), verbatim=True),
        Grid((EVIL, "column"), (("group", (("row", "cell"),)),)),
        Grid(("label", EVIL), (("group", (("row", "cell"),)),)),
        Grid(("label", "column"), ((EVIL, (("row", "cell"),)),)),
        Grid(("label", "column"), (("group", ((EVIL, "cell"),)),)),
        Grid(("label", "column"), (("group", (("row", EVIL),)),), title=EVIL),
    ],
)
def test_every_text_is_escaped(part):
    html = to_html([Section(EVIL, (part,))])
    assert "<img" not in html
    n_texts = str(part).count(EVIL) + 1
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == n_texts
