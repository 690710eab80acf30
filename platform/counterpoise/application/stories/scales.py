"""What each organisation puts on its scale: the scores a scan starts from, before the day adds to them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Scale = Mapping[str, float]

RELIEF: Scale = MappingProxyType(
    {
        "resources": 0.8,
        "expertise": 0.6,
        "reach": 0.7,
        "speed": 0.7,
        "standing": 0.4,
        "neutrality": 0.7,
        "safety": 0.6,
        "autonomy": 0.5,
        "brand": 0.5,
        "legal": 0.4,
    }
)
"""The agency scores alike wherever it is asked; what differs is the place."""

RELIEF_CARES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {"donors": {"neutrality": 0.7, "safety": 0.8}, "host_population": {"legal": 0.5}}
)

CLINICS: Scale = MappingProxyType(
    {
        "resources": 0.6,
        "speed": 0.7,
        "expertise": 0.4,
        "neutrality": 0.9,
        "safety": 0.8,
        "independence": 0.7,
        "brand": 0.4,
    }
)

FORCE: Scale = MappingProxyType(
    {
        "resources": 0.5,
        "expertise": 0.6,
        "reach": 0.8,
        "standing": 0.8,
        "speed": 0.6,
        "operational_credibility": 0.4,
        "safety": 0.3,
        "autonomy": 0.4,
        "liabilities": 0.3,
    }
)

MISSION: Scale = MappingProxyType(
    {
        "resources": 0.5,
        "expertise": 0.7,
        "reach": 0.6,
        "salience": 0.7,
        "neutrality": 0.4,
        "independence": 0.5,
        "mandate": 0.5,
        "dispensability": 0.2,
    }
)

OFFICE: Scale = MappingProxyType(
    {
        "expertise": 0.6,
        "reach": 0.7,
        "standing": 0.5,
        "salience": 0.8,
        "neutrality": 0.4,
        "mandate": 0.3,
        "autonomy": 0.2,
    }
)

GUARD: Scale = MappingProxyType(
    {
        "resources": 0.6,
        "expertise": 0.7,
        "speed": 0.7,
        "standing": 0.6,
        "operational_credibility": 0.3,
        "legal": 0.4,
        "mandate": 0.3,
        "autonomy": 0.3,
    }
)

MINISTRY: Scale = MappingProxyType(
    {
        "resources": 0.9,
        "speed": 0.9,
        "expertise": 0.7,
        "standing": 0.5,
        "autonomy": 0.6,
        "dispensability": 0.3,
        "legal": 0.2,
        "brand": 0.2,
    }
)

COUNCIL: Scale = MappingProxyType(
    {
        "resources": 0.6,
        "expertise": 0.6,
        "speed": 0.5,
        "salience": 0.8,
        "safety": 0.5,
        "autonomy": 0.4,
        "legal": 0.3,
        "brand": 0.2,
    }
)

TELECOM_DATA: Scale = MappingProxyType(
    {
        "resources": 0.7,
        "expertise": 0.8,
        "reach": 0.6,
        "speed": 0.8,
        "standing": 0.5,
        "neutrality": 0.3,
        "safety": 0.4,
        "autonomy": 0.4,
        "brand": 0.3,
        "legal": 0.5,
    }
)
"""Status of masts and cables, machine to machine, nobody's logo on it."""

TELECOM_CAMPAIGN: Scale = MappingProxyType(
    {
        "resources": 0.2,
        "expertise": 0.3,
        "reach": 0.6,
        "speed": 0.3,
        "standing": 0.6,
        "neutrality": 0.7,
        "safety": 0.6,
        "autonomy": 0.4,
        "brand": 0.8,
        "legal": 0.6,
    }
)
"""The same firm, asked to put its name beside a uniform on every bus stop."""

TELECOM_RELIEF: Scale = MappingProxyType(
    {
        "resources": 0.6,
        "expertise": 0.8,
        "standing": 0.8,
        "salience": 0.7,
        "brand": 0.2,
        "legal": 0.3,
        "liabilities": 0.3,
    }
)

GRID: Scale = MappingProxyType(
    {
        "resources": 0.6,
        "expertise": 0.7,
        "speed": 0.7,
        "standing": 0.4,
        "legal": 0.6,
        "liabilities": 0.5,
        "safety": 0.3,
        "autonomy": 0.3,
    }
)


def relief(**today: float) -> dict[str, Any]:
    """Return the agency's scan, with what the day changes."""
    return {"scores": {**RELIEF, **today}, "cares": RELIEF_CARES}


def of(scale: Scale, **today: float) -> dict[str, Any]:
    """Return a scan from a scale, with what the day changes."""
    return {"scores": {**scale, **today}}
