"""Tidy tables as Altair charts, and charts as pictures with their words."""

from tutorkit.charts.intervals import describe, interval_chart
from tutorkit.charts.picture import Picture, show

__all__ = ["Picture", "describe", "interval_chart", "show"]
