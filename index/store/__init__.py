"""Engines behind `index.types.ClaimStore`; `sqlite` is the embedded default."""
