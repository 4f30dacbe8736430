"""Fields that hold one thing a line, and models by the names the site gives them. Pure."""

from stoa.modules.ai.terms import Target
from stoa.shared.errors import FieldFault, InvalidInput


def lines_of(text: str) -> list[str]:
    """The lines of a field, without those left blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def target_of(text: str, field: str) -> Target:
    """`openai/gpt-5-mini`; a model's name may hold slashes too. Raises InvalidInput at the field."""
    provider, slash, model = text.strip().partition("/")
    if not (provider and slash and model):
        message = f"'{text[:60]}' is not a model. Write the provider's name, a slash and the model's name."
        raise InvalidInput("Look at the fields that are marked.", faults=(FieldFault(f"body.{field}", message),))
    return Target(provider, model)
