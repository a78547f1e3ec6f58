"""Queries by which a caller might learn a guarded value."""

HISTORIES = """{
  people(first: 25, orderBy: [{ field: NAME }]) { nodes {
    name history { totalCount nodes { action effectiveOn changes { field before after } } }
  } }
  teams(first: 5, orderBy: [{ field: NAME }]) { nodes {
    name history { totalCount nodes { action effectiveOn } }
  } }
}"""

"""The entries that plans leave. A change of a fact leaves one in any case."""


HIDDEN = """{
  people(first: 100) { nodes { id viewerCan employments { hiredOn } } }
  teams(first: 100) { nodes { id viewerCan } }
  organizations(first: 100) { nodes { id references { source } } }
}"""


READS = (
    """query($later: Date!) {
      people(first: 25, orderBy: [{ field: NAME }]) { nodes {
        name worksHere employmentStatus hiredOn lastDay employeeNumber workEmail viewerCan version
        employments { hiredOn } leaves { startsOn } references { source }
        jobTitle job { startsOn workingTimeShare } jobs { startsOn jobTitle employmentType }
        reportingLines { startsOn endsOn manager { name } }
        manager { name } later: manager(asOf: $later) { name }
        earlier: job(asOf: "2026-06-01") { jobTitle } next: job(asOf: $later) { jobTitle }
      } }
      teams(first: 5, orderBy: [{ field: NAME }]) { nodes {
        name viewerCan version memberships { nodes { startsOn endsOn role person { name } } }
        later: memberships(asOf: $later) { nodes { startsOn endsOn person { name } } }
      } }
    }""",
    """{
      organizations(first: 9, orderBy: [{ field: NAME }]) {
        nodes { name viewerCan version references { source } people { totalCount } }
      }
      members(first: 25) { nodes { viewerCan person { name } } }
    }""",
    """query($number: String!, $external: String!) {
      byNumber: person(by: { employeeNumber: $number }) { name }
      byReference: person(by: { external: { source: "workday", id: $external } }) { name }
      unit: organization(by: { external: { source: "workday", id: "unit-0" } }) { name }
      hired: people(where: { hiredOn: { gt: "2020-01-01" } }) { totalCount nodes { name } }
      leaving: people(where: { lastDay: { gt: "2020-01-01" } }) { totalCount nodes { name } }
      away: people(where: { employmentStatus: { eq: ON_LEAVE } }) { totalCount nodes { name } }
      numbered: people(where: { employeeNumber: { eq: $number } }) { totalCount nodes { name } }
      search: people(search: $number) { totalCount nodes { name } }
    }""",
    """{
      byHire: people(orderBy: [{ field: HIRED_ON }], first: 25) { nodes { name } }
      byEnd: people(orderBy: [{ field: LAST_DAY }], first: 25) { nodes { name } }
      byNumber: people(orderBy: [{ field: EMPLOYEE_NUMBER }], first: 25) { nodes { name } }
    }""",
)

"""Queries by which a caller might learn a guarded value."""
