"""Units: the demo tenants from the company down to the department, before anybody works there."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.organizations import OrganizationKind

COMPANY = OrganizationKind.COMPANY
DIVISION = OrganizationKind.DIVISION
DEPARTMENT = OrganizationKind.DEPARTMENT
BUSINESS = OrganizationKind.LINE_OF_BUSINESS


@dataclass(frozen=True)
class Unit:
    """An organization with its head; a department has a trade, teams and the cities they sit in.

    `size` is about how many people each of its teams has, the lead among them; `own_team` is what
    the head leads beside those.
    """

    code: str
    name: str
    kind: OrganizationKind
    head: str = ""
    trade: str = ""
    cities: tuple[str, ...] = ()
    size: int = 7
    own_team: str = ""
    below: tuple["Unit", ...] = ()

    def walk(self, parent: str | None = None) -> Iterator[tuple["Unit", str | None]]:
        """The unit and all below it, each with the code of the one above."""
        yield self, parent
        for each in self.below:
            yield from each.walk(self.code)


def _department(
    code: str, name: str, trade: str, *cities: str, size: int = 7, own_team: str = ""
) -> Unit:
    return Unit(code, name, DEPARTMENT, trade=trade, cities=cities, size=size, own_team=own_team)


ROAD = Unit(
    "ROAD",
    "Road",
    BUSINESS,
    "Executive Vice President, Road",
    cities=("Rotterdam",),
    below=(
        Unit(
            "ROAD-NWE",
            "Road Northwest Europe",
            DIVISION,
            "Vice President, Road Northwest Europe",
            cities=("Duisburg",),
            below=(
                _department(
                    "RNW-LH", "Linehaul Rhine–Thames", "linehaul", "Rotterdam", "Duisburg", size=10
                ),
                _department("RNW-LM", "Last Mile Benelux", "last_mile", "Rotterdam", "Schiphol"),
                _department("RNW-FL", "Fleet & Maintenance North", "fleet", "Duisburg", size=8),
                _department("RNW-CC", "Customer Care North", "care", "Rotterdam", "Felixstowe"),
            ),
        ),
        Unit(
            "ROAD-IB",
            "Road Iberia",
            DIVISION,
            "Vice President, Road Iberia",
            cities=("Zaragoza",),
            below=(
                _department(
                    "RIB-LH",
                    "Linehaul Iberia",
                    "linehaul",
                    "Zaragoza",
                    own_team="Network Planning Iberia",
                ),
                _department("RIB-LM", "Last Mile Iberia", "last_mile", "Barcelona", "Porto"),
                _department("RIB-FL", "Fleet & Maintenance Iberia", "fleet", "Zaragoza", size=7),
            ),
        ),
        Unit(
            "ROAD-CEE",
            "Road Central & Eastern Europe",
            DIVISION,
            "Vice President, Road Central & Eastern Europe",
            cities=("Łódź",),
            below=(
                _department("RCE-LH", "Linehaul Vistula", "linehaul", "Łódź", "Poznań", size=10),
                _department("RCE-FL", "Fleet & Maintenance East", "fleet", "Łódź", size=8),
                _department("RCE-CC", "Customer Care East", "care", "Poznań", "Łódź"),
            ),
        ),
    ),
)

AIR_OCEAN = Unit(
    "AO",
    "Air & Ocean",
    BUSINESS,
    "Executive Vice President, Air & Ocean",
    cities=("Singapore",),
    below=(
        Unit(
            "AO-AIR",
            "Air Freight",
            DIVISION,
            "Vice President, Air Freight",
            cities=("Schiphol",),
            below=(
                _department("AIR-OPS", "Air Operations", "air", "Schiphol", "Singapore", "Dubai"),
                _department(
                    "AIR-BUY", "Airline Procurement", "buying", "Schiphol", "Dubai", size=7
                ),
                _department("AIR-CC", "Air Customer Care", "care", "Schiphol", "Singapore", size=8),
            ),
        ),
        Unit(
            "AO-OCN",
            "Ocean Freight",
            DIVISION,
            "Vice President, Ocean Freight",
            cities=("Hamburg",),
            below=(
                _department(
                    "OCN-OPS", "Ocean Operations", "ocean", "Hamburg", "Singapore", "Santos"
                ),
                _department(
                    "OCN-MED", "Mediterranean Desk", "ocean", "Piraeus", "Barcelona", size=8
                ),
                _department(
                    "OCN-BUY", "Liner Procurement", "buying", "Hamburg", "Singapore", size=7
                ),
            ),
        ),
        Unit(
            "AO-CUS",
            "Customs & Trade",
            DIVISION,
            "Vice President, Customs & Trade",
            cities=("Felixstowe",),
            below=(
                _department("CUS-EU", "Customs Europe", "customs", "Rotterdam", "Felixstowe"),
                _department("CUS-ROW", "Customs Overseas", "customs", "Dubai", "Yokohama", size=8),
            ),
        ),
    ),
)

WAREHOUSING = Unit(
    "WH",
    "Warehousing",
    BUSINESS,
    "Executive Vice President, Warehousing",
    cities=("Poznań",),
    below=(
        Unit(
            "WH-EU",
            "Contract Logistics Europe",
            DIVISION,
            "Vice President, Contract Logistics Europe",
            cities=("Poznań",),
            below=(
                _department("WEU-PL", "Warehouses Poland", "warehouse", "Poznań", "Łódź", size=10),
                _department(
                    "WEU-NL", "Warehouses Benelux", "warehouse", "Rotterdam", "Duisburg", size=9
                ),
                _department("WEU-SD", "Solution Design Europe", "design", "Poznań", "Rotterdam"),
            ),
        ),
        Unit(
            "WH-AM",
            "Fulfilment Americas",
            DIVISION,
            "Vice President, Fulfilment Americas",
            cities=("Savannah",),
            below=(
                _department("WAM-US", "Fulfilment Savannah", "warehouse", "Savannah", size=10),
                _department("WAM-BR", "Fulfilment Santos", "warehouse", "Santos", size=8),
                _department("WAM-CC", "Customer Care Americas", "care", "Savannah", size=8),
            ),
        ),
        Unit(
            "WH-AP",
            "Fulfilment Asia & Gulf",
            DIVISION,
            "Vice President, Fulfilment Asia & Gulf",
            cities=("Singapore",),
            below=(
                _department("WAP-SG", "Fulfilment Jurong", "warehouse", "Singapore", size=8),
                _department("WAP-JP", "Fulfilment Honmoku", "warehouse", "Yokohama", size=8),
                _department("WAP-AE", "Fulfilment Jebel Ali", "warehouse", "Dubai", size=8),
            ),
        ),
    ),
)

CORPORATE = (
    Unit(
        "FIN",
        "Finance",
        DIVISION,
        "Chief Financial Officer",
        cities=("Rotterdam",),
        below=(
            _department("FIN-OPS", "Finance Operations", "finance", "Rotterdam", "Poznań", "Pune"),
        ),
    ),
    Unit(
        "PPL",
        "People & Culture",
        DIVISION,
        "Chief People Officer",
        cities=("Rotterdam",),
        below=(
            _department("PPL-OPS", "People Operations", "people", "Rotterdam", "Porto", size=8),
        ),
    ),
    Unit(
        "TEC",
        "Technology",
        DIVISION,
        "Chief Technology Officer",
        cities=("Rotterdam",),
        below=(
            _department("TEC-CUS", "Customer Technology", "tech", "Rotterdam", "Porto"),
            _department("TEC-OPS", "Operations Technology", "tech", "Pune", size=9),
        ),
    ),
    Unit(
        "COM",
        "Commercial",
        DIVISION,
        "Chief Commercial Officer",
        cities=("Hamburg",),
        below=(
            _department("COM-EU", "Sales Europe", "sales", "Hamburg", "Rotterdam", "Barcelona"),
            _department("COM-INT", "Sales Overseas", "sales", "Singapore", "Savannah", size=7),
        ),
    ),
    Unit(
        "QLC",
        "Quality, Legal & Compliance",
        DIVISION,
        "General Counsel",
        cities=("Rotterdam",),
        below=(_department("QLC-OPS", "Quality & Compliance", "quality", "Rotterdam", "Hamburg"),),
    ),
)

MERIDIAN = Unit(
    "MER",
    "Meridian Logistics",
    COMPANY,
    "Chief Executive Officer",
    cities=("Rotterdam",),
    below=(ROAD, AIR_OCEAN, WAREHOUSING, *CORPORATE),
)

HARBOR = Unit(
    "HARBOR",
    "Harbor Clinic",
    COMPANY,
    "Executive Director",
    cities=("Halifax",),
    below=(
        Unit(
            "CLIN",
            "Clinical Services",
            DIVISION,
            "Chief of Clinical Services",
            cities=("Halifax",),
            below=(
                _department(
                    "CLIN-NUR",
                    "Nursing",
                    "nursing",
                    "Halifax",
                    size=5,
                    own_team="Wound & Chronic Care",
                ),
                _department("CLIN-MED", "Medicine", "medicine", "Halifax", size=6),
                _department("CLIN-DIA", "Diagnostics", "diagnostics", "Halifax", size=5),
                _department("CLIN-REH", "Rehabilitation", "rehab", "Dartmouth", size=5),
            ),
        ),
        Unit(
            "OPS",
            "Operations",
            DIVISION,
            "Chief of Operations",
            cities=("Halifax",),
            below=(
                _department("OPS-PA", "Patient Access", "front", "Halifax", size=4),
                _department("OPS-BO", "Back Office", "office", "Dartmouth", size=6),
            ),
        ),
    ),
)
