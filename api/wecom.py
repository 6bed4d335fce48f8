"""The WeCom app, whose messages are always encrypted: /wecom, where its settings are set."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from wenbao.api.wechat_chat import Chat, open_chat
from wenbao.api.wechat_crypto import Seal, check_signature, checked_key, checked_token, decrypt
from wenbao.api.wechat_envelope import read_body, respond_sealed, stamp_of
from wenbao.config.errors import InvalidSettings, NotAuthorized
from wenbao.config.settings import Settings

# What WeCom takes for "no reply".
_SILENCE = ""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Corporation:
    """The app of one corporation."""

    seal: Seal
    chat: Chat


def install(app: FastAPI, settings: Settings) -> None:
    """Open /wecom where the app is set. Raises InvalidSettings where half of it is."""
    seal = _seal(settings)
    if seal is None:
        return
    chat = open_chat(app.state.service, settings, app.state.metrics, seal.token)
    app.state.wecom = Corporation(seal, chat)
    app.include_router(router)


@router.get("/wecom")
async def check_address(request: Request) -> Response:
    """The check that WeCom makes of the address: its echo, decrypted."""
    corporation: Corporation = request.app.state.wecom
    stamp, echo = stamp_of(request), request.query_params.get("echostr", "")
    check_signature(stamp.sealed_signature, corporation.seal.token, stamp.timestamp, stamp.nonce, echo)
    plain = decrypt(corporation.seal, echo)
    if plain.lstrip().startswith("<"):
        # Signed in the same way as an echo, but private: whoever overheard it shall not have it read out.
        raise NotAuthorized("This is a message and not an echo.")
    return Response(plain, media_type="text/plain")


@router.post("/wecom")
async def receive(request: Request) -> Response:
    """A message or an event; the answer is the reply to the request."""
    corporation: Corporation = request.app.state.wecom
    stamp, body = stamp_of(request), await read_body(request)
    return await run_in_threadpool(respond_sealed, corporation.chat, corporation.seal, stamp, body, _SILENCE)


def _seal(settings: Settings) -> Seal | None:
    token, key, corp_id = settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id
    if token is None and key is None and corp_id is None:
        return None
    if token is None or key is None or corp_id is None:
        raise InvalidSettings("Set WENBAO_WECOM_TOKEN, WENBAO_WECOM_AES_KEY and WENBAO_WECOM_CORP_ID, or none of them.")
    value = checked_token("WENBAO_WECOM_TOKEN", token)
    return Seal(value, checked_key("WENBAO_WECOM_AES_KEY", key), corp_id)
