"""What no answer may say: keys and passwords, personal data where the owner wishes so, our own instructions.

Works on a stream: what could still become a secret is held back until it is known, so that no cut lets one through.
"""

import secrets
from collections.abc import Iterator
from typing import Any, Final

import regex

_LONGEST: Final = 4_096
"""Characters that are held back at most; a longer secret is dropped up to its end as it comes."""
_BEHIND: Final = 8
_TAIL: Final = 80
_BETWEEN: Final = 2
"""Signs that may stand between two parts of a number."""
CANARY: Final = f"mark-{secrets.token_hex(8)}"
"""Stands in the instructions that models are given, and nowhere else: who says it recites them."""
REMOVED: Final = "[secret removed]"
PERSONAL: Final = "[personal data removed]"
WITHHELD: Final = "[withheld]"
_SECRETS: Final = rf"""
  (?P<canary>{CANARY})
| (?P<pem>-----BEGIN\ [A-Z\ ]{{0,30}}PRIVATE\ KEY-----
    (?:[^-]|-(?!----END))*+(?:-----END[A-Z\ ]{{0,50}}-{{0,5}}|\Z))
| (?<![A-Za-z0-9_])(?:
    sk-[A-Za-z0-9_-]{{20,}} | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{{16,}} | whsec_[A-Za-z0-9+/=]{{16,}}
  | (?:AKIA|ASIA)[A-Z0-9]{{16,}} | AIza[A-Za-z0-9_-]{{30,}} | ya29\.[A-Za-z0-9_.-]{{20,}}
  | gh[pousr]_[A-Za-z0-9]{{30,}} | github_pat_[A-Za-z0-9_]{{40,}} | glpat-[A-Za-z0-9_-]{{20,}}
  | xox[abeprs]-[A-Za-z0-9-]{{10,}} | hf_[A-Za-z0-9]{{30,}} | npm_[A-Za-z0-9]{{30,}} | pypi-[A-Za-z0-9_-]{{30,}}
  | SG\.[A-Za-z0-9_-]{{16,}}\.[A-Za-z0-9_-]{{16,}} | dop_v1_[a-f0-9]{{40,}} | stoa_[A-Za-z0-9_-]{{24,}}
  | eyJ[A-Za-z0-9_-]{{10,}}\.eyJ[A-Za-z0-9_-]{{10,}}\.[A-Za-z0-9_-]{{10,}}
  )
| (?<![A-Za-z])(?:https?|ftp|smtps?|postgres(?:ql)?(?:\+\w{{1,20}})?|mysql|rediss?|valkey|mongodb(?:\+srv)?|amqps?)://
  [^\s/:@]{{0,100}}:[^\s/@]{{3,200}}@
| (?i:(?<![a-z])(?:api[_-]?key|secret|token|passw(?:or)?d)["']?\s{{0,3}}[:=]\s{{0,3}}["']?
  (?=[a-z+/_=-]{{0,64}}[0-9])(?=[0-9+/_=-]{{0,64}}[a-z])[a-z0-9+/_=-]{{24,}})
"""
_PERSONAL: Final = r"""
  (?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}
| (?<![\d+])\+\d{1,3}(?:[\ ().\/-]{0,2}\d){7,14}
| (?<![\w(-])\(?\d{3}\)?[\ .-]{1,2}\d{3}[.-]\d{4}(?![\w-])
| (?<![\w-])(?:\d[\ -]?){12,18}\d(?!\d)
| (?<!\w)[A-Z]{2}\d{2}(?:\ ?[A-Z0-9]{4}){2,7}(?:\ ?[A-Z0-9]{1,3})?(?!\w)
"""
_PATTERNS: Final = {
    False: regex.compile(_SECRETS, regex.VERBOSE),
    True: regex.compile(f"{_SECRETS} | (?P<personal>{_PERSONAL})", regex.VERBOSE),
}
_ENDS: Final = {
    True: regex.compile(r"-----END [A-Z ]{0,30}PRIVATE KEY-----"),
    False: regex.compile(r"(?=[^A-Za-z0-9_+/=-])"),
}
"""Where something too long to be held back ends: a key in a block, and any other."""
_SHORTEST_CARD: Final = 13
_CARD: Final = regex.compile(r"[\d -]+")
_ACCOUNT: Final = regex.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]+")


class OutputFilter:
    """Of one answer: `feed` gives what may be said by now, `finish` the rest; how it was cut changes nothing.

    `removed` counts what was taken out. An answer that recites our instructions `has_leaked`, and ends there.
    """

    def __init__(self, *, personal_data: bool = False) -> None:
        self.has_leaked = False
        self.removed = 0
        self._pattern = _PATTERNS[personal_data]
        self._before = ""
        self._held = ""
        self._end: Any = None

    def feed(self, text: str) -> str:
        self._held += text
        return "".join(self._said(is_last=False))

    def finish(self) -> str:
        said = "".join(self._said(is_last=True))
        self._held = ""
        return said

    def _said(self, *, is_last: bool) -> Iterator[str]:
        while self._held and not self.has_leaked:
            if self._end is not None and not self._has_ended():
                return
            whole = self._before + self._held
            found = self._pattern.search(whole, pos=len(self._before), partial=not is_last)
            if found is None:
                yield self._take(len(self._held))
                return
            start, end = (place - len(self._before) for place in found.span())
            may_go_on = found.partial or end + _BETWEEN >= len(self._held)
            if may_go_on and not is_last and end - start <= _LONGEST:
                yield self._take(start)
                return
            if not found.partial and not _is_real(found):
                yield self._take(end)
                continue
            yield self._take(start)
            if may_go_on and not is_last:
                self._end = _ENDS[found.groupdict().get("pem") is not None]
                end -= _TAIL
            yield self._remove(found, end - start)

    def _take(self, length: int) -> str:
        taken, self._held = self._held[:length], self._held[length:]
        self._before = (self._before + taken)[-_BEHIND:]
        return taken

    def _remove(self, found: Any, length: int) -> str:
        self._take(length)
        self.removed += 1
        groups = found.groupdict()
        if groups.get("canary"):
            self.has_leaked = True
            return WITHHELD
        return PERSONAL if groups.get("personal") else REMOVED

    def _has_ended(self) -> bool:
        """Whether what is dropped as it comes has ended; then its rest is dropped too."""
        end = self._end.search(self._held)
        if end is None:
            self._held = self._held[-_TAIL:]
            return False
        self._take(end.end())
        self._end = None
        return bool(self._held)


def _is_real(found: Any) -> bool:
    """Numbers that look like those of a card or an account have their check digits."""
    said: str | None = found.groupdict().get("personal")
    if said is None:
        return True
    digits = [int(one) for one in said if one.isdigit()][::-1]
    if _CARD.fullmatch(said) and len(digits) >= _SHORTEST_CARD:
        return sum(digits[0::2]) % 10 == -sum(sum(divmod(2 * one, 10)) for one in digits[1::2]) % 10
    if _ACCOUNT.fullmatch(said):
        bare = said.replace(" ", "")
        return int("".join(str(int(one, 36)) for one in bare[4:] + bare[:4])) % 97 == 1
    return True
