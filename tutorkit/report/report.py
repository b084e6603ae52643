"""The whole report: its sections in the order of the chapter's output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from tutorkit.comparison import compare
from tutorkit.draws import Draws
from tutorkit.reml import RemlFit
from tutorkit.report import estimates, missing, models, quantities, sections
from tutorkit.report.html import to_html
from tutorkit.report.parts import Lines, Section
from tutorkit.report.text import to_text
from tutorkit.report.warnings import warnings_of
from tutorkit.summaries import summarize


@dataclass(frozen=True)
class Report:
    """A finished report: ``str(report)`` is text, and a notebook shows it as HTML."""

    sections: tuple[Section, ...]

    def __str__(self) -> str:
        """Return the report as text."""
        return to_text(self.sections)

    def _repr_html_(self) -> str:
        return to_html(self.sections)


def baseline(fits: Mapping[str, RemlFit]) -> Report:
    """Return the chapter's table 7.1: the focal model by REML, one fit beside the other.

    Parameters
    ----------
    fits
        Fits of one focal model by name, for example
        ``{"Complete data": fit_reml(spec, complete), "Listwise deletion": fit_reml(spec, data)}``.

    Raises
    ------
    TutorkitError
        If there is no fit, or they are of different focal models.
    """
    compare(fits)  # refuses what cannot stand side by side
    return Report((estimates.baseline(fits),))


def report(
    draws: Draws,
    fits: Mapping[str, RemlFit] | None = None,
    *,
    no_fit: str = "",
    saved: Sequence[str] = (),
    table: pd.DataFrame | None = None,
) -> Report:
    """Return the report of a run.

    Parameters
    ----------
    draws
        What `tutorkit.sample` returned.
    fits
        REML fits of the focal model by name, to be shown below as by `baseline`.
    no_fit
        A sentence on why one of these is lacking.
    saved
        Sentences on what SAVE has written.
    table
        What `tutorkit.summarize` returned for these draws, where that is known already.

    Raises
    ------
    TutorkitError
        If the run was stopped before it kept any draw.
    """
    table = summarize(draws) if table is None else table
    return Report(
        (
            sections.banner(),
            sections.options(draws),
            sections.burn_in(draws),
            *((models.parameter_list(draws),) if draws.spec.print_parameters else ()),
            sections.acceptance(draws),
            sections.data_information(draws),
            missing.patterns(draws),
            models.model_information(draws),
            sections.messages(warnings_of(draws, table)),
            sections.model_fit(draws),
            estimates.residual_correlations(draws, table),
            estimates.outcome_models(draws, table),
            *quantities.standard_deviations(draws),
            estimates.predictor_models(draws, table),
            quantities.generated_parameters(draws),
            *quantities.conditional_effects(draws),
            *missing.imputed_data(draws, saved),
            *_baseline(fits or {}, no_fit),
            estimates.reading(table),
        )
    )


def _baseline(fits: Mapping[str, RemlFit], no_fit: str) -> tuple[Section, ...]:
    shown = baseline(fits).sections if fits else ()
    if not no_fit:
        return shown
    title = shown[0].title if shown else estimates.BASELINE
    parts = shown[0].parts if shown else ()
    return (Section(title, (*parts, Lines((no_fit,)))),)
