"""Lessons in JupyterLab: questions, predictions, tasks and their progress."""
