"""What apps send, drawn: messages, Homes and modals as safe HTML, every block of Block Kit among them."""

from counterpoise_sandbox.render.blocks import blocks
from counterpoise_sandbox.render.place import Place

__all__ = ["Place", "blocks"]
