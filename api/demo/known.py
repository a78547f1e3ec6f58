"""The people of the demo whom a visitor may be: known addresses, natural names, telling places."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to be; `subject` is what a token calls them: the work e-mail."""

    name: str
    title: str
    role: str
    tenant: str
    email: str

    @property
    def subject(self) -> str:
        """The name in a token."""
        return self.email


@dataclass(frozen=True)
class Known:
    """One of them, and the place they take; a `seat` is a team of the unit and a chair in it.

    `holds` is a role beside that of an employee, and `within` the unit that it is narrowed to.
    """

    who: str
    tenant: str
    given: str
    family: str
    title: str
    role: str
    unit: str
    seat: tuple[int, int] | None = None
    holds: str | None = None
    within: str | None = None
    tenure: int = 1500

    @property
    def email(self) -> str:
        """The work e-mail."""
        return f"{self.who}@{self.tenant}.example"


KNOWN = (
    Known(
        "hr",
        "meridian",
        "Amara",
        "de Vries",
        "Head of People Operations",
        "HR lead",
        "PPL-OPS",
        holds="hr",
        tenure=2310,
    ),
    Known(
        "manager",
        "meridian",
        "Lucía",
        "Ferrer Ibáñez",
        "Head of Linehaul Operations",
        "Manager",
        "RIB-LH",
        tenure=2804,
    ),
    Known(
        "employee",
        "meridian",
        "Tomás",
        "Lacasa Gimeno",
        "Network Planner",
        "Employee",
        "RIB-LH",
        seat=(0, 0),
        tenure=1123,
    ),
    Known(
        "admin",
        "meridian",
        "Jasper",
        "Kuipers",
        "HR Systems Administrator",
        "Tenant admin",
        "PPL-OPS",
        seat=(0, 0),
        holds="tenant_admin",
        tenure=1986,
    ),
    Known(
        "partner",
        "meridian",
        "Joana",
        "Magalhães",
        "HR Business Partner, Road",
        "HR partner for Road only",
        "PPL-OPS",
        seat=(2, 3),
        holds="hr",
        within="ROAD",
        tenure=1402,
    ),
    Known(
        "hr",
        "harbor",
        "Sylvie",
        "Comeau",
        "People & Culture Lead",
        "HR lead",
        "OPS-BO",
        seat=(0, 0),
        holds="hr",
        tenure=1710,
    ),
    Known(
        "manager",
        "harbor",
        "Bridget",
        "MacNeil",
        "Director of Nursing",
        "Manager",
        "CLIN-NUR",
        tenure=3350,
    ),
    Known(
        "employee",
        "harbor",
        "Kwame",
        "Arsenault",
        "Nurse Practitioner",
        "Employee",
        "CLIN-NUR",
        seat=(0, 0),
        tenure=940,
    ),
    Known(
        "admin",
        "harbor",
        "Chidi",
        "Nwosu",
        "IT & Systems Administrator",
        "Tenant admin",
        "OPS-BO",
        seat=(0, 1),
        holds="tenant_admin",
        tenure=1288,
    ),
    Known(
        "partner",
        "harbor",
        "Rania",
        "Haddad",
        "HR Partner, Clinical Services",
        "HR partner for Clinical Services only",
        "OPS-BO",
        seat=(0, 2),
        holds="hr",
        within="CLIN",
        tenure=806,
    ),
)


def people_to_be() -> list[DemoPerson]:
    """Whom a visitor may be: an HR lead, a manager and an employee first."""
    return [
        DemoPerson(f"{each.given} {each.family}", each.title, each.role, each.tenant, each.email)
        for each in KNOWN
    ]
