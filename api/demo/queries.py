"""Queries that show the product to each of the people to be; the first of each is to begin with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExampleQuery:
    """A query to try, with what it is for."""

    title: str
    text: str


OWNER = """
      owner {
        ... on Person { name jobTitle }
        ... on Team { name }
        ... on Organization { name }
      }"""

MY_WORK = ExampleQuery(
    "My goals, what they serve, and how they go",
    """query MyWork {
  viewer {
    person {
      name
      jobTitle
      manager { name jobTitle }
      teams(first: 5) { nodes { name leads(first: 2) { nodes { name } } } }
      goals(first: 10, orderBy: [{ field: DUE_ON, direction: DESC }]) {
        totalCount
        nodes {
          title
          purpose
          status
          dueOn
          progress
          visibility
          parent { title }
          keyResults(first: 5) { nodes { title startValue currentValue targetValue unit } }
          lastCheckIn { recordedAt confidence note }
          viewerCan
        }
      }
    }
    tenant { name }
  }
}
""",
)

COMPANY_GOALS = ExampleQuery(
    "What the whole company aims at, and what serves it",
    f"""query CompanyGoals {{
  goals(first: 10, where: {{ ownerKind: {{ eq: ORGANIZATION }}, status: {{ eq: ACTIVE }} }}) {{
    totalCount
    nodes {{
      title
      progress
      dueOn{OWNER}
      children(first: 5) {{ totalCount nodes {{ title progress status }} }}
      lastCheckIn {{ confidence note author {{ name }} }}
    }}
  }}
}}
""",
)

COLLEAGUES = ExampleQuery(
    "Somebody by name, without minding accents and capitals",
    """query Colleagues {
  people(first: 10, search: "mar") {
    nodes { name jobTitle location timeZone workEmail organization { name } manager { name } }
  }
}
""",
)

MY_PEOPLE = ExampleQuery(
    "My people, where they are, and what they aim at this quarter",
    """query MyPeople {
  viewer {
    person {
      name
      directly: reports(first: 20, orderBy: [{ field: NAME }]) {
        totalCount
        nodes {
          name
          jobTitle
          location
          employmentStatus
          hiredOn
          goals(first: 3, where: { status: { eq: ACTIVE } }) {
            nodes { title progress visibility lastCheckIn { confidence note } }
          }
          viewerCan
        }
      }
      everybody: reports(depth: 5, first: 1) { totalCount }
    }
  }
}
""",
)

AT_RISK = ExampleQuery(
    "What needs a talk: active goals whose last word was not a good one",
    f"""query NeedsATalk {{
  goals(
    first: 20
    where: {{
      status: {{ eq: ACTIVE }}
      lastCheckIn: {{ confidence: {{ in: [AT_RISK, OFF_TRACK] }} }}
    }}
    orderBy: [{{ field: DUE_ON }}]
  ) {{
    totalCount
    nodes {{
      title
      dueOn
      progress{OWNER}
      lastCheckIn {{ confidence note recordedAt author {{ name }} }}
      viewerCan
    }}
  }}
}}
""",
)

HEADCOUNT = ExampleQuery(
    "The organization with its people, and who is away or has left",
    """query Headcount {
  employed: people(first: 1, where: { employmentStatus: { eq: EMPLOYED } }) { totalCount }
  onLeave: people(first: 5, where: { employmentStatus: { eq: ON_LEAVE } }) {
    totalCount
    nodes { name jobTitle leaves { startsOn endsOn reason } }
  }
  left: people(
    first: 5
    where: { employmentStatus: { eq: LEFT } }
    orderBy: [{ field: NAME }]
  ) {
    totalCount
    nodes { name jobTitle lastDay employments { hiredOn lastDay leavingReason } }
  }
  organizations(first: 10, where: { kind: { in: [LINE_OF_BUSINESS, DIVISION] } }) {
    nodes { name kind parent { name } goals(first: 3) { nodes { title progress status } } }
  }
}
""",
)

RECENT_CHANGES = ExampleQuery(
    "What changed lately, and who did it",
    """query RecentChanges {
  auditLog(first: 20) {
    nodes {
      action
      recordedAt
      effectiveOn
      actor { name }
      subject {
        __typename
        ... on Person { name }
        ... on Goal { title }
        ... on Team { name }
      }
      changes { field before after }
    }
  }
}
""",
)

MEMBERS_AND_ROLES = ExampleQuery(
    "Who may enter, and what the roles allow",
    """query MembersAndRoles {
  viewer { roles { name } permissions }
  roles(first: 10) { nodes { name description isBuiltIn grants { permission population } } }
  members(first: 10) {
    totalCount
    nodes { person { name } status assignments { role { name } organization { name } } }
  }
}
""",
)

QUERIES: dict[str, tuple[ExampleQuery, ...]] = {
    "hr": (HEADCOUNT, AT_RISK, COMPANY_GOALS, RECENT_CHANGES),
    "manager": (MY_PEOPLE, AT_RISK, MY_WORK),
    "employee": (MY_WORK, COMPANY_GOALS, COLLEAGUES),
    "admin": (MEMBERS_AND_ROLES, RECENT_CHANGES, COLLEAGUES),
    "partner": (HEADCOUNT, AT_RISK, COLLEAGUES),
}
"""By the first part of a known person's e-mail address."""


def queries_of(email: str) -> tuple[ExampleQuery, ...]:
    """The queries to show to somebody known; for anybody else, an employee's."""
    return QUERIES.get(email.partition("@")[0], QUERIES["employee"])
