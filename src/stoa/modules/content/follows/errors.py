"""What can go wrong with follows."""

from stoa.shared.errors import Conflict


class OneselfFollowed(Conflict):
    title = "You cannot follow yourself"

    def __init__(self) -> None:
        super().__init__("You cannot follow yourself: your own articles are in your studio.")


class TooManyFollowed(Conflict):
    title = "Too many are followed"

    def __init__(self, most: int) -> None:
        super().__init__(f"You follow {most:,} authors and tags already. Unfollow some first.")
