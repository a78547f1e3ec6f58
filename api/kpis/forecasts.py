"""The graph types of a forecast of a KPI."""

from datetime import date
from decimal import Decimal

from api.kernel.schema.declarations import argument, graph_enum, list_of, part, value
from domain.kpis.analysis.forecasts import (
    MAX_FORECAST_POINTS,
    MAX_HORIZON,
    USUAL_HORIZON,
    KpiForecastLevel,
    KpiForecastMethod,
    KpiForecastState,
)
from persistence.kpis import KPI_FORECAST, KPI_FORECAST_POINT

figure = value
"""The attribute `value` hides the function of that name in a class."""

graph_enum(
    KpiForecastState,
    "Whether there is a forecast.",
    computed="There is one.",
    too_few_points="There are too few values without a gap.",
    no_seasons="The KPI is annual or irregular. Use the linear trend of its series.",
)
graph_enum(
    KpiForecastMethod,
    "How a forecast is computed.",
    seasonal_naive="Each value is that of one season before.",
    holt_winters="Additive Holt-Winters: a level, a slope and a season that follow the values.",
)
graph_enum(
    KpiForecastLevel,
    "How many of the future values the interval should contain, if its assumptions hold.",
    percent_80="80 % of them.",
    percent_90="90 % of them.",
    percent_95="95 % of them.",
)


@part(KPI_FORECAST_POINT)
class KpiForecastPoint:
    """The forecast of one period."""

    period: str = figure("The label of the period, such as `2026-03`, `2026-W09` or `FY2026-Q1`.")
    starts_on: date = figure("The first day of the period.")
    last_day: date = figure("The last day of the period.")
    value: Decimal = figure("The forecast. Rounded to 6 decimals.")
    lower_limit: Decimal = figure(
        "The lower end of the interval. It may lie where no value can be, such as below 0."
    )
    upper_limit: Decimal = figure("The upper end of the interval.")


@part(KPI_FORECAST)
class KpiForecast:
    """What the next values may be. It is advice: people decide what to make of it.

    Two methods are computed: seasonal naive, and additive Holt-Winters with the parameters of a
    small grid whose squared errors one period ahead are the smallest. The one with the smaller mean
    absolute error one period ahead is used. The formulas are those of Hyndman and Athanasopoulos,
    "Forecasting: Principles and Practice".
    """

    state: KpiForecastState = figure("Whether there is a forecast.")
    method: KpiForecastMethod | None = figure("The method that is used. Null without a forecast.")
    sentence: str = figure(
        "The method, the data and what they assume, or why there is no forecast, for people."
    )
    used_points: int = figure(
        f"The number of values that are used: the newest {MAX_FORECAST_POINTS} of periods that are"
        " over, back to the first gap."
    )
    starts_on: date | None = figure("The first day of the first of them. Null when there is none.")
    last_day: date | None = figure("The last day of the last of them. Null when there is none.")
    season_length: int | None = figure(
        "The number of periods of a season: 7 days, 52 weeks, 12 months or 4 quarters. Null for"
        " annual and irregular KPIs."
    )
    alpha: float | None = figure("The parameter of the level. Null for other methods.")
    beta: float | None = figure(
        "The parameter of the slope, as a share of the change of the level. Null for other methods."
    )
    gamma: float | None = figure("The parameter of the season. Null for other methods.")
    mase: float | None = figure(
        "The mean absolute scaled error: that of this method one period ahead, as a multiple of"
        " that of seasonal naive. Null without a forecast, and when seasons repeat exactly."
    )
    points: list[KpiForecastPoint] = list_of(
        "The forecast of each period after the last value. Its cost counts"
        f" {USUAL_HORIZON} points.",
        usual_size=USUAL_HORIZON,
    )


FORECAST_COST = 40
"""The price of a forecast in points: 10 ms of the database for five years of months."""

HORIZON = argument(
    int, f"The number of periods, from 1 to {MAX_HORIZON}. Default: {USUAL_HORIZON}."
)
LEVEL = argument(
    KpiForecastLevel,
    "How many of the future values the interval should contain. Default: PERCENT_95.",
)
