"""The outbox of notices, as those read it who hand them on."""

from datetime import datetime

import msgspec

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.table.rows import NOTICE, NOTICES, TABLE

_notice = msgspec.json.Decoder(Notice)


def notice_in(image: Image) -> Notice | None:
    """None where the item is another one."""
    if not image["sk"]["S"].startswith(NOTICE):
        return None
    return _notice.decode(image["doc"]["S"])


def notices_of(*months: datetime) -> list[Notice]:
    """Those of the months in which these moments lie."""
    partitions = dict.fromkeys(f"{NOTICES}{each:%Y-%m}" for each in months)
    images = [image for each in partitions for image in tables.query_all(TABLE, each)]
    return [notice for image in images if (notice := notice_in(image))]
