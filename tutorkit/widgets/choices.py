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


def offer(dropdown: Dropdown, names: Sequence[str], none: str = "", default: int = 0) -> None:
    """Let a dropdown offer these names; what was chosen stays chosen if it is among them.

    Else ``names[default]`` is chosen, or, where ``none`` is offered as well, that: its value is "".
    """
    options = ((none, ""), *((name, name) for name in names)) if none else tuple(names)
    if dropdown.options != options:
        chosen = dropdown.value
        dropdown.options = options
        if chosen not in names:
            chosen = "" if none else names[default] if names else None
        dropdown.value = chosen
