"""What can go wrong with webhooks."""

from stoa.shared.errors import Conflict, FieldFault, InvalidInput, NotFound, Stale


class EndpointNotFound(NotFound):
    title = "No such endpoint"

    def __init__(self) -> None:
        super().__init__("There is no such endpoint. GET /api/v1/webhooks lists those there are.")


class TooManyEndpoints(Conflict):
    title = "No room for another endpoint"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} endpoints already. Delete one first.")


class EndpointDisabled(Conflict):
    title = "The endpoint is switched off"

    def __init__(self) -> None:
        super().__init__("Nothing is sent to this endpoint: it is switched off. Switch it on first.")


class StaleEndpoint(Stale):
    title = "The endpoint was changed in between"

    def __init__(self) -> None:
        super().__init__("Somebody changed this endpoint since you read it. Read it again, then change it.")


def refused(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, faults=(FieldFault(f"body.{field}", message),))
