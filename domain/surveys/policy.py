"""Access rules of surveys.

Who belongs to the unit of a survey sees its questions; only those who were invited may answer. Its
results are for those who manage surveys of that unit, and those of all answers together also for
the others, if the survey says so. Nobody reads answers before the survey is closed, and nobody
reads a single ballot but the one who filled it in.
"""

from domain.kernel.access import Has, Holds, InheritedFrom, Is, Lacks, MemberOf, OwnerAttributes
from domain.kernel.permissions import Permission
from domain.surveys.enums import SurveyAudience, SurveyResultScope

OWNER_ATTRIBUTES = OwnerAttributes(organization="organization_id")
"""The unit of a survey; none of a survey of the whole tenant."""

MANAGE = Holds(Permission.SURVEYS_MANAGE, over=OWNER_ATTRIBUTES)
MANAGE_BANK = Holds(Permission.SURVEYS_MANAGE)
SEE = MANAGE | Lacks("organization_id") | MemberOf(OWNER_ATTRIBUTES)
SEE_PART = InheritedFrom("survey_id", "survey", SEE)
SEE_SCHEDULE_PART = InheritedFrom("schedule_id", "survey_schedule", SEE)
SEE_INVITATION = Is("person_id") & SEE_PART
SEE_COMMENT = InheritedFrom("survey_id", "survey", MANAGE)
SEE_RESULT = InheritedFrom("survey_id", "survey", MANAGE) | Has(
    "scope", SurveyResultScope.OVERALL
) & InheritedFrom("survey_id", "survey", Has("audience", SurveyAudience.EVERYONE) & SEE)
