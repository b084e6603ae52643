"""Simulation studies: many data sets from a known truth, estimated by several methods."""

from tutorkit.study.scenario import (
    MECHANISMS,
    Deletion,
    Scenario,
    chapter_scenario,
    exercise_scenario,
)
from tutorkit.study.shipped import shipped_study
from tutorkit.study.study import COMPLETE, LISTWISE, study
from tutorkit.study.tables import ALL, closer, performance

__all__ = [
    "ALL",
    "COMPLETE",
    "LISTWISE",
    "MECHANISMS",
    "Deletion",
    "Scenario",
    "chapter_scenario",
    "closer",
    "exercise_scenario",
    "performance",
    "shipped_study",
    "study",
]
