"""Templates about daily work: delivery, quality, the use of time, and goals."""

from domain.kpis.enums import KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.templates.measures import DOWN, EMPLOYEE, HOUR, MEAN, PARCEL
from domain.kpis.templates.model import (
    NUMBER,
    KpiTemplateCategory,
    Template,
    TemplateInput,
    Unit,
    count,
    single,
)

DELIVERED = TemplateInput("delivered", "Parcels delivered", "All deliveries.", PARCEL)
TASK, WEIGHT = count("tasks"), Unit(KpiUnit.NUMBER)

OPERATIONS = (
    Template(
        "on_time_delivery",
        "On-time delivery",
        KpiTemplateCategory.OPERATIONS,
        "The share of parcels that arrive on the promised day.",
        single(
            "on_time / delivered",
            TemplateInput("on_time", "Parcels on time", "On the promised day.", PARCEL),
            DELIVERED,
        ),
    ),
    Template(
        "cost_per_parcel",
        "Cost per parcel",
        KpiTemplateCategory.OPERATIONS,
        "What the delivery of one parcel costs.",
        single(
            "delivery_cost / delivered",
            TemplateInput(
                "delivery_cost", "Delivery cost", "Vehicles, fuel and people.", direction=DOWN
            ),
            DELIVERED,
        ),
        Unit(KpiUnit.MONEY, "{currency} per parcel"),
        DOWN,
    ),
    Template(
        "defect_rate",
        "Defect rate",
        KpiTemplateCategory.OPERATIONS,
        "The share of units with a defect.",
        single(
            "defects / units",
            TemplateInput(
                "defects", "Units with a defect", "Each unit once.", count("units"), direction=DOWN
            ),
            TemplateInput("units", "Units checked", "All that were checked.", count("units")),
        ),
        direction=DOWN,
    ),
    Template(
        "utilization",
        "Utilization",
        KpiTemplateCategory.OPERATIONS,
        "The share of available hours that is billed to customers.",
        single(
            "billable_hours / available_hours",
            TemplateInput("billable_hours", "Billable hours", "Hours for customers.", HOUR),
            TemplateInput("available_hours", "Available hours", "Contract minus leave.", HOUR),
        ),
    ),
    Template(
        "goal_attainment",
        "Goal attainment",
        KpiTemplateCategory.GOALS,
        "The weighted mean progress of goals.",
        single(
            "weighted_progress / weights",
            TemplateInput(
                "weighted_progress",
                "Weighted progress",
                "The sum of weight times progress over all goals that are due.",
                WEIGHT,
            ),
            TemplateInput("weights", "Weights", "The sum of the weights.", WEIGHT),
        ),
    ),
    Template(
        "check_in_discipline",
        "Check-in discipline",
        KpiTemplateCategory.GOALS,
        "The share of active goals with a check-in in the period.",
        single(
            "checked_in / goals",
            TemplateInput(
                "checked_in", "Goals with a check-in", "In the period.", count("goals"), MEAN
            ),
            TemplateInput(
                "goals", "Active goals", "At the end of the period.", count("goals"), MEAN
            ),
        ),
    ),
    Template(
        "review_completion",
        "Review completion",
        KpiTemplateCategory.GOALS,
        "The share of review tasks due in the period that are done.",
        single(
            "completed_tasks / due_tasks",
            TemplateInput("completed_tasks", "Completed review tasks", "Of those due.", TASK),
            TemplateInput("due_tasks", "Due review tasks", "Due in the period.", TASK),
        ),
    ),
    Template(
        "recognition_reach",
        "Recognition reach",
        KpiTemplateCategory.GOALS,
        "The share of active people who were recognized in the period.",
        single(
            "recognized / active_people",
            TemplateInput(
                "recognized",
                "People recognized",
                "Each person once.",
                EMPLOYEE,
                TimeAggregation.NONE,
                SliceAggregation.NONE,
            ),
            TemplateInput(
                "active_people",
                "Active people",
                "Employed in the period.",
                EMPLOYEE,
                TimeAggregation.NONE,
                SliceAggregation.NONE,
            ),
        ),
        note="Distinct people cannot be added up: measure the KPI in each frequency that you need.",
    ),
    Template(
        "lead_time",
        "Lead time",
        KpiTemplateCategory.OPERATIONS,
        "Days from order to delivery.",
        single(
            "days_in_transit / delivered",
            TemplateInput(
                "days_in_transit",
                "Days in transit",
                "Sum over all parcels.",
                NUMBER,
                direction=DOWN,
            ),
            DELIVERED,
        ),
        NUMBER,
        DOWN,
    ),
)
