"""The estimates that the chapter prints, beside those of the learner's last run."""

from __future__ import annotations

from html import escape

import numpy as np
from ipywidgets import HTML

from tutorkit.draws import Draws
from tutorkit.summaries import summarize
from tutorkit.teaching.chapter import chapter_estimates
from tutorkit.widgets.lessons.lesson_session import LessonSession
from tutorkit.widgets.parts import INK, View, note_html

NOTE = (
    "The chapter's run is of its authors' own data, yours of our reconstruction: expect the same "
    "picture, not the same figures. The report of a run, under Check, explains each row."
)
STYLE = """<style>
.tutorkit-output {overflow-x: auto; line-height: 1.35;}
.tutorkit-output table {border-collapse: collapse; margin: .3em 0;}
.tutorkit-output th, .tutorkit-output td {padding: .05em .35em; text-align: right; border: 0;
  font-variant-numeric: tabular-nums; background: none; white-space: nowrap;}
.tutorkit-output th[scope=row], .tutorkit-output th[scope=rowgroup] {text-align: left;}
.tutorkit-output th[scope=row] {font-weight: normal;}
.tutorkit-output caption {text-align: left; font-weight: bold;}
</style>"""
COLUMNS = {"median": "Median", "sd": "StdDev", "lower": "2.5%", "upper": "97.5%", "psr": "PSR",
           "ess_bulk": "N_Eff"}  # fmt: skip
OWN = ("median", "sd", "ess_bulk")
YOURS = "yours"


Rows = dict[tuple[str, str, str], dict[str, float]]


class ChapterOutput(View):
    """The chapter's table of each outcome, with the figures of the last run where there is one."""

    session: LessonSession

    def __init__(self, session: LessonSession, outcomes: tuple[str, ...]) -> None:
        self.outcomes = outcomes
        self.tables = HTML(layout={"width": "100%", "min_width": "0", "overflow": "auto"})
        super().__init__(session, [self.tables])
        self.follow("draws", self._redraw)

    def _redraw(self) -> None:
        session = self.session
        draws = session.draws if session.name == session.content.data else None
        own = _by_row(draws) if draws is not None and draws.n_kept else None
        tables = [_table(outcome, own) for outcome in self.outcomes]
        self.tables.value = STYLE + note_html(NOTE) + "".join(tables)


def _by_row(draws: Draws) -> Rows:
    """Return the run's summary by outcome, group and name; correlations by their name alone."""
    table = summarize(draws)
    pairs = table["outcome"] == table["name"]
    table = table.assign(
        outcome=table["outcome"].mask(pairs, "correlations"),
        group=table["group"].mask(pairs, "Correlations"),
    )
    keys = zip(table["outcome"], table["group"], table["name"], strict=True)
    figures = table[list(OWN)].to_dict("records")
    return {
        key: {str(n): v for n, v in row.items()} for key, row in zip(keys, figures, strict=True)
    }


def _table(outcome: str, own: Rows | None) -> str:
    head = ""
    for key, name in COLUMNS.items():
        head += f"<th scope='col'>{name}</th>"
        head += f"<th scope='col'>{YOURS}</th>" * (own is not None and key in OWN)
    body = ""
    for group, rows in chapter_estimates(outcome).groupby("group", sort=False):
        body += f'<tr><th scope="rowgroup">{escape(str(group))}</th></tr>'
        for row in rows.to_dict("records"):
            mine = {} if own is None else own.get((outcome, row["group"], row["name"]), {})
            cells = ""
            for key in COLUMNS:
                cells += _cell(str(key), row[key])
                if own is not None and key in OWN:
                    cells += _cell(key, mine.get(key, np.nan), "font-style:italic")
            body += f'<tr><th scope="row">{escape(row["name"])}</th>{cells}</tr>'
    title = "Residual correlations" if outcome == "correlations" else f"Outcome: {outcome}"
    return (
        f'<div class="tutorkit-output" style="{INK}" tabindex="0" role="group" '
        f'aria-label="{escape(title)}, as the chapter prints them"><table><caption>'
        f"{escape(title)}</caption><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(key: str, value: float, style: str = "") -> str:
    text = "" if np.isnan(value) else f"{value:,.0f}" if key == "ess_bulk" else f"{value:.3f}"
    return f'<td style="{style}">{text}</td>' if style else f"<td>{text}</td>"
