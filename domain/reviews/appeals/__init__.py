"""Appeals: somebody who took no part decides about a review that was shared."""

from domain.reviews.appeals.model import ReviewAppeal, ReviewAppealStatus

__all__ = ["ReviewAppeal", "ReviewAppealStatus"]
