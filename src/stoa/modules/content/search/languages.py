"""Which text search configuration reads which language. Adding one here needs a migration that makes it."""

from collections.abc import Mapping
from types import MappingProxyType

SIMPLE = "stoa_simple"

# Language code to the snowball dictionary that PostgreSQL 18 brings.
STEMMERS: Mapping[str, str] = MappingProxyType(
    {
        "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch",
        "en": "english", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek",
        "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian",
        "ne": "nepali", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese",
        "ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil",
        "tr": "turkish", "yi": "yiddish",
    }
)  # fmt: skip


def configuration(language: str) -> str:
    """The configuration for a language tag such as `en` or `pt-BR`; words are taken as they are in unknown ones."""
    code = language.lower().replace("_", "-").split("-", 1)[0]
    return f"stoa_{STEMMERS[code]}" if code in STEMMERS else SIMPLE
