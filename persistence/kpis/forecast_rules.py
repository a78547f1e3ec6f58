"""The formulas of forecasts as SQL: Hyndman and Athanasopoulos, third edition, class AAA.

`history` has n values in their order, and `m` is the length of a season. The fit starts with the
mean of the first season, and its errors are those of the values after it.
"""

from domain.kpis.analysis.forecasts import (
    ALPHAS,
    BETAS,
    GAMMAS,
    KpiForecastMethod,
    KpiForecastState,
)


def _list(numbers: tuple[float, ...]) -> str:
    return f"unnest(ARRAY[{', '.join(map(str, numbers))}]::float8[])"


FIT_PARTS = ("alpha", "beta", "gamma", "level", "slope", "squares", "errors")
"""What the array of a fit begins with; the newest season follows."""
ALPHA, BETA, GAMMA, LEVEL, SLOPE, SQUARES, ERRORS = (
    f"({{fit}})[{n}]" for n, _ in enumerate(FIT_PARTS, 1)
)


def build_fit(alphas: str, betas: str, gammas: str) -> str:
    """Return the template of the fit with the smallest sum of squared errors, as an array."""
    return f"""(CASE WHEN {{n}} >= {{needed}} THEN (
 WITH RECURSIVE fit (alpha, beta, gamma, place, level, slope, season, squares, errors) AS (
  SELECT alpha, beta, gamma, {{m}}, start.level, start.slope,
   ARRAY(SELECT each - start.level FROM unnest(({{history}})[1:{{m}}]) each), 0::float8, 0::float8
  FROM (SELECT avg(({{history}})[i]) AS level,
    sum(({{history}})[{{m}} + i] - ({{history}})[i]) / ({{m}} * {{m}}) AS slope
   FROM generate_series(1, {{m}}) i) start, {alphas} alpha, {betas} beta, {gammas} gamma
  UNION ALL
  SELECT alpha, beta, gamma, place + 1, level + slope + alpha * error, slope + alpha * beta * error,
   season[2:] || (season[1] + gamma * error), squares + error * error, errors + abs(error)
  FROM fit, LATERAL (SELECT ({{history}})[place + 1] - level - slope - season[1] AS error) ahead
  WHERE place < {{n}})
 SELECT ARRAY[{", ".join(FIT_PARTS)}] || season FROM fit WHERE place = {{n}}
 ORDER BY squares, alpha, beta, gamma LIMIT 1) END)"""


FIT = build_fit(_list(ALPHAS), _list(BETAS), _list(GAMMAS))
NAIVE = """(CASE WHEN {n} >= {needed} THEN (
 SELECT ARRAY[sum(error * error), sum(abs(error))]
 FROM (SELECT ({history})[i] - ({history})[i - {m}] AS error FROM generate_series({m} + 1, {n}) i) s
 ) END)"""
"""The squared and the absolute errors of repeating the season before."""

STATE = f"""(CASE WHEN {{m}} IS NULL THEN '{KpiForecastState.NO_SEASONS}'
 WHEN {{n}} < {{needed}} THEN '{KpiForecastState.TOO_FEW_POINTS}'
 ELSE '{KpiForecastState.COMPUTED}' END)"""
IS_BETTER = f"({ERRORS} < ({{naive}})[2])"
METHOD = f"""(CASE WHEN {IS_BETTER} THEN '{KpiForecastMethod.HOLT_WINTERS}'
 WHEN {{fit}} IS NOT NULL THEN '{KpiForecastMethod.SEASONAL_NAIVE}' END)"""
MASE = f"""(CASE WHEN {IS_BETTER} THEN {ERRORS} / ({{naive}})[2]
 WHEN ({{naive}})[2] > 0 THEN 1 END)"""
"""The mean absolute error one period ahead, as a multiple of that of seasonal naive."""

BEYOND = "(({h} - 1) / {m})"
"""The number of whole seasons before the period `h` ahead."""
PLACE = "(({h} - 1) % {m})"
_SEASON = f"({{fit}})[{len(FIT_PARTS) + 1} + {PLACE}]"
VALUE = f"""(CASE WHEN {IS_BETTER} THEN {LEVEL} + {{h}} * {SLOPE} + {_SEASON}
 ELSE ({{history}})[{{n}} - {{m}} + 1 + {PLACE}] END)"""
_BETA = f"({ALPHA} * {BETA})"
DEVIATION = f"""sqrt((CASE WHEN {IS_BETTER} THEN {SQUARES} * (1
   + ({{h}} - 1) * ({ALPHA} ^ 2 + {ALPHA} * {_BETA} * {{h}}
    + {_BETA} ^ 2 * {{h}} * (2 * {{h}} - 1) / 6)
   + {GAMMA} * {BEYOND} * (2 * {ALPHA} + {GAMMA} + {_BETA} * {{m}} * ({BEYOND} + 1)))
 ELSE ({{naive}})[1] * ({BEYOND} + 1) END) / ({{n}} - {{m}}))"""


def build_parameter(name: str) -> str:
    """Return the template of a parameter of the fit; null where seasonal naive is used."""
    return f"(CASE WHEN {IS_BETTER} THEN ({{fit}})[{FIT_PARTS.index(name) + 1}] END)"


_DATA = "{n} || ' values, from ' || {first} || ' to ' || {last}"
_INTERVAL = "' The interval holds ' || {percent} || ' % of the values if '"
SENTENCE = f"""(CASE WHEN {{m}} IS NULL THEN 'Values that are ' || {{frequency}} || ' have no'
  || ' seasons.'
  || ' Use the linear trend of the series instead.'
 WHEN {{n}} = 0 THEN 'There is no value in a period that is over. A forecast needs ' || {{needed}}
  || ' values without a gap.'
 WHEN {{n}} < {{needed}} THEN 'There are ' || {_DATA} || ', without a gap. A forecast needs '
  || {{needed}} || ', because a season has ' || {{m}} || ' periods.'
 WHEN {IS_BETTER} THEN 'Additive Holt-Winters from ' || {_DATA} || ', with the parameters '
  || {ALPHA} || ' of the level, ' || {BETA} || ' of the slope and ' || {GAMMA}
  || ' of the season. One period ahead, its errors were '
  || round((100 * {ERRORS} / ({{naive}})[2])::numeric) || ' % of those of seasonal naive.'
  || {_INTERVAL} || 'level, slope and season go on as before and errors do not follow each other.'
 ELSE 'Seasonal naive from ' || {_DATA} || ': each value is that of one season before. Additive'
  || ' Holt-Winters had no smaller errors one period ahead.' || {_INTERVAL}
  || 'the season returns and its changes do not follow each other.' END)"""
