"""What webhooks are sent: a notice in the shape of Statuspage's, and the question whether they want them.

The shape: Zulip's fixtures for its Statuspage integration; only what a notice knows of its incident is in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.kernel import clock
from chalicelib.notices.model.subscribers import Asked, Subscriber
from chalicelib.notices.templates.letters import body
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import say


@dataclass(frozen=True)
class Hooks:
    """`confirm` and `leave` make the links of those whom they are for; `page` is the status page."""

    page: str
    confirm: Callable[[Asked], str]
    leave: Callable[[str], str]

    def notice(self, notice: Notice, to: Subscriber, now: datetime) -> bytes:
        at = clock.text(notice.at)
        update = {
            "id": notice.notice_id, "incident_id": notice.about_id, "status": notice.status,
            "body": body(notice, to.language), "created_at": at, "updated_at": at, "display_at": at,
            "affected_components": None, "deliver_notifications": True, "custom_tweet": None, "tweet_id": None,
        }  # fmt: skip
        incident = {
            "id": notice.about_id, "name": say(notice.title, to.language).text, "status": notice.status,
            "updated_at": at, "shortlink": f"{self.page}/incidents/{notice.about_id}.html",
            "component_ids": notice.component_ids, "store_ids": notice.store_ids, "incident_updates": [update],
        }  # fmt: skip
        return _json(
            {
                "type": "notice",
                "kind": notice.kind,
                "meta": {
                    "unsubscribe": self.leave(to.subscriber_id),
                    "documentation": self.page,
                    "generated_at": clock.text(now),
                },
                "page": {"url": self.page},
                "incident": incident,
            }
        )

    def verification(self, asked: Asked, challenge: str) -> bytes:
        return _json(
            {
                "type": "verification",
                "challenge": challenge,
                "confirm_url": self.confirm(asked),
            }
        )


def _json(document: Any) -> bytes:  # noqa: ANN401
    return msgspec.json.encode(document)
