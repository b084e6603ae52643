"""What the user does is worked off in order, on one thread, whatever thread it arrives on."""

import threading
import time
from types import SimpleNamespace

import pytest

from tutorkit.widgets import events
from tutorkit.widgets.events import Events


@pytest.fixture
def browser(monkeypatch):
    """Let every call seem to come from the browser."""
    monkeypatch.setattr(events, "from_browser", lambda: True)


def settle(queue):
    done = threading.Event()
    queue.do(done.set)
    assert done.wait(10)


def test_a_call_of_python_is_made_at_once():
    calls = []
    Events().do(lambda: calls.append(threading.current_thread()))
    assert calls == [threading.current_thread()]


def test_calls_of_the_browser_keep_their_order_on_one_thread(browser):
    queue, calls = Events(), []

    def slow():
        time.sleep(0.2)
        calls.append(("slow", threading.current_thread()))

    queue.do(slow)
    other = threading.Thread(
        target=lambda: queue.do(lambda: calls.append(("fast", threading.current_thread())))
    )
    other.start()
    other.join()
    assert calls == []  # asking does not wait
    settle(queue)
    assert [name for name, _ in calls] == ["slow", "fast"]
    assert len({thread for _, thread in calls}) == 1
    assert calls[0][1] is not threading.main_thread()


def test_what_a_call_causes_is_part_of_it(browser):
    queue, calls = Events(), []

    def outer():
        queue.do(lambda: calls.append("inner"))
        calls.append("outer")

    queue.do(outer)
    settle(queue)
    assert calls == ["inner", "outer"]


def test_first_calls_from_many_threads_start_one_thread(browser):
    queue, calls = Events(), []
    threads = [
        threading.Thread(target=lambda: queue.do(lambda: calls.append(threading.get_ident())))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(queue)
    assert len(calls) == 20
    assert len(set(calls)) == 1


def test_without_a_kernel_nothing_comes_from_a_browser():
    assert not events.from_browser()


def test_a_call_that_fails_does_not_stop_those_behind_it(browser, capsys):
    queue, calls = Events(), []

    def fail():
        raise ValueError("planted")

    queue.do(fail)
    queue.do(lambda: calls.append("next"))
    settle(queue)
    assert calls == ["next"]
    assert "planted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kernel", "is_browser"),
    [("comm_msg", True), ("execute_request", False), ("comm_open", False), (None, False)],
)
def test_only_a_message_of_a_widget_comes_from_the_browser(monkeypatch, kernel, is_browser):
    parent = {} if kernel is None else {"header": {"msg_type": kernel}}
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: parent))
    monkeypatch.setattr(events, "get_ipython", lambda: shell)
    assert events.from_browser() is is_browser


def test_two_first_calls_at_once_start_one_thread(browser, monkeypatch):
    started, barrier = [], threading.Barrier(2)

    class Slow(threading.Thread):
        def __init__(self, **settings):
            started.append(1)
            time.sleep(0.1)  # while the other call arrives
            super().__init__(**settings)

    queue, calls = Events(), []

    def first():
        barrier.wait()
        queue.do(lambda: calls.append(1))

    threads = [threading.Thread(target=first) for _ in range(2)]
    names = {"Thread": Slow, "current_thread": threading.current_thread}
    monkeypatch.setattr(events, "threading", SimpleNamespace(**names))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(queue)
    assert (len(started), len(calls)) == (1, 2)
