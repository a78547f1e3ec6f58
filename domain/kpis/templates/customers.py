"""Templates about customers: what they are worth, what they cost, and whether they stay."""

from domain.kpis.enums import TimeAggregation
from domain.kpis.templates.measures import (
    ANSWER,
    ANSWERS,
    CONTRACT_REVENUE_AT_START,
    CONTRACTION,
    CUSTOMER,
    DOWN,
    FIRST,
    GROSS_MARGIN,
    LAST,
    LOST_REVENUE,
    MEAN,
    NO_SUM,
    PLAIN,
    REVENUE,
    REVENUE_PER_ACCOUNT,
)
from domain.kpis.templates.model import (
    MONEY,
    MONTHS_ONLY,
    NUMBER,
    SHARE,
    KpiTemplateCategory,
    Template,
    TemplateInput,
    Variant,
    count,
    single,
)

NONE = TimeAggregation.NONE
MARGIN = TemplateInput(
    "margin",
    "Margin per customer and year",
    "Gross profit of a year / customers.",
    MONEY,
    NONE,
    NO_SUM,
)
RETENTION = TemplateInput(
    "retention",
    "Customer retention",
    "Customers that stay for a year / customers at its start.",
    SHARE,
    NONE,
    NO_SUM,
)
DISCOUNT = TemplateInput(
    "discount", "Discount rate", "Cost of capital for a year.", SHARE, NONE, NO_SUM, DOWN
)
CHURN = TemplateInput(
    "churn", "Customer churn", "Customers lost / customers at start.", SHARE, NONE, NO_SUM, DOWN
)
ACQUISITION_COST = TemplateInput(
    "acquisition_cost",
    "Customer acquisition cost",
    "Cost of sales and marketing / new customers.",
    MONEY,
    NONE,
    NO_SUM,
    DOWN,
)
SALES_COST = TemplateInput("sales_cost", "Cost of sales", "People and tools.", direction=DOWN)
MARKETING_COST = TemplateInput(
    "marketing_cost", "Cost of marketing", "People, tools and campaigns.", direction=DOWN
)
EXPANSION = TemplateInput(
    "expansion", "Expansion", "Recurring revenue added by customers at the start."
)
RECURRING_REVENUE = TemplateInput(
    "recurring_revenue",
    "Monthly recurring revenue",
    "Contracted revenue of one month.",
    time_aggregation=LAST,
)
STEP = "retention / (100 % + discount)"
FIVE_YEARS = f"(1 + {STEP} * (1 + {STEP} * (1 + {STEP} * (1 + {STEP}))))"
"""The sum of the first five powers of the discounted retention, from the power 0 on."""

