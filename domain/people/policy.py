"""Access rules of people: colleagues see the directory, and not the facts of an employment."""

from domain.kernel.access import Holds, Is, Manages, OwnerAttributes
from domain.kernel.guarded_values import disclose_beginning, disclose_past_day
from domain.kernel.permissions import Permission

OWNER_ATTRIBUTES = OwnerAttributes(person="id", organization="organization_id")
IS_SELF_OR_MANAGER = Is("id") | Manages("id")
EDIT = Holds(Permission.PEOPLE_MANAGE, over=OWNER_ATTRIBUTES)
MANAGE_EMPLOYMENT = Holds(Permission.EMPLOYMENT_MANAGE, over=OWNER_ATTRIBUTES)
MERGE = (
    Holds(Permission.PEOPLE_MERGE, over=OWNER_ATTRIBUTES)
    & MANAGE_EMPLOYMENT
    & Holds(Permission.MEMBERS_READ, over=OWNER_ATTRIBUTES)
)
"""A merge compares employments and accounts, so its refusals reveal them."""
CORRECT = Holds(Permission.PEOPLE_CORRECT, over=OWNER_ATTRIBUTES) & EDIT & MANAGE_EMPLOYMENT
"""A correction compares employments and lines, so its refusals reveal them."""
ERASE = Holds(Permission.PEOPLE_ERASE, over=OWNER_ATTRIBUTES)
EXPORT = Is("id") | Holds(Permission.PEOPLE_EXPORT, over=OWNER_ATTRIBUTES)
SEE_EMPLOYMENT = (
    IS_SELF_OR_MANAGER
    | Holds(Permission.EMPLOYMENT_READ, over=OWNER_ATTRIBUTES)
    | MANAGE_EMPLOYMENT
)
SEE = (
    IS_SELF_OR_MANAGER
    | Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES)
    | EDIT
    | MANAGE_EMPLOYMENT
)
SEE_HR_VALUES = Holds(Permission.EMPLOYMENT_READ, over=OWNER_ATTRIBUTES) | MANAGE_EMPLOYMENT
"""Reading the custom fields of HR: neither the person nor the managers read them as such."""
DISCLOSED = {"left_on": disclose_past_day, "hired_on": disclose_beginning}
MANAGER_RIGHTS = SEE & SEE_EMPLOYMENT & Holds(Permission.GOALS_MANAGE, over=OWNER_ATTRIBUTES)
"""All that a reporting line confers on the managers above a person, beside their own grants."""
SEE_PLANNED = EDIT | MANAGE_EMPLOYMENT
SEE_HISTORY = (
    Is("id") | EDIT | MANAGE_EMPLOYMENT | Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
)
