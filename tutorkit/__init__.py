"""Learn multilevel missing-data models by building them.

Parse a script, load data, sample, report:
``print(report(sample(parse(datasets.script("04_multilevel")), datasets.load("04_multilevel"))))``.
"""
# ruff: noqa: E402

import gc
import importlib
from time import perf_counter

_began, _thresholds = perf_counter(), gc.get_threshold()
gc.set_threshold(100_000)  # to look for garbage in what is imported takes a fifth of the time

from tutorkit import datasets
from tutorkit.charts import Picture, describe, interval_chart, show
from tutorkit.charts.sensitivity import sensitivity_picture
from tutorkit.charts.studies import closer_picture, estimates_picture, means_picture
from tutorkit.comparison import compare
from tutorkit.completed import imputations, save_imputations
from tutorkit.data import read_data
from tutorkit.derived import derived
from tutorkit.draws import Draws
from tutorkit.errors import DataError, ScriptError, SpecError, TutorkitError
from tutorkit.model.script import parse, render
from tutorkit.model.spec import Equation, ModelSpec, Priors, Term
from tutorkit.patterns import imputation_summary, missing_patterns
from tutorkit.reml import RemlFit, fit_reml
from tutorkit.report import Report, baseline, report
from tutorkit.sampling import sample
from tutorkit.simulation import Simulated, delete_mar, delete_mcar, delete_mnar, simulate
from tutorkit.study import (
    Deletion,
    Scenario,
    chapter_scenario,
    closer,
    exercise_scenario,
    performance,
    shipped_study,
    study,
)
from tutorkit.summaries import summarize
from tutorkit.teaching.overview import start_page

gc.set_threshold(*_thresholds)
IMPORT_SECONDS = perf_counter() - _began
"""Wall-clock seconds it took to import the package."""

VIEWS = {
    "AdviceView": "model_views",
    "Assignment": "assignment.assignment",
    "Comparison": "comparison",
    "CountView": "model_views",
    "DataViews": "data_views",
    "Diagnostics": "diagnostics",
    "DiagramView": "model_views",
    "EquationsView": "model_views",
    "Lesson": "lessons.lesson",
    "ModelBuilder": "builder",
    "OwnData": "own_data",
    "Runner": "runner",
    "ScriptView": "script_view",
    "Session": "session",
    "Workbench": "workbench",
}
"""The workbench and its views, by the module of `tutorkit.widgets` that holds them."""


def __getattr__(name: str) -> object:
    """Import a view when it is asked for: scripts do without ipywidgets."""
    if name in VIEWS:
        return getattr(importlib.import_module(f"tutorkit.widgets.{VIEWS[name]}"), name)
    raise AttributeError(f"module 'tutorkit' has no attribute '{name}'")


__all__ = [
    "DataError",
    "Deletion",
    "Draws",
    "Equation",
    "ModelSpec",
    "Picture",
    "Priors",
    "RemlFit",
    "Report",
    "Scenario",
    "ScriptError",
    "Simulated",
    "SpecError",
    "Term",
    "TutorkitError",
    "baseline",
    "chapter_scenario",
    "closer",
    "closer_picture",
    "compare",
    "datasets",
    "delete_mar",
    "delete_mcar",
    "delete_mnar",
    "derived",
    "describe",
    "estimates_picture",
    "exercise_scenario",
    "fit_reml",
    "imputation_summary",
    "imputations",
    "interval_chart",
    "means_picture",
    "missing_patterns",
    "parse",
    "performance",
    "read_data",
    "render",
    "report",
    "sample",
    "save_imputations",
    "sensitivity_picture",
    "shipped_study",
    "show",
    "simulate",
    "start_page",
    "study",
    "summarize",
]
