"""What pages hand to their scripts: the shapes of the socket protocol, which `signaling.wire` keeps."""

from __future__ import annotations

from config.ids import AccountId
from rooms.live.chat import Post
from signaling import wire
from signaling.wire import PostData, duty_data, product_data, show_data

__all__ = ["duty_data", "post_data", "product_data", "show_data"]


def post_data(post: Post, reader: AccountId) -> PostData:
    """Return a post as the protocol's Post; `mine` is true for its author."""
    return PostData(**wire.post_data(post), mine=post.author_id == reader)
