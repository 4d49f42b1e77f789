"""What others may know of how a member lies in the book."""

PROFILE = "NOW#PROFILE"


def partition(member_id: str) -> str:
    return f"M#{member_id}"
