"""The words of the mails about accounts. Links begin with the public URL of the settings, never with a Host header."""

from dataclasses import dataclass

from stoa.modules.mail.schemas import Mail


@dataclass(frozen=True, slots=True)
class AccountMails:
    """`site` is its name, `url` its public URL without a slash at the end."""

    site: str
    url: str

    def verify(self, email: str, token: str) -> Mail:
        return self._mail(
            "verify-email",
            email,
            f"Confirm your address for {self.site}",
            f"Welcome to {self.site}. Confirm that this address is yours:\n\n"
            f"{self.url}/verify-email?token={token}\n\n"
            "The link works for three days. If you did not make an account, do nothing: without your click nothing "
            "is sent here again.",
        )

    def welcome(self, email: str) -> Mail:
        return self._mail(
            "welcome",
            email,
            f"Welcome to {self.site}",
            f"Your address is confirmed, your account is ready.\n\nSign in: {self.url}/sign-in\n"
            f"Your name, picture and password: {self.url}/settings",
        )

    def exists(self, email: str) -> Mail:
        return self._mail(
            "account-exists",
            email,
            f"You have an account at {self.site} already",
            "Somebody, probably you, tried to register with this address. You have an account already:\n\n"
            f"Sign in: {self.url}/sign-in\nSet a new password: {self.url}/forgot-password\n\n"
            "If it was not you, nothing happened and nothing needs to be done.",
        )

    def reset(self, email: str, token: str) -> Mail:
        return self._mail(
            "reset-password",
            email,
            f"Set a new password for {self.site}",
            f"Set a new password here:\n\n{self.reset_link(token)}\n\n"
            "The link works once, for one hour. If you did not ask for it, do nothing: your password stays.",
        )

    def reset_link(self, token: str) -> str:
        return f"{self.url}/reset-password?token={token}"

    def changed(self, email: str) -> Mail:
        return self._mail(
            "password-changed",
            email,
            f"Your password at {self.site} was changed",
            "Your password was changed. All other devices were signed out, and your API keys were ended.\n\n"
            f"If it was not you, set a new one now: {self.url}/forgot-password",
        )

    def attempts(self, email: str, address: str | None) -> Mail:
        return self._mail(
            "sign-in-attempts",
            email,
            f"Failed attempts to sign in to {self.site}",
            f"Somebody failed several times to sign in to your account, last from {address or 'an unknown place'}. "
            "Further attempts have to wait longer and longer.\n\n"
            f"If it was you and you forgot your password: {self.url}/forgot-password\n"
            "If it was not, your password was not guessed; a long one that you use nowhere else keeps it so.",
        )

    def reused(self, email: str) -> Mail:
        return self._mail(
            "session-reused",
            email,
            f"A sign-in at {self.site} was ended",
            "A token of one of your sign-ins was used twice. It may have been copied, so that sign-in was ended.\n\n"
            f"See where you are signed in: {self.url}/settings/sessions",
        )

    def _mail(self, kind: str, email: str, subject: str, text: str) -> Mail:
        return Mail(kind, email, subject, f"{text}\n\n{self.site}\n{self.url}\n")
