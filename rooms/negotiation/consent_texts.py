"""What a party of a call agrees to when it is recorded: the exact words that are shown, and kept with it.

They do not go through the catalogues: what somebody agreed to must not change with a translation.
"""

from __future__ import annotations

FALLBACK = "en"
TEXTS = {
    "en": (
        "I agree that this call is recorded, with picture and sound of everybody in it. The recording is kept"
        " for the buyer and the exhibitor of this call only. I can withdraw at any moment: then it stops at"
        " once."
    ),
    "zh": (
        "我同意录制本次通话，包括所有参与者的画面和声音。"
        "录制内容只为本次通话的买家和展商保存。我可以随时撤回同意，录制会立即停止。"
    ),
    "ar": (
        "أوافق على تسجيل هذه المكالمة بصورة وصوت كل المشاركين فيها."
        " يُحفظ التسجيل لمشتري هذه المكالمة وعارضها فقط."
        " يمكنني سحب موافقتي في أي لحظة، فيتوقف التسجيل فورًا."
    ),
}


def consent_text(language: str) -> tuple[str, str]:
    """Return the words in `language` and the language they are in, English where there is no other."""
    known = language if language in TEXTS else FALLBACK
    return TEXTS[known], known
