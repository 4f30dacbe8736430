"""The words of mails to who may not be signed in; all others are notices.

Links begin with the public URL of the settings, never with a Host header.
"""

from dataclasses import dataclass

from stoa.modules.deliveries.schemas import Mail


@dataclass(frozen=True, slots=True)
class AccountMails:
    """`site` is its name, `url` its public URL without a slash at the end."""

    site: str
    url: str

    def verify(self, email: str, token: str) -> Mail:
        return Mail(
            "verify-email",
            email,
            f"Confirm your address for {self.site}",
            f"Welcome to {self.site}. Confirm that this address is yours:\n\n"
            f"{self.url}/verify-email?token={token}\n\n"
            "The link works for three days. If you did not make an account, do nothing: without your click nothing "
            "is sent here again.",
            is_secret=True,
        )

    def exists(self, email: str) -> Mail:
        return Mail(
            "account-exists",
            email,
            f"You have an account at {self.site} already",
            "Somebody, probably you, tried to register with this address. You have an account already:\n\n"
            f"Sign in: {self.url}/sign-in\nSet a new password: {self.url}/forgot-password\n\n"
            "If it was not you, nothing happened and nothing needs to be done.",
        )

    def reset(self, email: str, token: str) -> Mail:
        return Mail(
            "reset-password",
            email,
            f"Set a new password for {self.site}",
            f"Set a new password here:\n\n{self.reset_link(token)}\n\n"
            "The link works once, for one hour. If you did not ask for it, do nothing: your password stays.",
            is_secret=True,
        )

    def reset_link(self, token: str) -> str:
        return f"{self.url}/reset-password?token={token}"
