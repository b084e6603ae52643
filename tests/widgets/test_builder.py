"""The builder: steps to go through, and all forms of the model in sync."""

from ipywidgets import HTML

from tutorkit import ModelBuilder, Session, TutorkitError, datasets, parse
from tutorkit.errors import Spot
from tutorkit.widgets.builder import STEPS
from tutorkit.widgets.model_views import AdviceView
from tutorkit.widgets.script_view import ScriptView


def test_the_steps_are_gone_through_by_buttons_or_tabs(session):
    builder = ModelBuilder(session)
    assert builder.back.disabled
    for k in range(1, len(STEPS)):
        builder.next.click()
        assert session.step == builder.steps.selected_index == k
    assert builder.next.disabled
    builder.back.click()
    assert session.step == len(STEPS) - 2
    builder.steps.selected_index = 1
    assert session.step == 1
    session.load("exercise_04")
    assert builder.steps.selected_index == 0


def test_undo_takes_back_the_last_choice(session):
    builder = ModelBuilder(session)
    builder.undo.click()
    assert "nothing to undo" in builder.message.value
    session.begin("y")
    builder.undo.click()
    assert session.spec is None
    assert builder.message.value == ""


def test_typing_changes_the_model_and_mistakes_are_marked_in_place(session):
    view = ScriptView(session)
    view.editor.value = "MODEL: y ~ x3i;"
    assert session.spec.focal.outcome == "y"
    text = "CLUSTERID: j; MODEL: y ~ x3i x3i;"
    view.editor.value = text
    start, end = view.editor.marks[0]
    assert text[start:end] == "x3i"
    assert start == text.rindex("x3i")
    assert "stands twice" in view.editor.message
    assert "last one that made sense" in view.note.value
    assert [str(e) for e in session.spec.equations] == ["y ~ x3i"]
    view.editor.value = "CLUSTERID: j; MODEL: y ~ x3i x2i;"
    assert (view.editor.marks, view.editor.message, session.problem) == ([], "", None)


def test_the_editor_keeps_what_was_typed_and_follows_choices(session):
    view = ScriptView(session)
    view.editor.value = "# mine\nMODEL:  y ~ x3i ;"
    assert view.editor.value == session.script == "# mine\nMODEL:  y ~ x3i ;"
    session.edit(iterations=500)
    assert "ITERATIONS: 500;" in view.editor.value


def test_a_data_command_for_other_data_is_said_to_be_ignored(session):
    view = ScriptView(session)
    view.editor.value = "DATA: other.csv; MODEL: y ~ x3i;"
    assert "DATA is not read here" in view.note.value
    view.editor.value = "DATA: 04_multilevel.csv; MODEL: y ~ x3i;"
    assert "DATA" not in view.note.value


def test_a_name_that_the_data_do_not_have_is_marked_though_the_model_is_taken(session):
    view = ScriptView(session)
    text = "CLUSTERID: j; MODEL: y ~ x1i x9;"
    view.editor.value = text
    start, end = view.editor.marks[0]
    assert text[start:end] == "x9"
    assert "The data have no column 'x9'" in view.editor.message
    view.editor.value = "CLUSTERID: j; MODEL: y ~ x1i;"
    assert view.editor.message == ""


def test_a_choice_that_replaces_typed_text_says_so(session):
    view = ScriptView(session)
    view.editor.value = "MODEL: y ~ x1i; # mine"
    session.edit(iterations=500)
    assert "Undo brings your text back" in view.note.value
    session.undo()
    assert view.editor.value == "MODEL: y ~ x1i; # mine"
    assert "Undo" not in view.note.value


def test_a_message_is_gone_when_the_model_changes(session):
    builder = ModelBuilder(session)
    builder.undo.click()
    assert "nothing to undo" in builder.message.value
    session.begin("y")
    assert builder.message.value == ""


def test_marks_are_of_the_text_that_is_shown_only(session):
    view = ScriptView(session)
    other = parse("MODEL: y ~ x3i;").source
    with session.hold_trait_notifications():
        session.script = "MODEL: y ~ x1i;"
        session.problem = TutorkitError("Planted", "Do this.", spot=Spot(other, 0, 5))
    assert view.editor.marks == []
    assert view.editor.message == "Planted. Do this."
    assert view.note.value.count("last one that made sense") == 0  # there is no model yet
    session.problem = None
    assert view.editor.message == ""


def test_text_and_marks_reach_the_browser_together(session, monkeypatch):
    view = ScriptView(session)
    sent = []
    monkeypatch.setattr(view.editor, "send_state", lambda key=None: sent.append(set(key)))
    session.write("MODEL: y ~ ~;")
    assert {"value", "marks", "message"} in sent


def test_a_script_without_a_data_command_is_not_said_to_name_other_data(session):
    view = ScriptView(session)
    view.editor.value = "MODEL: y ~ x3i;"
    assert "DATA" not in view.note.value


def test_a_name_that_corrected_data_have_is_marked_no_longer():
    session = Session(datasets.load("04_multilevel"))
    view = ScriptView(session)
    view.editor.value = "MODEL: y ~ x9;"
    assert "no column 'x9'" in view.editor.message
    session.load(session.data.assign(x9=session.data["x3i"]))
    assert (view.editor.value, view.editor.message) == ("MODEL: y ~ x9;", "")


def test_advice_of_the_builder_is_up_to_the_step_at_hand(session):
    builder = ModelBuilder(session)
    advice = next(v for v in children(builder) if isinstance(v, AdviceView))
    alone = AdviceView(session)
    session.begin("y")
    assert words(advice) != words(alone)
    session.step = len(STEPS) - 1
    assert words(advice) == words(alone)


def children(widget):
    for child in getattr(widget, "children", ()):
        yield child
        yield from children(child)


def words(widget):
    return [w.value for w in children(widget) if isinstance(w, HTML)]
