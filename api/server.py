"""How the application is put on the wire: uvicorn, without a log that would hold questions."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from wenbao.config.settings import Settings


def server_for(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """A server for the application at `settings.host` and `settings.port`.

    The access log is ours (`wenbao.api.edge`); uvicorn's own would write down what people search for.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=5,
        )
    )
