"""What the engine is asked for, and which models may answer it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from stoa.modules.ai.errors import ModelNotFound
from stoa.modules.ai.setup.snapshot import TASKS, ProviderSetup, Snapshot
from stoa.modules.ai.terms import Caller, Price, Target

Path = Literal["chat/completions", "embeddings"]
ALIAS: Final = "stoa-"
"""`stoa-chat` means: whatever the route of the task `chat` leads to."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it is asked for: `body` is OpenAI-style JSON, `model` what the caller named, `feature` what for.

    `typed` is what a person wrote for the model to follow, where it is to be judged.
    """

    caller: Caller
    role: str
    feature: str
    model: str
    path: Path
    body: Mapping[str, Any]
    streams: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer, in the order they are tried. `price` is None where nobody knows it.

    `longest_answer` is in tokens, for calls that do not say how long theirs may be.
    """

    target: Target
    provider: ProviderSetup
    price: Price | None
    longest_answer: int


def targets_of(model: str, path: Path, setup: Snapshot, knows: Callable[[ProviderSetup, str], bool]) -> list[Target]:
    """The models behind a name: a route (`stoa-chat`), `provider/model`, or a model that providers list.

    `knows` says whether a provider is known to have a model that nobody listed. Raises ModelNotFound.
    """
    task = model.removeprefix(ALIAS)
    if model.startswith(ALIAS) and task in TASKS:
        found = setup.route(task)
        if not found:
            raise ModelNotFound(f"No provider is set up for '{model}'. Add one at /admin/ai, or give it a key.")
        return found
    named = _by_provider(model, setup) or _by_listing(model, setup) or _by_knowledge(model, setup, knows)
    if not named:
        raise ModelNotFound(
            f"There is no model '{model[:100]}' here. GET /v1/models lists those there are; for {path} "
            f"'{ALIAS}{'embed' if path == 'embeddings' else 'chat'}' always names the site's own choice."
        )
    return named


def names_of(setup: Snapshot) -> Sequence[str]:
    """Every name that a caller may use, for the list of models: routes first."""
    routes = [f"{ALIAS}{task}" for task in TASKS if setup.route(task)]
    chosen = [str(target) for task in TASKS for target in setup.route(task)]
    listed = [f"{one.name}/{model}" for one in setup.providers.values() if one.is_enabled for model in one.models]
    return list(dict.fromkeys([*routes, *listed, *chosen]))


def _by_provider(model: str, setup: Snapshot) -> list[Target]:
    name, _, rest = model.partition("/")
    provider = setup.providers.get(name)
    if provider is None or not provider.is_enabled or not rest or not provider.offers(rest):
        return []
    return [Target(name, rest)]


def _by_listing(model: str, setup: Snapshot) -> list[Target]:
    """A bare name: of those who list it, else of a route that leads to it."""
    enabled = [provider for provider in setup.providers.values() if provider.is_enabled]
    listed = [Target(provider.name, model) for provider in enabled if model in provider.models]
    routed = [target for task in TASKS for target in setup.route(task) if target.model == model]
    return listed or routed[:1]


def _by_knowledge(model: str, setup: Snapshot, knows: Callable[[ProviderSetup, str], bool]) -> list[Target]:
    enabled = [provider for provider in setup.providers.values() if provider.is_enabled and not provider.models]
    return [Target(provider.name, model) for provider in enabled if knows(provider, model)]
