"""Ticking the checkboxes of the steps, and reading them."""


def tick(editor, *names, value=True):
    for name in names:
        editor.predictors.boxes[name].value = value


def shown(choices):
    return [box.description for box in choices.children]


def ticked(choices):
    return [box.description for box in choices.children if box.value]
