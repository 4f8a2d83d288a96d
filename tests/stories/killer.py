"""Kills web and worker with signal 9, each time soon after somebody sent a form."""

import random
import threading
import time

from tests.stories.site import Site

KILLS = 20
# Seconds after a form was sent: most are answered by then, also on a busy machine.
LATEST = 0.4


class Killer:
    """Twenty kills, each planned for a step of the story: some moments after a form of it went off.

    That is when a kill hurts; at any other time it only makes somebody open a page again.
    """

    def __init__(self, site: Site, seed: int, steps: int) -> None:
        chance = random.Random(seed)
        self.site = site
        self.step = 0
        self.count = 0
        self.plan = sorted(
            (
                chance.randrange(steps),
                chance.uniform(0, LATEST),
                chance.choice(("web", "web", "worker", "both")),
            )
            for _ in range(KILLS)
        )
        self._at_work: threading.Thread | None = None
        print(f"kills (SONJUKU_KILL_SEED={seed}): {[(s, round(d, 2), t) for s, d, t in self.plan]}")

    def strike(self) -> None:
        """Let the next kill that is due by this step happen soon; one at a time."""
        if self.plan and self.plan[0][0] <= self.step and not (self._at_work and self._at_work.is_alive()):
            _step, delay, target = self.plan.pop(0)
            self._at_work = threading.Thread(target=self._kill, args=(delay, target))
            self._at_work.start()

    def settle(self) -> None:
        """Wait until everything that was killed runs again."""
        if self._at_work:
            self._at_work.join()

    def _kill(self, delay: float, target: str) -> None:
        time.sleep(delay)
        if target != "worker":
            self.site.kill(self.site.web)
        if target != "web":
            self.site.kill(self.site.worker)
            self.site.start_worker()
        if target != "worker":
            self.site.start_web()
        self.count += 1
