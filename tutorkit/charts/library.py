"""Altair, which is imported when the first chart is made."""

from tutorkit.imports import lean

with lean():
    import altair as alt

__all__ = ["alt"]
