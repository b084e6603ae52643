"""What all views are made of: callbacks, sleep, messages, and what is text in them."""

import threading
import time

import pytest
from ipywidgets import Button, Text

from tutorkit import Session, TutorkitError, show
from tutorkit.errors import Spot
from tutorkit.widgets.parts import Display, Message, View, mistake_html

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


class Plain(View):
    """A view that counts its redraws."""

    def __init__(self, session):
        self.text, self.button = Text(), Button()
        self.calls, self.redraws = [], 0
        super().__init__(session, [self.text, self.button])
        self.on(self.text, self.calls.append)
        self.on_click(self.button, lambda: self.calls.append("click"))
        self.follow("tick", self._redraw)

    def _redraw(self):
        self.redraws += 1
        self.text.value = str(self.session.tick)


@pytest.fixture(scope="module")
def shared():
    return Session("04_multilevel")


@pytest.fixture
def view(shared):
    return Plain(shared)


def test_a_value_that_a_redraw_sets_is_not_the_users(view, shared):
    shared.tick += 1
    assert view.calls == []
    view.text.value = "mine"
    assert view.calls == ["mine"]


def test_controls_hand_over_to_the_events_of_the_session(view, shared, monkeypatch):
    queue = []
    monkeypatch.setattr(shared.events, "do", queue.append)
    view.text.value = "mine"
    view.button.click()
    assert view.calls == []
    for call in queue:
        call()
    assert view.calls == ["mine", "click"]


def test_who_sleeps_catches_up_once_and_only_with_what_has_changed(view, shared):
    view.sleep()
    view.wake()
    assert view.redraws == 1
    view.sleep()
    shared.tick += 1
    shared.tick += 1
    assert view.redraws == 1
    view.wake()
    view.wake()
    assert view.redraws == 2
    assert view.text.value == str(shared.tick)
    shared.tick += 1
    assert view.redraws == 3


def test_callbacks_wait_for_each_other(view, shared):
    call = view.guarded(lambda: view.calls.append("called"))
    thread = threading.Thread(target=call)
    with shared.lock:
        thread.start()
        time.sleep(0.1)
        assert view.calls == []
    thread.join(5)
    assert view.calls == ["called"]


def test_a_message_stays_until_the_user_does_the_next_thing(view, shared):
    view.message.say("a < b")
    assert "a &lt; b" in view.message.value
    shared.tick += 1
    assert "a &lt; b" in view.message.value
    view.button.click()
    assert view.message.value == ""


def test_an_error_of_ours_is_shown_as_text_and_ends_nothing(view, shared, monkeypatch):
    def fail():
        raise ValueError("<planted>")

    view.guarded(fail)()
    assert "Something went wrong inside tutorkit" in view.message.value
    assert "ValueError: &lt;planted&gt;" in view.message.value
    view.follow("name", fail)
    view.text.value = "mine"  # the redraw that failed is over
    assert view.calls == ["mine"]


def test_after_a_redraw_in_a_redraw_the_outer_one_still_goes_on(view, shared):
    def outer():
        shared.tick += 1
        view.text.value = "of the outer redraw"

    view.follow("revealed", outer)
    assert view.calls == []


def test_a_mistake_of_a_redraw_is_told_without_another_redraw(view, shared):
    def fail():
        raise TutorkitError("planted")

    count = view.redraws
    view.follow("name", fail)
    assert "planted" in view.message.value
    assert view.redraws == count


@pytest.mark.parametrize(
    ("error", "words"),
    [(TutorkitError("Planted"), "Planted."), (ValueError("planted"), "ValueError: planted")],
)
def test_the_message_of_a_redraw_stays_until_a_redraw_succeeds(error, words):
    session = Session("04_multilevel")
    view, errors = View(session), [error]

    def redraw():
        if errors:
            raise errors[0]

    view.follow("revealed", redraw)
    session.begin("y")  # takes away what is about the model as it was
    assert words in view.message.value
    errors.clear()
    session.revealed = True
    assert view.message.value == ""
    view.message.say("done")
    session.revealed = False
    assert "done" in view.message.value


def test_a_redraw_that_succeeds_leaves_the_message_of_another():
    session = Session("04_multilevel")
    view, errors = View(session), [TutorkitError("Planted")]

    def redraw():
        if errors:
            raise errors[0]

    view.follow("revealed", redraw)
    view.follow("revealed", lambda: None)
    session.revealed = True
    assert "Planted" in view.message.value
    errors.clear()
    session.revealed = False
    assert view.message.value == ""


def test_a_mistake_shows_line_spot_and_hint_as_text():
    script = "A: b;\nMODEL: y ~ <x> z;"
    error = TutorkitError("Not <x>", "Take <x> out.", spot=Spot(script, 17, 20))
    html = mistake_html(error)
    assert "Not &lt;x&gt;.</b>" in html
    assert "<code>line 2: MODEL: y ~ <mark>&lt;x&gt;</mark> z;</code>" in html
    assert "Take &lt;x&gt; out." in html
    assert "<x>" not in html


def test_a_display_forgets_its_picture_when_it_explains_and_unfolds_only_when_told():
    display = Display()
    picture = show(SVG, "words")
    display.show(picture)
    assert display.picture is picture
    assert "<details>" in display.value
    display.show(picture, unfolded=True)
    assert "<details open>" in display.value
    display.explain("Nothing < yet")
    assert display.picture is None
    assert "Nothing &lt; yet" in display.value


def test_a_message_is_announced_according_to_its_weight():
    message = Message()
    message.say("done")
    assert 'role="status"' in message.value
    message.complain(TutorkitError("no"))
    assert 'role="alert"' in message.value
    message.clear()
    assert message.value == ""
