"""The kinds of source, and which of them sell what they speak of."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "guideline": "Guideline",
    "journal_article": "Journal article",
    "peer_reviewed_abstract": "Abstract of a peer-reviewed article",
    "fact_check": "Fact check",
    "content_site": "Content site",
    "treatment_provider": "Treatment provider",
    "referral_or_advertising": "Referral or advertising site",
    "other": "Other",
}
"""Every kind of source with its display name. The list is open: a new kind is a line here; order is for display, not a rank of trust."""

SELLERS = frozenset({"treatment_provider", "referral_or_advertising"})
"""The kinds that sell what they speak of, or are paid by those who do."""
