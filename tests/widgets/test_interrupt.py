"""A cell that runs a model is interrupted, or its kernel shut down, in a real kernel."""

import time

import pytest
from jupyter_client.manager import start_new_kernel

SETUP = """
from tutorkit import Workbench
bench = Workbench("04_multilevel", "CLUSTERID: j; MODEL: y ~ x3i; BURN: 50; SEED: 1;")
bench.session.edit(iterations=200)
bench.run()  # compiled, if need be
bench.session.edit(iterations=1_000_000)
"""
STATE = "bench.session.running, bench.session.status, bench.session.draws.stopped"


class Kernel:
    """A kernel that runs cells."""

    def __init__(self):
        self.manager, self.client = start_new_kernel()

    def begin(self, code):
        """Begin a cell; return when the kernel works on it."""
        self.client.execute(code, store_history=False, stop_on_error=False)
        while self.client.get_iopub_msg(timeout=10)["content"].get("execution_state") != "busy":
            pass

    def end(self, seconds):
        """Wait until the cell has ended; return the content of its reply."""
        return self.client.get_shell_msg(timeout=seconds)["content"]

    def value(self, expression):
        """Return what an expression is."""
        reply = self.client.execute_interactive(
            "", silent=True, user_expressions={"it": expression}, timeout=10
        )
        return reply["content"]["user_expressions"]["it"]["data"]["text/plain"]


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    kernel.begin(SETUP)
    assert kernel.end(120)["status"] == "ok"
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def run_for_a_moment(kernel):
    kernel.begin("bench.run()")
    time.sleep(1.5)


def test_an_interrupted_run_keeps_its_draws_and_the_next_one_works(kernel):
    run_for_a_moment(kernel)
    began = time.monotonic()
    kernel.manager.interrupt_kernel()
    reply = kernel.end(10)
    assert time.monotonic() - began < 10
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    assert kernel.value(STATE) == "(False, 'stopped', True)"
    assert 200 < int(kernel.value("bench.session.draws.n_kept")) < 1_000_000
    kernel.begin("bench.session.edit(iterations=400)\nassert bench.run().n_kept == 400")
    assert kernel.end(20)["status"] == "ok"
    assert kernel.value(STATE) == "(False, 'finished', False)"


def test_a_kernel_that_is_shut_down_in_a_run_ends_soon(kernel):
    kernel.begin("bench.session.edit(iterations=1_000_000)\nbench.session.start()")
    assert kernel.end(10)["status"] == "ok"
    time.sleep(1)
    assert kernel.value("bench.session.status") == "'sampling'"
    kernel.client.shutdown()  # asks for it; the manager's own way would kill it after a while
    end = time.monotonic() + 5
    while kernel.manager.is_alive():
        assert time.monotonic() < end
        time.sleep(0.05)
