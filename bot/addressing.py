"""Which words of a message are a question to the bot: all in a private chat, in a group only those meant for it."""

from __future__ import annotations

from telegram import Chat, Message, MessageEntity

from wenbao.bot.parts import Bot


def question_in(message: Message, bot: Bot) -> str | None:
    """The question in a text message; None where the message is not for the bot."""
    text = message.text or ""
    if message.chat.type == Chat.PRIVATE:
        return text.strip()
    mentions = _mentions(message, bot)
    if not mentions and not _is_reply_to(message, bot):
        return None
    for mention in mentions:
        text = text.replace(mention, " ", 1)
    return text.strip()


def is_for_bot(message: Message, bot: Bot) -> bool:
    """Whether a message of any kind, such as a picture with a caption, is for the bot."""
    return message.chat.type == Chat.PRIVATE or bool(_mentions(message, bot)) or _is_reply_to(message, bot)


def _mentions(message: Message, bot: Bot) -> list[str]:
    """The words of the message, or of its caption, that name the bot."""
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    entities = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    return [
        words
        for entity, words in entities.items()
        if words.lower() == f"@{bot.username}".lower() or (entity.user and entity.user.id == bot.id)
    ]


def _is_reply_to(message: Message, bot: Bot) -> bool:
    earlier = message.reply_to_message
    return bool(earlier and earlier.from_user and earlier.from_user.id == bot.id)
