"""Conversations: WHIP, WHEP, the Socket.IO namespaces and the stage where a room meets its media."""
