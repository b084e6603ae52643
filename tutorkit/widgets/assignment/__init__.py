"""Assignments in JupyterLab: what is asked, one's own data and model, and handing in."""
