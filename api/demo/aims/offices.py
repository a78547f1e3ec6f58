"""What the trades of the offices aim at."""

OFFICES = {
    "finance": """
team growth: Close the month in five days
  why: Decisions about May are taken in July. That is two months of guessing.
  - Working days to close: 9 → 5
  - Manual journal entries: 640 → 250
team digital: Bill on the day of delivery
  - Invoices out within 24 hours: 47 → 88 %
  - Credit notes: 4.6 → 1.8 %
team service: Get paid on time, and stay friends
  - Days sales outstanding: 52 → 44 days
  - Overdue above 60 days: 3.9 → 1.5 M€
person digital: Automate the report that eats my Mondays
  - Hours per report: 6.0 → 0.5 h
  - Reports with live figures: 0 → 8
person growth: Explain the margin of every lane above a million
  - Lanes with a cost model: 11 → 60
  - Unexplained deviation: 3.2 → 1.0 %
person service: Clear the oldest supplier disputes
  - Disputes older than 90 days: 73 → 10
  - Reminder fees paid: 4.1 → 0.5 T€ per month
""",
    "people": """
team people: Hire people who are still here in a year
  why: Every fourth newcomer leaves in the first year, mostly over things we could have told them.
  - Newcomers who stay a year: 74 → 86 %
  - Days until a vacancy is filled: 58 → 40 days
team digital: One system of record, and nobody keeps a list beside it
  - Data errors in payroll runs: 37 → 5 per month
  - Requests solved by self-service: 29 → 65 %
team service: A first week worth telling friends about
  - Newcomers with everything on day one: 61 → 97 %
  - Newcomer satisfaction: 7.4 → 8.8 points
person people: Talk with everybody who leaves, and act on one thing each month
  - Exit talks held: 45 → 95 %
  - Improvements from exit talks: 0 → 10
person growth: Publish pay bands that people understand
  - Roles with a published band: 0 → 100 %
  - Pay questions escalated: 19 → 5 per quarter
person service: Build the lead academy's first two modules
  - Leads through both modules: 0 → 90
  - Would recommend it: 0 → 85 %
""",
    "tech": """
team digital: Bookings that never need a phone call
  why: A hundred and ten people retype what customers have typed already.
  - Bookings without a human touch: 34 → 60 %
  - Time from booking to confirmation: 42 → 3 min
team service: Arrival forecasts that a dock can be staffed by
  - Forecasts within 30 minutes: 61 → 82 %
  - Shipments with live position: 55 → 90 %
team people: Sleep through the night on call
  - Pages outside of office hours: 31 → 6 per month
  - Availability of the customer portal: 99.70 → 99.95 %
team growth: Halve the time from idea to production
  - Lead time for changes: 12.0 → 5.0 days
  - Releases per week: 4 → 15
person digital: Take the last service out of the old data centre
  - Services moved: 9 → 23
  - Hosting cost: 61 → 38 T€ per month
person service: Make search fast enough to be used
  - Search answered at the 95th percentile: 2300 → 300 ms
  - Searches per user and day: 1.2 → 4.0
person people: Leave code behind that a newcomer dares to change
  - Test coverage of the rate engine: 41 → 80 %
  - Days until a newcomer's first release: 21 → 5
""",
    "sales": """
team growth: Win eight customers we would be proud to show
  why: References open doors in pharma and retail that no brochure does.
  - New customers above 500 T€: 0 → 8
  - Pipeline cover: 2.1 → 3.5 times
team service: Keep the customers that we have
  - Revenue up for renewal that stayed: 86 → 94 %
  - Accounts with a growth plan: 30 → 85 %
team digital: Answer tenders from one library
  - Tender answers reused: 20 → 65 %
  - Days to answer a tender: 17 → 9 days
person growth: Sell the second service to every single-service customer
  - Customers with two services: 14 → 30
  - Additional revenue: 0 → 1.4 M€
person service: Visit where the boxes are opened
  - Visits on site: 0 → 18
  - Ideas taken to operations: 0 → 12
person digital: Keep a forecast that my finance colleague believes
  - Forecast error: 26 → 10 %
  - Opportunities with a next step: 51 → 95 %
""",
    "quality": """
team people: See the accident before it happens
  - Near misses with an action: 38 → 90 %
  - Safety walks by leads: 22 → 80 per month
team growth: Pass the ISO 45001 audit with nothing major
  - Open corrective actions: 61 → 10
  - Sites audited internally: 5 → 17
team service: Contracts back within a week
  - Days until a contract is reviewed: 15 → 6 days
  - Contracts on our own terms: 42 → 65 %
person people: Train every lead in talking about mistakes
  - Leads trained: 0 → 120
  - Incidents reported within a day: 58 → 90 %
person service: Know which personal data we hold, and let go of half
  - Systems in the register: 31 → 84
  - Records past their date deleted: 0 → 95 %
person growth: Lower the insurance premium with evidence
  - Loss ratio: 71 → 55 %
  - Sites with sprinkler certificates: 9 → 17
""",
}
