import asyncio
import threading

from vidkit._internal.per_loop import PerLoop


def test_each_loop_has_its_own_and_a_closed_one_is_forgotten():
    objects = PerLoop(list)

    async def use():
        assert objects.get() is objects.get()
        assert len(objects) == 1
        return objects.get()

    assert asyncio.run(use()) is not asyncio.run(use())


class SlowToLook(asyncio.SelectorEventLoop):
    """While another thread looks whether it is closed, a third has time to come in."""

    def __init__(self):
        super().__init__()
        self.looked_at = threading.Event()
        self.go_on = threading.Event()

    def is_closed(self):
        if threading.current_thread().name == "second":
            self.looked_at.set()
            self.go_on.wait(0.1)
        return super().is_closed()


def test_loops_in_threads_do_not_disturb_each_other():
    objects = PerLoop(list)
    problems = []

    async def use():
        try:
            return objects.get()
        except RuntimeError as error:
            problems.append(error)

    def run_and_let_go_on():
        asyncio.run(use())
        loop.go_on.set()

    loop = SlowToLook()
    try:
        loop.run_until_complete(use())
        second = threading.Thread(target=asyncio.run, args=(use(),), name="second")
        second.start()
        assert loop.looked_at.wait(10)
        third = threading.Thread(target=run_and_let_go_on)
        third.start()
        second.join(10)
        third.join(10)
    finally:
        loop.close()
    assert problems == []
