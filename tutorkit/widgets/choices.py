"""Controls for choosing names that stay the same objects while what they offer changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ipywidgets import Checkbox, Dropdown, HBox

from tutorkit.widgets.parts import ROW, View


class Choices(HBox):
    """A row of checkboxes by name, each of which is kept while it is not shown."""

    def __init__(self) -> None:
        super().__init__(layout=ROW)
        self.boxes: dict[str, Checkbox] = {}
        self._shown: list[str] = []

    def offer(
        self, view: View, name: str, value: bool, changed: Callable[[bool], None]
    ) -> Checkbox:
        """Set the checkbox of a name; a new one calls ``changed`` when the user ticks it."""
        box = self.boxes.get(name)
        if box is None:
            layout = {"width": "auto", "margin": "0 1.2em 0 0"}
            box = Checkbox(description=name, indent=False, layout=layout)
            view.on(box, changed)
            self.boxes[name] = box
        box.value = value
        return box

    def arrange(self, names: Sequence[str]) -> None:
        """Show these checkboxes in this order; nothing moves if they are shown already."""
        if list(names) != self._shown:
            self._shown = list(names)
            self.children = tuple(self.boxes[name] for name in names)


def offer(dropdown: Dropdown, names: Sequence[str], none: str = "none") -> None:
    """Let a dropdown offer these names behind ``none``; what is chosen stays if it is offered."""
    options = ((none, None), *((name, name) for name in names))
    if dropdown.options != options:
        value = dropdown.value
        dropdown.options = options
        dropdown.value = value if value in names else None


def choose(dropdown: Dropdown, names: Sequence[str], value: str | None, none: str = "none") -> None:
    """Let a dropdown offer these names behind ``none``, and show ``value``."""
    offer(dropdown, names, none)
    dropdown.value = value
