"""Templates about money: margins, liquidity and the work of capital."""

from domain.kpis.enums import KpiDirection
from domain.kpis.templates.measures import (
    DOWN,
    GOODS,
    HEADCOUNT,
    LAST,
    MEAN,
    OPERATING_INCOME,
    REVENUE,
)
from domain.kpis.templates.model import (
    MONEY,
    NUMBER,
    YEARS_ONLY,
    KpiTemplateCategory,
    Template,
    TemplateInput,
    Variant,
    count,
    single,
)

RECEIVABLES = TemplateInput(
    "receivables",
    "Receivables",
    "Unpaid invoices at the end of the period.",
    time_aggregation=LAST,
    direction=DOWN,
)
MEAN_RECEIVABLES = TemplateInput(
    "receivables",
    "Receivables, mean",
    "Mean of the unpaid invoices at the start and the end of the period.",
    time_aggregation=MEAN,
    direction=DOWN,
)
DELIVERY = TemplateInput(
    "delivery", "Delivery cost", "Freight and packaging of what was sold.", direction=DOWN
)

FINANCE = (
    Template(
        "gross_margin",
        "Gross margin",
        KpiTemplateCategory.FINANCE,
        "The share of revenue that is left after the direct cost of what was sold.",
        (
            Variant(
                "without_delivery",
                "delivery not counted",
                "(revenue - cost_of_goods) / revenue",
                (REVENUE, GOODS),
                "Delivery is an operating cost.",
            ),
            Variant(
                "with_delivery",
                "delivery counted",
                "(revenue - cost_of_goods - delivery) / revenue",
                (REVENUE, GOODS, DELIVERY),
                "Delivery is a cost of the goods, as is usual in retail.",
            ),
        ),
        note="A margin divides by the price, a markup by the cost: a price of 100 and a cost of 80"
        " are a margin of 20 % and a markup of 25 %.",
    ),
    Template(
        "markup",
        "Markup",
        KpiTemplateCategory.FINANCE,
        "How much is added to the cost of what is sold.",
        single("(revenue - cost_of_goods) / cost_of_goods", REVENUE, GOODS),
    ),
    Template(
        "operating_margin",
        "Operating margin",
        KpiTemplateCategory.FINANCE,
        "The share of revenue that is left before interest and tax.",
        single("operating_income / revenue", OPERATING_INCOME, REVENUE),
    ),
    Template(
        "ebitda_margin",
        "EBITDA margin",
        KpiTemplateCategory.FINANCE,
        "The share of revenue that is left before interest, tax, depreciation and amortization.",
        single(
            "(operating_income + depreciation + amortization) / revenue",
            OPERATING_INCOME,
            TemplateInput("depreciation", "Depreciation", "Depreciation of the period."),
            TemplateInput("amortization", "Amortization", "Amortization of the period."),
            REVENUE,
        ),
    ),
    Template(
        "net_margin",
        "Net margin",
        KpiTemplateCategory.FINANCE,
        "The share of revenue that is left after all costs and taxes.",
        single(
            "net_income / revenue",
            TemplateInput("net_income", "Net income", "Profit after interest and tax."),
            REVENUE,
        ),
    ),
    Template(
        "current_ratio",
        "Current ratio",
        KpiTemplateCategory.FINANCE,
        "How often the current assets cover what has to be paid within a year.",
        single(
            "assets / liabilities",
            TemplateInput(
                "assets",
                "Current assets",
                "Cash, and what becomes cash within a year.",
                time_aggregation=LAST,
            ),
            TemplateInput(
                "liabilities",
                "Current liabilities",
                "What has to be paid within a year.",
                time_aggregation=LAST,
                direction=DOWN,
            ),
        ),
        NUMBER,
        KpiDirection.BAND,
        note="Too low is a risk, and too high is idle money. Set a target range.",
    ),
    Template(
        "days_sales_outstanding",
        "Days sales outstanding",
        KpiTemplateCategory.FINANCE,
        "How many days customers take to pay.",
        (
            Variant(
                "closing_365",
                "closing receivables, 365 days",
                "receivables / revenue * 365 days",
                (RECEIVABLES, REVENUE),
                "Receivables of 500 and a revenue of 3,000 are 60.8 days.",
                frequencies=YEARS_ONLY,
            ),
            Variant(
                "closing_360",
                "closing receivables, 360 days",
                "receivables / revenue * 360 days",
                (RECEIVABLES, REVENUE),
                "The year of banks: the same figures are 60.0 days.",
                frequencies=YEARS_ONLY,
            ),
            Variant(
                "mean_365",
                "mean receivables, 365 days",
                "receivables / revenue * 365 days",
                (MEAN_RECEIVABLES, REVENUE),
                "Less depends on the last day: receivables from 400 to 500 are 54.8 days.",
                frequencies=YEARS_ONLY,
            ),
        ),
        count("days"),
        DOWN,
    ),
    Template(
        "inventory_turnover",
        "Inventory turnover",
        KpiTemplateCategory.FINANCE,
        "How often a year the stock of goods is sold.",
        single(
            "cost_of_goods / inventory",
            GOODS,
            TemplateInput(
                "inventory",
                "Inventory, mean",
                "Mean value of the goods in stock.",
                time_aggregation=MEAN,
                direction=DOWN,
            ),
            frequencies=YEARS_ONLY,
        ),
        NUMBER,
    ),
    Template(
        "revenue_per_employee",
        "Revenue per employee",
        KpiTemplateCategory.FINANCE,
        "Revenue for each person employed.",
        single("revenue / headcount", REVENUE, HEADCOUNT),
        MONEY,
    ),
    Template(
        "human_capital_return",
        "Human capital return on investment",
        KpiTemplateCategory.FINANCE,
        "The profit before people cost for each amount that is spent on people.",
        single(
            "(revenue - (operating_cost - people_cost)) / people_cost",
            REVENUE,
            TemplateInput(
                "operating_cost", "Operating cost", "All operating cost.", direction=DOWN
            ),
            TemplateInput(
                "people_cost", "People cost", "Pay, social cost and benefits.", direction=DOWN
            ),
            source="ISO 30414:2018",
        ),
        NUMBER,
    ),
)
