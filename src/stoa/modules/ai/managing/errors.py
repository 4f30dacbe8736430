"""What can go wrong for those who manage models."""

from stoa.shared.errors import FieldFault, InvalidInput, NotFound, Stale


class ProviderNotFound(NotFound):
    title = "No such provider"

    def __init__(self) -> None:
        super().__init__(
            "No provider of that name was set up here. GET /api/v1/admin/ai/providers lists those there are; "
            "what the settings set up is changed in the settings."
        )


class KeyNotFound(NotFound):
    title = "No such key"

    def __init__(self) -> None:
        super().__init__("That provider has no such key.")


class StaleProvider(Stale):
    title = "The provider was changed in between"

    def __init__(self) -> None:
        super().__init__("Somebody changed this provider since you read it. Read it again, then change it.")


def refused(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, faults=(FieldFault(f"body.{field}", message),))
