"""What to know before the first request, for the document and the page alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it: paragraphs apart by a blank line, code between backticks.

    `sample` is shell; `{fair}` in it stands for the address of the fair.
    """

    title: str
    text: str
    sample: str = ""


OVERVIEW = (
    "Everything that the pages of the fair do over HTTP, for scripts and programs. What happens live, shows"
    " and calls that ring, goes over the socket; picture and sound go by WHIP and WHEP."
)
SECTIONS = (
    Section(
        "Signing in",
        "A session is a cookie: `__Host-session` behind TLS, else `session`. A script signs in with the"
        " form that people use.\n\n"
        "Everything that changes something needs a token against forged requests beside the cookie, in the"
        " header `X-CSRF-Token`. `GET /api/session` gives it. It belongs to the session: ask for it again"
        " after signing in.",
        'fair={fair}\n'
        'token() { curl -s -b jar -c jar "$fair/api/session" | jq -r .csrf; }\n\n'
        'curl -s -b jar -c jar "$fair/sign-in" -d "csrf=$(token)" \\\n'
        '  -d email=buyer@shop.example --data-urlencode "password=$PASSWORD"\n'
        'curl -s -b jar "$fair/api/tickets" -H "X-CSRF-Token: $(token)" \\\n'
        '  --json \'{"purpose": "hall"}\'',
    ),
    Section(
        "Refusals",
        "A refusal is an `application/problem+json` (RFC 9457). Its `code` is for programs and does not"
        " change; its `detail` is a sentence for people that says what to do, in the language of"
        " `Accept-Language`: `en`, `zh` or `ar`.\n\n"
        "Addresses outside `/api/` that people follow links to answer with a page instead, and lead guests"
        " to where they can sign in.",
    ),
    Section(
        "Conventions",
        "Times are Unix seconds, those that end in `_ms` whole milliseconds since 1970. Amounts of money"
        " are decimal numbers as texts, so that they are exact. Ids are opaque texts.\n\n"
        "Texts are whole Unicode characters without NUL. What is sent as `null` counts as not sent. Fields"
        " that are not known are passed over, and answers may get new ones.",
    ),
    Section(
        "Limits",
        "A body holds at most 256 kB where nothing else is said, and arrives within ten seconds. With 429"
        " and 503 `Retry-After` says when to come back. Signing in is limited for each address, what costs"
        " the server much for each account.",
    ),
)


def as_markdown(public_url: str) -> str:
    """Return the introduction as CommonMark, for the fair at that address."""
    parts = [OVERVIEW]
    for section in SECTIONS:
        parts += [f"## {section.title}", section.text]
        if section.sample:
            parts.append(f"```sh\n{sample_of(section, public_url)}\n```")
    return "\n\n".join(parts)


def sample_of(section: Section, public_url: str) -> str:
    """Return the sample of a section for the fair at that address."""
    return section.sample.replace("{fair}", public_url)
