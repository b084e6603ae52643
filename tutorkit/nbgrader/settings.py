"""The settings of a course, as nbgrader reads them; they are the instructor's to change."""

from __future__ import annotations

CONFIG = "nbgrader_config.py"
SETTINGS = '''\
"""Settings of nbgrader for a course with assignments of tutorkit.

Written once: what you change stays. To get them anew, delete this file and release again.
"""

from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader has it)
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# Seconds for one cell; five minutes are the most for all cells of a notebook.
c.ExecutePreprocessor.timeout = 60
# Pages of feedback cannot show widgets without the internet.
c.ExecutePreprocessor.store_widget_state = False

# Links, notebooks that cannot be read, cells that were copied or deleted, damaged metadata.
c.Autograde.pre_convert_hook = "tutorkit.nbgrader.links.cut_links"
c.Autograde.exporter_class = "tutorkit.nbgrader.exporters.SubmittedNotebook"
c.Autograde.sanitize_preprocessors = [
    "tutorkit.nbgrader.preprocessors.Clean",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Marks by tutorkit; the kernel gets the key of the one student whose notebook it runs.
c.Autograde.autograde_preprocessors = [
    "tutorkit.nbgrader.preprocessors.Examine",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback without hidden tests, that loads nothing from the internet.
c.GenerateFeedback.exporter_class = "tutorkit.nbgrader.exporters.OfflineFeedback"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "tutorkit.nbgrader.preprocessors.ClearTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
'''
