"""Tidy tables as Altair charts, and charts as pictures with their words."""

from tutorkit.charts.intervals import describe, interval_chart
from tutorkit.charts.picture import Picture, draw_in_background, show

__all__ = ["Picture", "describe", "draw_in_background", "interval_chart", "show"]
