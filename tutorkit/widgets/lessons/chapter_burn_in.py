"""The chapter's own burn-in table: as the numbers it printed, and as a picture."""

from __future__ import annotations

import pandas as pd
from ipywidgets import HTML

from tutorkit.charts.chain_pictures import burn_in_picture
from tutorkit.teaching.chapter import chapter_burn_in
from tutorkit.widgets.parts import INK, WIDE, Display, View
from tutorkit.widgets.session import Session


class ChapterBurnIn(View):
    """The highest PSR of the chapter's run, window by window."""

    def __init__(self, session: Session) -> None:
        self.display, self.table = Display(layout=WIDE), HTML(layout=WIDE)
        super().__init__(session, [self.display, self.table])
        found = chapter_burn_in()
        self.display.show(burn_in_picture(found))
        shown = pd.DataFrame(
            {
                "iterations": found["first"].astype(str) + " to " + found["last"].astype(str),
                "highest PSR": found["psr"].map("{:.3f}".format),
                "number": found["number"],
                "parameter": found["parameter"],
            }
        )
        html = shown.to_html(index=False, border=0)
        self.table.value = f'<div style="{INK};overflow-x:auto;line-height:1.4">{html}</div>'
