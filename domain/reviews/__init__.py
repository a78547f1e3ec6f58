"""Reviews: scales, frameworks and templates, and the cycles that use them.

`scales` has what a rating may be, `scoring` the rules from ratings to a level.
"""

from domain.reviews.scales import RatingLevel, RatingScale

__all__ = ["RatingLevel", "RatingScale"]
