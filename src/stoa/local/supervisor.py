"""What `stoa up` does: servers, steps (schema, demo), site; then it keeps them alive and stops them in order.

Stays light, for its memory counts: no web framework, no ORM, no event loop in this process.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .address import Address
from .data_folder import DataFolder
from .errors import CannotStart
from .keeper import Keeper
from .local_servers import SITE, SITE_STOPS, LocalServers, wait_until_ready
from .lock import UP
from .logs import rotate
from .process import Child, Program, stop
from .report import say, seconds_since, tell
from .server import Pause
from .servers import Servers
from .signals import Signals, StopAsked

WORKER = "Worker"
HEALTH_PATH = "/healthz"
_POLL_SECONDS = 0.02
_TEND_SECONDS = 0.25
_ROTATE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """A command that must end before the site starts; its output goes to `<log>.log` in the logs folder."""

    label: str
    argv: Sequence[str]
    log: str
    done: str
    is_required: bool = True
    """Whether the site cannot do without it."""
    after: Callable[[], None] | None = None
    """Called when it succeeded."""


Steps = Callable[[Servers, Pause], Iterable[Step]]
"""Which steps are needed, asked when the servers answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    folder: DataFolder
    address: Address
    site: Sequence[str]
    """The command of the web server."""
    steps: Steps
    database_url: str | None = None
    redis_url: str | None = None
    worker: Sequence[str] = ()
    """The command of what works outside of requests, started when the site answers."""
    began_at: float = 0.0
    """On the monotonic clock; "answers after" counts from here."""
    greeting: Sequence[str] = ()
    """A command for when the site answers, which says in our terminal how to begin; the site does not wait for it."""
    public_url: str = ""
    """What the site is to call itself, where its settings do not say."""


class Supervisor:
    """Runs one plan from start to stop."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._signals = Signals()
        self._local = LocalServers(plan.folder, plan.database_url, plan.redis_url)
        self._site: Child | None = None
        self._step: Child | None = None
        self._greeting: Child | None = None
        self._worker: Child | None = None

    def run(self) -> None:
        """Returns when somebody asked to stop and everything has ended. Raises LocalError when it did not come up;
        everything has ended then, too.
        """
        with self._signals as signals:
            try:
                self._local.take(UP, self._plan.address.url, pause=signals.pause)
                self._come_up()
                self._keep()
            except StopAsked:
                say("Stopping", "the site, then its servers")
            finally:
                self._stop()
        tell("Stopped.")

    def _come_up(self) -> None:
        plan, pause = self._plan, self._signals.pause
        ended = self._local.end_orphans()  # before the port is tried: the site among them may hold it
        plan.address.check_free()
        say("Data folder", str(plan.folder.path))
        for name in ended:
            say(name, "was left running by a stoa up that was killed; ended it")
        self._local.start(say, pause)
        for step in plan.steps(Servers(self._local.database_url, self._local.redis_url), pause):
            self._run_step(step)
        self._start_site()
        self._start_worker()

    def _run_step(self, step: Step) -> None:
        began_at = time.monotonic()
        log = self._plan.folder.logs / f"{step.log}.log"
        self._step = child = Child(Program(step.label, step.argv, SITE_STOPS, self._environment(), log))
        child.start()
        while child.pid:
            self._signals.pause(_POLL_SECONDS)
        if child.has_succeeded:
            say(step.label, f"{step.done} in {seconds_since(began_at)}")
            if step.after:
                step.after()
            return
        fault = f"failed ({child.end}). The end of {log}:\n{child.log_tail}"
        if step.is_required:
            raise CannotStart(f"{step.label} {fault}")
        say(step.label, fault)

    def _start_site(self) -> None:
        plan, began_at = self._plan, time.monotonic()
        self._site = child = Child(Program(SITE, plan.site, SITE_STOPS, self._environment()))
        child.start()
        self._tell_site(child)
        wait_until_ready(child, lambda _: plan.address.answers(HEALTH_PATH), self._signals.pause)
        say(SITE, f"ready in {seconds_since(began_at)}")
        tell(f"\nStoa answers on {plan.address.url} after {seconds_since(plan.began_at)}. Ctrl-C stops it.")
        if plan.greeting:
            self._greeting = Child(Program("Greeting", plan.greeting, SITE_STOPS, self._environment()))
            with suppress(CannotStart):  # the site answers, greeted or not
                self._greeting.start()

    def _start_worker(self) -> None:
        if self._plan.worker:
            self._worker = Child(Program(WORKER, self._plan.worker, SITE_STOPS, self._environment()))
            self._worker.start()

    def _keep(self) -> None:
        """Until StopAsked."""
        kept = [Keeper(child, say) for child in [*self._local.children, self._site, self._worker] if child]
        rotate_at = time.monotonic() + _ROTATE_SECONDS
        while True:
            for keeper in kept:
                if keeper.tend() and keeper.child is self._site:
                    self._tell_site(keeper.child)
            if self._greeting and self._greeting.end:  # asking is what takes the dead process off the list
                self._greeting = None
            if time.monotonic() >= rotate_at:
                rotate_at += _ROTATE_SECONDS
                for log in [keeper.child.program.log for keeper in kept]:
                    if log:
                        rotate(log)
            self._signals.pause(_TEND_SECONDS)

    def _stop(self) -> None:
        """The site first, for it needs the servers to finish what it has begun."""
        self._local.lock.holder.is_ready = False
        self._local.lock.tell()
        stop(
            [child for child in (self._greeting, self._step, self._site, self._worker) if child],
            self._signals.wait,
            self._signals.hurry,
        )
        self._local.stop(self._signals.wait, self._signals.hurry)

    def _tell_site(self, site: Child) -> None:
        """Into the lock file, for whoever clears up after us if we are killed."""
        holder = self._local.lock.holder
        holder.site, holder.site_argv = site.pid or 0, list(site.program.argv)
        self._local.lock.tell()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self._local.database_url,
            "REDIS_URL": self._local.redis_url,
            "STOA_DATA_DIR": str(self._plan.folder.path),
            **({"STOA_PUBLIC_URL": self._plan.public_url} if self._plan.public_url else {}),
        }
