"""Templates about people at work. Definitions of turnover and absence differ between firms."""

from domain.kpis.enums import TimeAggregation
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.templates.measures import (
    ANSWER,
    ANSWERS,
    DAY,
    DOWN,
    EMPLOYEE,
    FIRST,
    HEADCOUNT,
    HIRES,
    HOUR,
    INVOLUNTARY_LEAVERS,
    LAST,
    LEAVERS,
    MEAN,
    POSITION,
    VOLUNTARY_LEAVERS,
)
from domain.kpis.templates.model import (
    MONEY,
    MONTHS_ONLY,
    NUMBER,
    KpiTemplateCategory,
    Template,
    TemplateInput,
    Unit,
    Variant,
    count,
    single,
)

OPENING = TemplateInput(
    "opening",
    "Headcount, opening",
    "People employed on the first day.",
    EMPLOYEE,
    FIRST,
    measure=KpiMeasure.HEADCOUNT_START,
)
CLOSING = TemplateInput(
    "closing",
    "Headcount, closing",
    "People employed on the last day.",
    EMPLOYEE,
    LAST,
    measure=KpiMeasure.HEADCOUNT_END,
)
MONTH_ENDS = TemplateInput(
    "headcount",
    "Headcount, month ends",
    "People employed on the last day.",
    EMPLOYEE,
    MEAN,
    measure=KpiMeasure.HEADCOUNT_END,
)
DAYS_LOST = TemplateInput(
    "days_lost", "Absence days", "Scheduled days lost to sickness.", DAY, direction=DOWN
)
SPELLS = TemplateInput(
    "spells",
    "Absence spells",
    "Absences without a day of work between.",
    count("spells"),
    direction=DOWN,
)
PLAIN_SPELLS = TemplateInput(
    "spells", "Absence spells", "Absences without a day of work between.", NUMBER, direction=DOWN
)
PLAIN_DAYS = TemplateInput(
    "days_lost", "Absence days", "Scheduled days lost to sickness.", NUMBER, direction=DOWN
)
RECRUITING = TemplateInput(
    "recruiting_cost", "Recruiting cost", "Advertising, agencies and recruiters.", direction=DOWN
)

KINDS_NOTE = (
    "Retirement, death, ends of contracts and leavings of an unknown kind are neither voluntary nor"
    " involuntary, but part of the employee turnover."
)

