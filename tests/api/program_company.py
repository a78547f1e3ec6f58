"""The feedback programs of a company: open and published ones about Mara, and one about HR."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.feedback_programs import FeedbackProgram
from domain.kernel.aggregate import Part
from tests.factories.feedback_programs import a_program_schedule, a_rated_template, some_programs

if TYPE_CHECKING:
    from tests.api.company import Company


@dataclass
class CompanyPrograms:
    """Programs by name, and the parts that they do not load."""

    programs: dict[str, FeedbackProgram] = field(default_factory=dict)
    records: list[Part] = field(default_factory=list)


def build_programs(company: "Company") -> CompanyPrograms:
    """Build the programs, and the template that their raters fill in."""
    scale, framework = company.rating_scales["published"], company.frameworks["published"]
    template = a_rated_template(scale, framework)
    company.review_templates["rated"] = template
    company.further["programschedule"] = {
        "all": a_program_schedule(template),
        "of_ops": a_program_schedule(template, company.units["ops"]),
    }
    return CompanyPrograms(*some_programs(company.people, template))
