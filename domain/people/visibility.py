"""Who may know what about a person: the directory is for colleagues, employment facts are not."""

from domain.kernel.access import Holds, Is, Manages, Place
from domain.kernel.permissions import Permission

PLACE = Place(person="id", organization="organization_id")
CLOSE = Is("id") | Manages("id")
EDIT = Holds(Permission.PEOPLE_MANAGE, over=PLACE)
EMPLOY = Holds(Permission.EMPLOYMENT_MANAGE, over=PLACE)
SEE_EMPLOYMENT = CLOSE | Holds(Permission.EMPLOYMENT_READ, over=PLACE) | EMPLOY
SEE = CLOSE | Holds(Permission.DIRECTORY_READ, over=PLACE) | EDIT | EMPLOY
PLANS = EDIT | EMPLOY
HISTORY = Is("id") | EDIT | EMPLOY | Holds(Permission.AUDIT_READ, over=PLACE)
