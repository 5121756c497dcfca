"""Base model of everything that is read from or written to a file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value without unknown fields, infinities or NaNs."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
