"""Places: the sites where the demo's people work, with their countries and clocks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """A place of work; `entity` is the code of the legal entity that runs it."""

    city: str
    country: str
    time_zone: str
    culture: str
    entity: str
    name: str

    @property
    def location(self) -> str:
        """What the directory says about where somebody works."""
        return f"{self.city}, {self.country}"

    @property
    def code(self) -> str:
        """The site's code as an organization."""
        return f"SITE-{self.name.split()[0].upper()}"


@dataclass(frozen=True)
class LegalEntity:
    """A company in the eyes of one country's law."""

    code: str
    name: str


ENTITIES = (
    LegalEntity("LE-NL", "Meridian Logistics Nederland B.V."),
    LegalEntity("LE-DE", "Meridian Logistik GmbH"),
    LegalEntity("LE-GB", "Meridian Logistics (UK) Ltd"),
    LegalEntity("LE-PL", "Meridian Logistyka Sp. z o.o."),
    LegalEntity("LE-ES", "Meridian Logística Ibérica S.L."),
    LegalEntity("LE-PT", "Meridian Logística, Lda."),
    LegalEntity("LE-GR", "Meridian Logistics Ελλάς Μ.Ε.Π.Ε."),
    LegalEntity("LE-SG", "Meridian Logistics Pte. Ltd."),
    LegalEntity("LE-JP", "メリディアン・ロジスティクス株式会社"),
    LegalEntity("LE-AE", "Meridian Logistics FZE"),
    LegalEntity("LE-IN", "Meridian Technologies India Pvt. Ltd."),
    LegalEntity("LE-US", "Meridian Logistics, Inc."),
    LegalEntity("LE-BR", "Meridian Logística do Brasil Ltda."),
)

SITES = {
    site.city: site
    for site in (
        Site("Rotterdam", "Netherlands", "Europe/Amsterdam", "nl", "LE-NL", "Maasvlakte Campus"),
        Site("Schiphol", "Netherlands", "Europe/Amsterdam", "nl", "LE-NL", "Schiphol Gateway"),
        Site("Hamburg", "Germany", "Europe/Berlin", "de", "LE-DE", "Altenwerder Terminal"),
        Site("Duisburg", "Germany", "Europe/Berlin", "de", "LE-DE", "Ruhrort Hub"),
        Site("Felixstowe", "United Kingdom", "Europe/London", "gb", "LE-GB", "Trimley Yard"),
        Site("Łódź", "Poland", "Europe/Warsaw", "pl", "LE-PL", "Stryków Crossdock"),
        Site("Poznań", "Poland", "Europe/Warsaw", "pl", "LE-PL", "Gądki Fulfilment Centre"),
        Site("Zaragoza", "Spain", "Europe/Madrid", "es", "LE-ES", "PLAZA Hub"),
        Site("Barcelona", "Spain", "Europe/Madrid", "es", "LE-ES", "ZAL Port Office"),
        Site("Porto", "Portugal", "Europe/Lisbon", "pt", "LE-PT", "Leixões Depot"),
        Site("Piraeus", "Greece", "Europe/Athens", "gr", "LE-GR", "Ikonio Terminal"),
        Site("Singapore", "Singapore", "Asia/Singapore", "sg", "LE-SG", "Jurong Hub"),
        Site("Yokohama", "Japan", "Asia/Tokyo", "jp", "LE-JP", "Honmoku Warehouse"),
        Site("Dubai", "United Arab Emirates", "Asia/Dubai", "ae", "LE-AE", "Jebel Ali Free Zone"),
        Site("Pune", "India", "Asia/Kolkata", "in", "LE-IN", "Hinjewadi Tech Centre"),
        Site("Savannah", "United States", "America/New_York", "us", "LE-US", "Garden City DC"),
        Site("Santos", "Brazil", "America/Sao_Paulo", "br", "LE-BR", "Alemoa Terminal"),
    )
}

HALIFAX = Site("Halifax", "Nova Scotia", "America/Halifax", "ca", "HARBOR", "Waterfront Clinic")
DARTMOUTH = Site(
    "Dartmouth", "Nova Scotia", "America/Halifax", "ca", "HARBOR", "Alderney Landing Clinic"
)
