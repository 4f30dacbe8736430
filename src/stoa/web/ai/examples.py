"""How to call the gateway with an API key, ready to be copied: with this site's address in it. Pure."""

from dataclasses import dataclass
from typing import Final

NEEDS: Final = "use:gateway"
_CURL: Final = """\
curl {base}/chat/completions \\
  -H "Authorization: Bearer $STOA_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"model": "stoa-chat", "messages": [{{"role": "user", "content": "Hello"}}]}}'
"""
_PYTHON: Final = """\
import os
from openai import OpenAI

client = OpenAI(base_url="{base}", api_key=os.environ["STOA_KEY"])
answer = client.chat.completions.create(
    model="stoa-chat",
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(answer.choices[0].message.content)
"""
_NODE: Final = """\
import OpenAI from "openai";

const client = new OpenAI({{ baseURL: "{base}", apiKey: process.env.STOA_KEY }});
const answer = await client.chat.completions.create({{
  model: "stoa-chat",
  messages: [{{ role: "user", content: "Hello" }}],
}});
console.log(answer.choices[0].message.content);
"""
_LANGCHAIN: Final = """\
import os
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url="{base}",
    api_key=os.environ["STOA_KEY"],
    model="stoa-chat",
)
print(model.invoke("Hello").content)
"""
_ALL: Final = (
    ("curl", "curl", _CURL),
    ("python", "Python, with the package openai", _PYTHON),
    ("node", "Node, with the package openai", _NODE),
    ("langchain", "LangChain, with the package langchain-openai", _LANGCHAIN),
)


@dataclass(frozen=True, slots=True)
class Example:
    """One way to call; `text` can be run as it is once the key is in STOA_KEY."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class GatewayGuide:
    """Where clients of OpenAI are sent to, how the key is handed to them, and examples."""

    base_url: str
    export: str
    examples: tuple[Example, ...]


def gateway_guide(site_url: str, key: str | None) -> GatewayGuide:
    """With the key in it where it has just been made; it is shown this once."""
    base = f"{site_url}/v1"
    examples = tuple(Example(name, label, text.format(base=base)) for name, label, text in _ALL)
    return GatewayGuide(base, f"export STOA_KEY={key or 'stoa_...'}", examples)
