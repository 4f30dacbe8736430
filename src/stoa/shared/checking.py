"""Input that does not come over HTTP, checked by the same models: faults are told in one line."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from stoa.shared.errors import FieldFault, InvalidInput

Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], **fields: Any) -> Model:
    """The model of these fields, those that are None left out. Raises InvalidInput with all that is wrong."""
    try:
        return model.model_validate({name: value for name, value in fields.items() if value is not None})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults = tuple(FieldFault(".".join(map(str, e["loc"])), e["msg"].removeprefix("Value error, ")) for e in found)
        raise InvalidInput("; ".join(f"{fault.field}: {fault.message}" for fault in faults), faults=faults) from None
