"""The fake provider as one application: both formats, its bill, and telling it how to behave."""

from aiohttp import web

from tests.fakes.upstream.bill import Bill
from tests.fakes.upstream.gemini_wire import GeminiWire
from tests.fakes.upstream.manners import Manners
from tests.fakes.upstream.openai_wire import OpenAIWire


class Upstream:
    """`manners` and `bill` are there for tests in the same process; over HTTP they are `/control` and `/log`."""

    def __init__(self) -> None:
        self.manners = Manners()
        self.bill = Bill()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1_048_576, handler_args={"handler_cancellation": True})
        for wire in (OpenAIWire(self.manners, self.bill), GeminiWire(self.manners, self.bill)):
            app.add_routes(wire.routes())
        app.add_routes(
            [web.post("/control", self._control), web.get("/log", self._log), web.delete("/log", self._forget)]
        )
        return app

    async def _control(self, request: web.Request) -> web.Response:
        """`{"next": ["500", "cut-3"]}`: how the next calls are answered."""
        told = await request.json()
        self.manners.tell([str(one) for one in told.get("next", [])])
        return web.json_response({"told": len(told.get("next", []))})

    async def _log(self, _: web.Request) -> web.Response:
        return web.json_response(self.bill.as_json())

    async def _forget(self, _: web.Request) -> web.Response:
        self.bill.calls.clear()
        return web.Response(status=204)
