"""The limit: bytes passed on by aiohttp, with nothing in between. Takes a port and the address behind it."""

import sys

import aiohttp
import uvloop
from aiohttp import web

_SESSION = web.AppKey("session", aiohttp.ClientSession)


def _application(upstream: str) -> web.Application:
    async def forward(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {"content-type": "application/json"}
        async with request.app[_SESSION].post(upstream + request.path, data=body, headers=headers) as answer:
            if answer.content_type == "application/json":
                return web.Response(body=await answer.read(), content_type="application/json")
            response = web.StreamResponse(headers={"content-type": answer.content_type})
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response

    async def opened(app: web.Application) -> None:
        app[_SESSION] = aiohttp.ClientSession()

    async def closed(app: web.Application) -> None:
        await app[_SESSION].close()

    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", forward)])
    app.on_startup.append(opened)
    app.on_cleanup.append(closed)
    return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(_application(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
