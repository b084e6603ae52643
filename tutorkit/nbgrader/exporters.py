"""How nbgrader reads what students hand in, and writes their feedback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter, NotebookExporter

UNREADABLE = (
    "**The notebook that was handed in cannot be read. This is the notebook as it was handed out; "
    "what stands in `answers.json` counts.**"
)


def released(resources: Any) -> Any:
    """Return the notebook as it was handed out; nbgrader works in the folder of the course."""
    about = resources["nbgrader"]
    file = Path("release") / about["assignment"] / f"{about['notebook']}.ipynb"
    return nbformat.read(file, as_version=4)


class SubmittedNotebook(NotebookExporter):
    """Takes the released notebook in place of one that cannot be read."""

    def from_file(self, file_stream: Any, resources: Any = None, **options: Any) -> Any:
        """Read a notebook and hand it on."""
        try:
            notebook = nbformat.read(file_stream, as_version=4)
            _ = [cell.cell_type for cell in notebook.cells]
        except Exception as error:  # whatever was handed in as a notebook
            self.log.warning("A notebook cannot be read: %s", type(error).__name__)
            notebook = released(resources)
            notebook.cells.insert(0, nbformat.v4.new_markdown_cell(UNREADABLE, id="unreadable"))
        return self.from_notebook_node(notebook, resources, **options)


class OfflineFeedback(HTMLExporter):
    """Writes pages that load nothing from anywhere: formulas stay as they were typed."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """Return the page of a notebook."""
        html, resources = super().from_notebook_node(nb, resources, **options)
        page = BeautifulSoup(html, features="html.parser")
        for element in page.select("script, iframe, object, embed, link[href], base"):
            element.decompose()
        for element in page.select("[src]"):
            if not str(element["src"]).lower().startswith("data:"):
                del element["src"]
        return str(page), resources
