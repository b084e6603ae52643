"""The chapter's own burn-in table: as a picture, and as the numbers it printed."""

from __future__ import annotations

from dataclasses import replace

from tutorkit.charts.chain_pictures import burn_in_picture
from tutorkit.teaching.chapter import chapter_burn_in
from tutorkit.widgets.parts import WIDE, Display, View
from tutorkit.widgets.session import Session


class ChapterBurnIn(View):
    """The highest PSR of the chapter's run, window by window."""

    def __init__(self, session: Session) -> None:
        self.display = Display(layout=WIDE)
        super().__init__(session, [self.display])
        table = chapter_burn_in()
        printed = table.assign(psr=table["psr"].map("{:.3f}".format))
        self.display.show(replace(burn_in_picture(table), table=printed), unfolded=True)
