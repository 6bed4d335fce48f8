"""The WeChat Official Account, in plain, compatible and safe mode: /wechat, where its settings are set."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from wenbao.api.wechat_chat import Chat, open_chat
from wenbao.api.wechat_crypto import Seal, check_signature, checked_key, checked_token
from wenbao.api.wechat_envelope import read_body, respond_plainly, respond_sealed, stamp_of
from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import Settings

# What WeChat takes for "no reply"; without it, it delivers the message again.
_SILENCE = "success"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Account:
    """The account; without a seal its messages are plain."""

    token: str
    seal: Seal | None
    chat: Chat


def install(app: FastAPI, settings: Settings) -> None:
    """Open /wechat where the account is set. Raises InvalidSettings where half of it is."""
    checked = _token_and_seal(settings)
    if checked is None:
        return
    token, seal = checked
    chat = open_chat(app.state.service, settings, app.state.metrics, token)
    app.state.wechat = Account(token, seal, chat)
    app.include_router(router)


@router.get("/wechat")
async def check_address(request: Request) -> Response:
    """The check that WeChat makes of the address: its echo, where the signature is right."""
    account: Account = request.app.state.wechat
    stamp = stamp_of(request)
    check_signature(stamp.signature, account.token, stamp.timestamp, stamp.nonce)
    return Response(request.query_params.get("echostr", ""), media_type="text/plain")


@router.post("/wechat")
async def receive(request: Request) -> Response:
    """A message or an event; the answer is the reply to the request. With a key set, plain messages are refused."""
    account: Account = request.app.state.wechat
    stamp, body = stamp_of(request), await read_body(request)
    if account.seal:
        return await run_in_threadpool(respond_sealed, account.chat, account.seal, stamp, body, _SILENCE)
    return await run_in_threadpool(respond_plainly, account.chat, account.token, stamp, body, _SILENCE)


def _token_and_seal(settings: Settings) -> tuple[str, Seal | None] | None:
    token, key, app_id = settings.wechat_token, settings.wechat_aes_key, settings.wechat_app_id
    if token is None:
        if key or app_id:
            raise InvalidSettings("WENBAO_WECHAT_TOKEN is not set, but other WENBAO_WECHAT_ settings are: set it too.")
        return None
    value = checked_token("WENBAO_WECHAT_TOKEN", token)
    if key is None:
        return value, None
    if app_id is None:
        raise InvalidSettings("WENBAO_WECHAT_APP_ID is not set, but WENBAO_WECHAT_AES_KEY is: set both or neither.")
    return value, Seal(value, checked_key("WENBAO_WECHAT_AES_KEY", key), app_id)
