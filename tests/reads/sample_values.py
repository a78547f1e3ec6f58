"""Sample values of the dataset: similar names, and values that are hard to sort, fold or divide."""

from decimal import Decimal

UNITS: list[tuple[str, str, int | None]] = [
    ("company", "Northwind Group", None),
    ("division", "Freight", 0),
    ("division", "Réseau Été", 0),
    ("department", "Air freight", 1),
    ("department", "Sea freight", 1),
    ("site", "Łódź hub", 3),
    ("line_of_business", "Parcels", 2),
    ("department", "Old parcels", 6),
    ("legal_entity", "Spin-off", None),
    ("department", "Air freight", 8),
]
GIVEN_NAMES = ["Ada", "ada", "Zoë", "Zoe", "Ørjan", "Élodie", "Mara", "Łukasz", "李", "Anne-Marie"]
FAMILY_NAMES = [
    "Moreau",
    "moreau",
    "Straße",
    "Okafor",
    "Nuñez",
    "de la Cruz",
    "O'Hara",
    "",
    "Ångström",
]
JOB_TITLES = ["Engineer", "engineer", "Head of Freight", "Clerk", "100% clerk_"]
TEAMS: list[tuple[str, int | None]] = [
    ("Web", None),
    ("Search", 0),
    ("Ranking", 1),
    ("Docks", None),
    ("Night docks", 3),
    ("web", None),
    ("Closing", 0),
    ("Ärzte", None),
]
MEMBERSHIP_OFFSETS: list[tuple[int, int | None]] = [
    (-200, None),
    (-200, -10),
    (-200, 0),
    (-200, 1),
    (0, None),
    (1, None),
    (20, 40),
    (-5, -5),
]
GOAL_TITLES = [
    "Ship on time",
    "ship ON time",
    "Fewer lost parcels",
    "Élargir le réseau",
    "100% on_time",
    "Grow",
    "Grow the North",
    "Größe zählt",
]
KEY_RESULT_VALUES: list[tuple[Decimal, Decimal, Decimal, str]] = [
    (Decimal(start), Decimal(target), Decimal(current), direction)
    for start, target, current, direction in (
        ("0", "10", "5", "increase"),
        ("0", "3", "1", "increase"),
        ("10.50", "2.25", "4.00", "decrease"),
        ("5", "5", "5", "increase"),
        ("5", "5", "4", "increase"),
        ("5", "5", "6", "decrease"),
        ("5", "5", "6", "increase"),
        ("0", "100", "250", "increase"),
        ("0", "100", "-1", "increase"),
        ("-10", "0", "-0.000001", "increase"),
        ("0", "999999999999999", "123456789012345.678901", "increase"),
    )
]
CUSTOM_ROLES: dict[str, list[tuple[str, str]]] = {
    "partner": [
        ("employment:read", "teams_led"),
        ("goals:manage", "organization"),
        ("goals:read", "self"),
        ("directory:read", "organization"),
        ("directory:read", "reporting_chain"),
        ("audit:read", "teams_led"),
        ("members:read", "reporting_chain"),
        ("kpis:record", "organization"),
    ],
    "buddy": [("directory:read", "teams_led"), ("goals:read", "reporting_chain")],
}
ROLES_BY_CALLER: dict[str, list[str]] = {
    "employee": ["employee"],
    "manager": ["employee"],
    "lead": ["employee"],
    "hr": ["hr", "employee"],
    "hr-narrow": ["hr"],
    "admin": ["tenant_admin"],
    "analyst": ["analyst"],
    "partner": ["partner"],
    "buddy-narrow": ["buddy", "employee"],
    "nobody": [],
}
JOURNAL_ENTITIES = [
    ("goal", "goals"),
    ("goal", "goals"),
    ("kpi", "kpis"),
    ("scorecard", "scorecards"),
    ("annotation", "annotations"),
    ("person", "people"),
    ("person", "people"),
    ("team", "teams"),
    ("organization", "organizations"),
    ("member", "members"),
    ("role", "roles"),
    ("tenant", "tenants"),
]
JOURNAL_ACTIONS = {
    "goal": ("edited", "checked_in"),
    "kpi": ("edited", "redefined", "measured"),
    "scorecard": ("edited", "archived"),
    "annotation": ("edited",),
    "person": ("edited", "departed", "leave_started", "manager_assigned"),
    "team": ("edited", "member_added"),
    "organization": ("edited", "external_reference_added"),
    "member": ("role_assigned", "removed"),
    "role": ("edited", "deleted"),
    "tenant": ("edited",),
}
DELETABLE_ENTITIES = ("goal", "role")
FACTS_BY_ENTITY = {
    "goal": (
        "status",
        "visibility",
        "owner_person_id",
        "owner_team_id",
        "owner_organization_id",
    ),
    "kpi": ("visibility", "owner_id", "organization_id", "team_id"),
    "scorecard": ("visibility", "owner_id", "organization_id", "team_id"),
    "annotation": ("scope_kind", "kpi_id", "organization_id", "team_id"),
    "person": ("organization_id",),
    "team": ("organization_id",),
    "member": ("person_id",),
}
CHANGED_FIELDS = [
    "title",
    "status",
    "last_day",
    "employee_number",
    "references",
    "name",
    "key_results",
]
