"""What can go wrong in a chat."""

from stoa.shared.errors import Conflict, InvalidInput, NotFound


class ConversationNotFound(NotFound):
    code = "conversation-not-found"
    title = "There is no such conversation"

    def __init__(self) -> None:
        super().__init__("You have no conversation of that id. GET /api/v1/chat/conversations lists yours.")


class MessageNotFound(NotFound):
    code = "message-not-found"
    title = "There is no such message"

    def __init__(self) -> None:
        super().__init__("There is no message of that id in a conversation of yours.")


class AnswerRuns(Conflict):
    """One answer at a time: a second tab that sends would write into the middle of the first one's."""

    code = "answer-runs"
    title = "An answer is being written"

    def __init__(self) -> None:
        super().__init__(
            "An answer is being written in this conversation. Wait for its end, follow it with GET .../stream, "
            "or end it with POST .../stop."
        )


class ConversationWentOn(Conflict):
    code = "conversation-went-on"
    title = "The conversation has gone on"

    def __init__(self) -> None:
        super().__init__(
            "The conversation has gone on in another tab: `after` is not its last message. Read the messages anew."
        )


class CannotBranch(Conflict):
    code = "cannot-branch"
    title = "This cannot be said anew"


class ConversationFull(Conflict):
    code = "conversation-full"
    title = "The conversation is full"

    def __init__(self, most: int) -> None:
        super().__init__(f"A conversation holds at most {most:,} messages. Begin a new one.")


class ModelNotOffered(InvalidInput):
    code = "model-not-offered"
    title = "There is no such model"


class QuestionTooLong(InvalidInput):
    """It does not fit into what the model can read, even with nothing before it."""

    code = "question-too-long"
    title = "The question is too long for the model"

    def __init__(self, tokens: int, room: int) -> None:
        super().__init__(
            f"The question and its instructions have about {tokens:,} tokens, and this model can read {room:,}. "
            "Ask in fewer words, or choose another model for the conversation."
        )
