"""The chapter's output (section 7.3) of a run, item by item, as text or as HTML."""

from tutorkit.report.report import Report, baseline, report

__all__ = ["Report", "baseline", "report"]
