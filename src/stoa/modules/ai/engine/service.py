"""The way of every call: models, limits, reservation, provider, settlement. Speaks OpenAI's JSON, knows no HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from stoa.modules.ai.engine.asking import Candidate, Request, targets_of
from stoa.modules.ai.engine.billing import Bill, bill_of, settlement_of
from stoa.modules.ai.engine.generation import Generation, Opened, Outcome, Times
from stoa.modules.ai.engine.guarding import InputGuard
from stoa.modules.ai.engine.running import Running
from stoa.modules.ai.engine.upstreams import Upstreams
from stoa.modules.ai.errors import ModelNotFound
from stoa.modules.ai.guards.output import OutputFilter
from stoa.modules.ai.ledger.holds import Held, Hold, Settlement
from stoa.modules.ai.ledger.service import Ledger
from stoa.modules.ai.limits.limits import Allowance, Limits, Room
from stoa.modules.ai.prices.book import PriceBook
from stoa.modules.ai.prices.tokens import USUAL_OUTPUT, estimate, most_output, ready
from stoa.modules.ai.setup.snapshot import EMBEDDED, Snapshot
from stoa.modules.ai.setup.store import SetupStore
from stoa.modules.ai.terms import FREE, Target, Usage
from stoa.shared.ids import new_id
from stoa.shared.security import Actor

_NOBODY: Final = Allowance(requests_per_minute=5, tokens_per_minute=10_000, streams=1)
_EVENTS_OVER: Final = 100


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that is under way, with what its caller may know of it."""

    generation: Generation
    held: Held
    room: Room
    allowance: Allowance
    input_tokens: int
    output: OutputFilter
    is_noted: bool = False

    def limit_headers(self) -> dict[str, str]:
        """What is left of the tier's minute, as OpenAI names it, and of the budgets; and what the guard noted."""
        headers = self.room.headers(self.allowance)
        if self.held.left_micros is not None:
            headers["x-stoa-budget-left-micro-usd"] = str(self.held.left_micros)
        if self.is_noted:
            headers["x-stoa-guard"] = "injection"
        return headers

    def bill(self) -> Bill:
        """Once it has ended: what it used and costs."""
        outcome = self.generation.outcome
        if outcome is None:
            raise RuntimeError("the call still runs")
        return bill_of(outcome, self.input_tokens)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was decided before anything is spent."""

    request: Request
    candidates: Sequence[Candidate]
    allowance: Allowance
    input_tokens: int
    most_output: int

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.most_output

    @property
    def micros(self) -> int | None:
        """At the dearest price of all who may answer; None where one of the prices is unknown."""
        usage = Usage(self.input_tokens, self.most_output)
        costs = [None if one.price is None else one.price.cost(usage) for one in self.candidates]
        return None if None in costs else max(cost for cost in costs if cost is not None)


class Engine:
    """One per process. `close` ends what runs and settles it."""

    def __init__(
        self,
        setup: SetupStore,
        *,
        upstreams: Upstreams,
        ledger: Ledger,
        limits: Limits,
        prices: PriceBook,
        times: Times,
        hides_personal_data: bool = False,
        guard: InputGuard | None = None,
    ) -> None:
        self.setup = setup
        self.upstreams = upstreams
        self.ledger = ledger
        self.running = Running(ledger, limits)
        self._limits = limits
        self._prices = prices
        self._times = times
        self._hides_personal_data = hides_personal_data
        self._guard = guard or InputGuard()

    async def begin(self, request: Request, call_id: UUID | None = None) -> Begun:
        """Raises ModelNotFound, LooksLikeInjection, LimitReached, BudgetSpent, PriceUnknown: nothing was spent or held.

        A caller who has an id for it already, used never before, may give it.
        """
        setup = await self.setup.current()
        await ready()
        plan = self._plan(request, setup)
        is_noted = await self._guard.admit(plan.request)
        call_id = call_id or new_id()
        who = request.caller.name
        seat = call_id if request.streams else None
        room = await self._limits.enter(who, plan.allowance, tokens=plan.tokens, stream=seat)
        try:
            held = await self.ledger.reserve(_hold(call_id, plan))
        except BaseException:
            await self._limits.leave(who, room, stream=seat, tokens_back=plan.tokens)
            raise

        async def settle(outcome: Outcome) -> None:
            bill = bill_of(outcome, plan.input_tokens)
            used = bill.usage.input + bill.usage.output
            await self._limits.leave(who, room, stream=seat, tokens_back=plan.tokens - used)
            await self.ledger.settle(settlement_of(call_id, outcome, bill))

        async def open_(generation: Generation) -> Opened:
            return await self.upstreams.open(request, plan.candidates, generation.note_attempt)

        generation = Generation(
            call_id,
            open_=open_,
            settle=settle,
            times=self._times,
            streams=request.streams,
            most_events=2 * plan.most_output + _EVENTS_OVER,
        )
        self.running.add(generation, who)
        output = OutputFilter(personal_data=self._hides_personal_data)
        return Begun(generation, held, room, plan.allowance, plan.input_tokens, output, is_noted)

    async def note_free(self, request: Request, target: Target, usage: Usage, call_id: UUID | None = None) -> UUID:
        """An answer that no provider was asked for: a row that costs nothing, counted as one request. The call's id.

        Raises LimitReached.
        """
        request, allowance = _allowed(request, await self.setup.current())
        await self._limits.enter(request.caller.name, allowance, tokens=0, stream=None)
        call_id = call_id or new_id()
        hold = Hold(
            call_id=call_id,
            caller=request.caller,
            feature=request.feature,
            asked_model=request.model,
            is_stream=False,
            micros=0,
            input_tokens=usage.input,
            price=FREE,
            provider=target.provider,
            model=target.model,
        )
        await self.ledger.reserve(hold)
        await self.ledger.settle(
            Settlement(call_id, "complete", usage, FREE, target.provider, target.model, 0, None, 0, None)
        )
        return call_id

    async def candidates(self, model: str) -> Sequence[Candidate]:
        """Who may chat under that name, in the order they are tried. Raises ModelNotFound."""
        setup = await self.setup.current()
        return [
            self._candidate(target, setup, 0)
            for target in targets_of(model, "chat/completions", setup, self._prices.knows)
        ]

    async def able(self, model: str) -> Sequence[Candidate]:
        """The same; none where nobody answers to that name, or only the small model that comes with Stoa."""
        try:
            found = await self.candidates(model)
        except ModelNotFound:
            return ()
        return () if not found or found[0].provider.kind == EMBEDDED.provider else found

    def window(self, candidate: Candidate) -> int:
        """How many tokens its model holds, question and answer together."""
        return self._prices.window(candidate.provider, candidate.target.model)

    async def tier_of(self, actor: Actor) -> str:
        """The tier whose limits and budgets count for somebody: the highest of their own and their role's."""
        tier = (await self.setup.current()).tier(actor.tier, actor.role)
        return tier.name if tier is not None else actor.tier

    async def close(self, patience: float) -> None:
        await self.running.close(patience)
        await self.ledger.close()
        await self.upstreams.close()

    def _plan(self, request: Request, setup: Snapshot) -> _Plan:
        tokens = estimate(request.body)
        targets = targets_of(request.model, request.path, setup, self._prices.knows)
        candidates = [self._candidate(target, setup, tokens) for target in targets]
        request, allowance = _allowed(request, setup)
        embeds = request.path == "embeddings"
        most = 0 if embeds else most_output(request.body, max(one.longest_answer for one in candidates))
        return _Plan(request, candidates, allowance, tokens, most)

    def _candidate(self, target: Target, setup: Snapshot, tokens: int) -> Candidate:
        provider = setup.providers[target.provider]
        longest = min(USUAL_OUTPUT, self._prices.longest_answer(target.model) or USUAL_OUTPUT)
        return Candidate(target, provider, self._prices.price(setup, provider, target.model, tokens), longest)


def _allowed(request: Request, setup: Snapshot) -> tuple[Request, Allowance]:
    """The request of the tier that counts for its caller, and what that tier may."""
    tier = setup.tier(request.caller.tier, request.role)
    if tier is None:
        return request, _NOBODY
    caller = replace(request.caller, tier=tier.name)
    return replace(request, caller=caller), Allowance(tier.requests_per_minute, tier.tokens_per_minute, tier.streams)


def _hold(call_id: UUID, plan: _Plan) -> Hold:
    first = plan.candidates[0]
    return Hold(
        call_id=call_id,
        caller=plan.request.caller,
        feature=plan.request.feature,
        asked_model=plan.request.model,
        is_stream=plan.request.streams,
        micros=plan.micros,
        input_tokens=plan.input_tokens,
        price=first.price,
        provider=first.target.provider,
        model=first.target.model,
    )
