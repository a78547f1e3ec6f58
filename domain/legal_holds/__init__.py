"""Legal holds: a person's data may not be erased until the hold is released."""

from domain.legal_holds.model import LegalHold, LegalHoldStatus
from domain.legal_holds.use_cases import erase_holds, place, refuse_held

__all__ = ["LegalHold", "LegalHoldStatus", "erase_holds", "place", "refuse_held"]