PEOPLE = (
    Template(
        "employee_turnover",
        "Employee turnover",
        KpiTemplateCategory.PEOPLE,
        "The share of employees who left.",
        (
            Variant(
                "mean_headcount",
                "by mean headcount",
                "leavers / headcount",
                (LEAVERS, HEADCOUNT),
                "A year divides by the mean of its months.",
            ),
            Variant(
                "mean_of_ends",
                "by the mean of opening and closing headcount",
                "leavers / ((opening + closing) / 2)",
                (LEAVERS, OPENING, CLOSING),
                "Two counts a period; more counts are better.",
            ),
            Variant(
                "opening_headcount",
                "by opening headcount",
                "leavers / opening",
                (LEAVERS, OPENING),
                "It counts leavers who were not there at the start.",
            ),
            Variant(
                "closing_headcount",
                "by closing headcount",
                "leavers / closing",
                (LEAVERS, CLOSING),
                "It falls when a firm grows.",
            ),
            Variant(
                "rolling_year",
                "of twelve months, by thirteen month ends",
                "trailing(leavers, 12) / trailing(headcount, 13)",
                (LEAVERS, MONTH_ENDS),
                "Each month shows the turnover of the last twelve months.",
                frequencies=MONTHS_ONLY,
            ),
            Variant(
                "sum_of_months",
                "as the sum of monthly rates",
                "leavers / headcount",
                (LEAVERS, HEADCOUNT),
                "The rate of a year is the sum of its twelve months.",
                "SHRM",
                MONTHS_ONLY,
                TimeAggregation.SUM,
            ),
        ),
        direction=DOWN,
        note="Leavers are those who left by choice, dismissal, retirement or death. ESRS S1 leaves"
        " the denominator to the firm and wants it disclosed. 24 leavers of 100 people, of 200 from"
        " December on, are between 12 % and 24 %, by variant.",
    ),
    Template(
        "voluntary_turnover",
        "Voluntary turnover",
        KpiTemplateCategory.PEOPLE,
        "The share of employees who left by choice.",
        single("voluntary_leavers / headcount", VOLUNTARY_LEAVERS, HEADCOUNT),
        direction=DOWN,
        note=KINDS_NOTE,
    ),
    Template(
        "involuntary_turnover",
        "Involuntary turnover",
        KpiTemplateCategory.PEOPLE,
        "The share of employees whom the employer let go.",
        single("involuntary_leavers / headcount", INVOLUNTARY_LEAVERS, HEADCOUNT),
        direction=DOWN,
        note=KINDS_NOTE,
    ),
    Template(
        "absence_rate",
        "Absence rate",
        KpiTemplateCategory.PEOPLE,
        "How much work is lost to absence.",
        (
            Variant(
                "hours",
                "by hours",
                "hours_lost / hours_scheduled",
                (
                    TemplateInput(
                        "hours_lost", "Absence hours", "Scheduled hours lost.", HOUR, direction=DOWN
                    ),
                    TemplateInput("hours_scheduled", "Scheduled hours", "By the contracts.", HOUR),
                ),
                "It fits part-time work and shifts.",
            ),
            Variant(
                "days",
                "by days",
                "days_lost / days_scheduled",
                (
                    DAYS_LOST,
                    TemplateInput(
                        "days_scheduled", "Scheduled days", "Weekdays of all contracts.", DAY
                    ),
                ),
                "Holidays count as scheduled: 200 of 5,200 days are 3.85 %.",
            ),
            Variant(
                "working_days",
                "by days without holidays",
                "days_lost / days_scheduled",
                (
                    DAYS_LOST,
                    TemplateInput(
                        "days_scheduled",
                        "Scheduled working days",
                        "Weekdays of all contracts, without holidays and leave.",
                        DAY,
                    ),
                ),
                "With 20 holidays for each of 20 people, the same 200 days are 4.17 %.",
            ),
        ),
        direction=DOWN,
    ),
    Template(
        "absence_frequency",
        "Absence frequency",
        KpiTemplateCategory.PEOPLE,
        "How often people are absent.",
        single("spells / headcount", SPELLS, HEADCOUNT),
        Unit(name="spells per employee"),
        DOWN,
        note="19 spells of 75 people are 0.253 per person.",
    ),
    Template(
        "bradford_factor",
        "Bradford factor",
        KpiTemplateCategory.PEOPLE,
        "Weighs many short absences more than a long one.",
        single("spells * spells * days_lost", PLAIN_SPELLS, PLAIN_DAYS),
        NUMBER,
        DOWN,
        note="One spell of ten days is 10, five spells of two days are 250. Do not judge single"
        " people by it.",
    ),
    Template(
        "time_to_fill",
        "Time to fill",
        KpiTemplateCategory.PEOPLE,
        "How many days a position is open before somebody accepts it.",
        single(
            "days_open / positions",
            TemplateInput(
                "days_open",
                "Days open",
                "Sum over the positions that were filled in the period.",
                DAY,
                direction=DOWN,
            ),
            TemplateInput("positions", "Positions filled", "Accepted in the period.", POSITION),
        ),
        count("days per position"),
        DOWN,
    ),
    Template(
        "cost_per_hire",
        "Cost per hire",
        KpiTemplateCategory.PEOPLE,
        "What it costs to hire somebody.",
        single("recruiting_cost / hires", RECRUITING, HIRES),
        MONEY,
        DOWN,
    ),
    Template(
        "internal_promotion_rate",
        "Internal promotion rate",
        KpiTemplateCategory.PEOPLE,
        "The share of positions that are filled from within.",
        single(
            "filled_internally / positions",
            TemplateInput(
                "filled_internally", "Positions filled internally", "By own people.", POSITION
            ),
            TemplateInput("positions", "Positions filled", "Accepted in the period.", POSITION),
        ),
    ),
    Template(
        "training_hours",
        "Training hours per employee",
        KpiTemplateCategory.PEOPLE,
        "Hours of training for each person.",
        single(
            "training_hours / headcount",
            TemplateInput("training_hours", "Training hours", "Attended hours.", HOUR),
            HEADCOUNT,
        ),
        count("hours per employee"),
    ),
    Template(
        "employee_net_promoter_score",
        "eNPS",
        KpiTemplateCategory.PEOPLE,
        "How many more people recommend the employer than advise against it, from -100 to 100.",
        single(
            "(promoters - detractors) / answers * 100",
            TemplateInput("promoters", "Promoters", "Answers of 9 and 10.", ANSWER),
            TemplateInput(
                "detractors", "Detractors", "Answers from 0 to 6.", ANSWER, direction=DOWN
            ),
            ANSWERS,
        ),
        count("points"),
        note="54 promoters and 30 detractors of 120 answers are +20. Chance alone moves this score"
        " by 14.5 points, and with 20 answers by 36.",
    ),
)
