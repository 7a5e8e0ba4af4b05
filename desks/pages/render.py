"""Templates to answers: escaped, in the reader's language, with headers that let no script in but our own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from desks.pages.language import Language, choose, read_languages
from desks.pages.words import REFUSALS, STATUSES, reason_of
from management.command import Actor

__all__ = ["FOLDER", "LANGUAGE", "Renderer"]

FOLDER = Path(__file__).parent
LANGUAGE = "podium-language"  # the cookie of a choice
YEAR = 365 * 86_400

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}
SCRIPTED = "; script-src 'self'; connect-src 'self'"  # files of ours, and questions to us


class Renderer:
    """The templates and the languages, read once."""

    def __init__(self, games: str) -> None:
        self.games = games
        self.languages = read_languages()
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def language_of(self, request: Request[Any, Any, Any]) -> Language:
        """Return the language of a reader: just chosen, chosen before, or what his browser asks for."""
        chosen = request.query_params.get("lang", "") or request.cookies.get(LANGUAGE, "")
        return choose(self.languages, chosen, request.headers.get("accept-language", ""))

    def answer(
        self,
        request: Request[Any, Any, Any],
        template: str,
        context: Mapping[str, Any],
        *,
        actor: Actor | None = None,
        status: int = 200,
        scripted: bool = False,
    ) -> Response[str]:
        """Return a page; a template gets ``_`` for sentences, and a new id for each form that it asks for.

        A page that is not ``scripted`` lets no script in, whatever stands on it.
        """
        language = self.language_of(request)
        text = self._environment.get_template(template).render(
            {
                "_": language.say,
                "count": language.count,
                "language": language,
                "languages": self.languages.values(),
                "word": lambda code: language.say(STATUSES[code]) if code in STATUSES else code,
                "reason": lambda code: language.say(reason_of(code)),
                "sentence": lambda error: language.say(REFUSALS[error.code]) if error.code in REFUSALS else error.text,
                "new_id": lambda: str(uuid4()),
                "games": self.games,
                "actor": actor,
                "path": request.url.path,
                "refusal": None,
                "done": request.query_params.get("done", "") != "",
                **context,
            }
        )
        headers = HEADERS | {"Content-Language": language.code}
        if scripted:
            headers["Content-Security-Policy"] += SCRIPTED
        answer = Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)
        if request.query_params.get("lang", "") in self.languages:
            answer.set_cookie(
                Cookie(LANGUAGE, value=language.code, max_age=YEAR, samesite="lax", httponly=True, path="/")
            )
        return answer
