"""How limits are kept beside the till or the member of staff whose own they are."""

import msgspec

from chalicelib.access.model import AS_THE_ROLE, OwnLimits
from chalicelib.adapters.tables import Image


def limits_in(image: Image) -> OwnLimits:
    kept = image["limits"]["S"] if "limits" in image else "{}"
    return msgspec.json.decode(kept, type=OwnLimits)


def limits_text(limits: OwnLimits) -> str | None:
    """None where the role's are all there are."""
    return None if limits == AS_THE_ROLE else msgspec.json.encode(limits).decode()