CUSTOMERS = (
    Template(
        "customer_lifetime_value",
        "Customer lifetime value",
        KpiTemplateCategory.CUSTOMERS,
        "What a customer is worth until it leaves.",
        (
            Variant(
                "simple",
                "purchases times years",
                "purchase * purchases * years * gross_margin",
                (
                    TemplateInput(
                        "purchase",
                        "Value of a purchase",
                        "Revenue / purchases.",
                        MONEY,
                        NONE,
                        NO_SUM,
                    ),
                    TemplateInput(
                        "purchases",
                        "Purchases per customer and year",
                        "Purchases of a year / customers.",
                        PLAIN,
                        NONE,
                        NO_SUM,
                    ),
                    TemplateInput(
                        "years",
                        "Years that a customer stays",
                        "The mean of past customers.",
                        PLAIN,
                        NONE,
                        NO_SUM,
                    ),
                    GROSS_MARGIN,
                ),
                "For single purchases. It does not discount later years.",
            ),
            Variant(
                "subscription",
                "margin by churn",
                "revenue_per_account * gross_margin / churn",
                (REVENUE_PER_ACCOUNT, GROSS_MARGIN, CHURN),
                "For subscriptions. Revenue and churn are of periods of the same length: a yearly"
                " churn of 20 % is 1.84 % a month, not 1.67 %.",
            ),
            Variant(
                "discounted_from_start",
                "discounted, paid at the start of each year",
                "margin * (100 % + discount) / (100 % - retention + discount)",
                (MARGIN, RETENTION, DISCOUNT),
                "A margin of 100, a retention of 80 % and a discount of 10 % are 366.67.",
            ),
            Variant(
                "discounted_from_end",
                "discounted, paid at the end of each year",
                "margin * retention / (100 % - retention + discount)",
                (MARGIN, RETENTION, DISCOUNT),
                "The same figures are 266.67.",
                "Gupta and Lehmann",
            ),
            Variant(
                "five_years_from_start",
                "discounted, five payments from today on",
                f"margin * {FIVE_YEARS}",
                (MARGIN, RETENTION, DISCOUNT),
                "The same figures are 292.07.",
            ),
            Variant(
                "five_years_from_end",
                "discounted, five payments from the end of the first year on",
                f"margin * {STEP} * {FIVE_YEARS}",
                (MARGIN, RETENTION, DISCOUNT),
                "The same figures are 212.41.",
            ),
        ),
        MONEY,
        note="There is no single definition. Compare only values of the same variant.",
    ),
    Template(
        "customer_acquisition_cost",
        "Customer acquisition cost",
        KpiTemplateCategory.CUSTOMERS,
        "What it costs to win a customer.",
        single(
            "(sales_cost + marketing_cost) / new_customers",
            SALES_COST,
            MARKETING_COST,
            TemplateInput("new_customers", "New customers", "Won in the period.", CUSTOMER),
        ),
        MONEY,
        DOWN,
    ),
    Template(
        "lifetime_value_to_acquisition_cost",
        "Lifetime value to acquisition cost",
        KpiTemplateCategory.CUSTOMERS,
        "How often a customer pays back what it cost to win it.",
        single(
            "lifetime_value / acquisition_cost",
            TemplateInput(
                "lifetime_value",
                "Customer lifetime value",
                "Say which variant it is.",
                MONEY,
                NONE,
                NO_SUM,
            ),
            ACQUISITION_COST,
        ),
        NUMBER,
    ),
    Template(
        "acquisition_payback",
        "Acquisition payback",
        KpiTemplateCategory.CUSTOMERS,
        "After how many months a customer has paid back what it cost to win it.",
        single(
            "acquisition_cost / (revenue_per_account * gross_margin) * 1 month",
            ACQUISITION_COST,
            REVENUE_PER_ACCOUNT,
            GROSS_MARGIN,
            frequencies=MONTHS_ONLY,
        ),
        count("months"),
        DOWN,
    ),
    Template(
        "customer_churn",
        "Customer churn",
        KpiTemplateCategory.CUSTOMERS,
        "The share of customers that left in the period.",
        single(
            "lost_customers / at_start",
            TemplateInput(
                "lost_customers", "Lost customers", "Left in the period.", CUSTOMER, direction=DOWN
            ),
            TemplateInput("at_start", "Customers at start", "On the first day.", CUSTOMER, FIRST),
        ),
        direction=DOWN,
    ),
    Template(
        "net_revenue_retention",
        "Net revenue retention",
        KpiTemplateCategory.CUSTOMERS,
        "What became of the recurring revenue of the customers at the start, expansion included.",
        single(
            "(at_start + expansion - contraction - lost) / at_start",
            CONTRACT_REVENUE_AT_START,
            EXPANSION,
            CONTRACTION,
            LOST_REVENUE,
        ),
    ),
    Template(
        "gross_revenue_retention",
        "Gross revenue retention",
        KpiTemplateCategory.CUSTOMERS,
        "The share of the recurring revenue at the start that stayed, without expansion.",
        (
            Variant(
                "of_period",
                "of the period",
                "(at_start - contraction - lost) / at_start",
                (CONTRACT_REVENUE_AT_START, CONTRACTION, LOST_REVENUE),
                "A monthly retention of 99 % is 88.6 % after twelve months.",
            ),
            Variant(
                "of_cohort",
                "of the customers of a year ago",
                "still_paid / a_year_ago",
                (
                    TemplateInput(
                        "still_paid",
                        "Revenue still paid",
                        "Recurring revenue today of the customers of a year ago, each at most as"
                        " much as then.",
                        time_aggregation=LAST,
                    ),
                    TemplateInput(
                        "a_year_ago",
                        "Recurring revenue a year ago",
                        "Of all customers of that day.",
                        time_aggregation=LAST,
                    ),
                ),
                "A cohort over twelve months is another figure than twelve months in a row.",
            ),
        ),
    ),
    Template(
        "recurring_revenue_growth",
        "Growth of recurring revenue",
        KpiTemplateCategory.CUSTOMERS,
        "How much the monthly recurring revenue grew since the period before.",
        single(
            "(recurring_revenue - lag(recurring_revenue, 1)) / abs(lag(recurring_revenue, 1))",
            RECURRING_REVENUE,
        ),
    ),
    Template(
        "revenue_per_account",
        "Revenue per account",
        KpiTemplateCategory.CUSTOMERS,
        "Revenue for each account.",
        single(
            "revenue / accounts",
            REVENUE,
            TemplateInput(
                "accounts", "Accounts, mean", "Paying accounts.", count("accounts"), MEAN
            ),
        ),
        MONEY,
    ),
    Template(
        "customer_satisfaction",
        "Customer satisfaction",
        KpiTemplateCategory.CUSTOMERS,
        "The share of answers from satisfied customers.",
        single(
            "satisfied / answers",
            TemplateInput("satisfied", "Satisfied answers", "The two best choices.", ANSWER),
            ANSWERS,
        ),
    ),
    Template(
        "first_contact_resolution",
        "First-contact resolution",
        KpiTemplateCategory.CUSTOMERS,
        "The share of requests that are solved at the first contact.",
        single(
            "solved_at_once / requests",
            TemplateInput(
                "solved_at_once", "Solved at first contact", "Not reopened.", count("requests")
            ),
            TemplateInput("requests", "Requests", "All that were closed.", count("requests")),
        ),
    ),
)
