"""Deleting captions inside a transaction that the caller has opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from rooms.fair.show_models import CaptionCueRow, CaptionsRow


async def forget(session: AsyncSession, shows: Sequence[str] | Select[Any]) -> None:
    """Delete all captions of these shows, or of those whose ids a query finds."""
    tracks = select(CaptionsRow.id).where(CaptionsRow.show.in_(shows))
    await session.execute(delete(CaptionCueRow).where(CaptionCueRow.captions.in_(tracks)))
    await session.execute(delete(CaptionsRow).where(CaptionsRow.show.in_(shows)))
