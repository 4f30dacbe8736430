"""How long another server asks us to wait (RFC 9110, section 10.2.3)."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from stoa.shared.clock import utc_now


def retry_after(headers: Mapping[str, str], *, most: float) -> float:
    """Seconds from a `Retry-After` of seconds or of a date, at most `most`; 0 for none or one that cannot be read.

    Names in `headers` are lower case, or found however they are written.
    """
    said = headers.get("retry-after", "").strip()[:60]
    if said.isascii() and said.isdigit():
        return min(float(said), most)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:  # a date without a zone is UTC
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - utc_now()).total_seconds()), most)
