"""What Meridian and its parts aim at for a fiscal year."""

COMPANY_YEAR = {
    "MER": """
year service: Be the carrier our customers stop worrying about
  why: Customers leave over surprises, not over prices. Seven of our ten largest losses named late
  deliveries first.
  - Deliveries on time and in full: 91.4 → 96.0 %
  - Net promoter score, all customers: 38 → 50
  - Claims per 10,000 shipments: 14.2 → 8.0
year growth: Grow profitably where we are already good
  why: Two thirds of our margin comes from a third of our lanes. We want more of those customers
  and not simply more volume.
  - Revenue: 412 → 455 M€
  - EBIT margin: 4.1 → 5.2 %
  - Customers kept over the year: 88 → 93 %
year green: Cut a fifth of our carbon per tonne-kilometre
  why: Half of our tenders ask for it now, and it is right.
  - Emissions, well to wheel: 62 → 50 g CO₂e/tkm
  - Kilometres on electricity or HVO: 6 → 18 %
  - Renewable power at our sites: 41 → 75 %
year people: Everybody home safe, and glad to come back
  why: We hire for three jobs to fill one. Safety and a decent shift plan keep people here.
  - Lost-time injuries per million hours: 5.8 → 3.0
  - Voluntary turnover: 17.0 → 12.0 %
  - Engagement index: 7.1 → 7.8 points
year digital: One click from quote to proof of delivery
  why: A booking is typed four times on its way through our systems today.
  - Bookings without a human touch: 34 → 70 %
  - Arrival forecasts within 30 minutes: 61 → 85 %
  - Invoices that are right the first time: 93.5 → 98.5 %
""",
    "ROAD": """
year service: Make Road the punctual way across Europe
  why: Rail and our two closest rivals are at 95 %. Below that we are not invited any more.
  - Deliveries on time and in full: 90.2 → 95.5 %
  - Missed departures per week: 61 → 20
year green: Electrify the first 300,000 kilometres
  why: Short hauls around Rotterdam and Duisburg can run on batteries today and pay for it.
  - Electric kilometres driven: 42 → 300 thousand km
  - Diesel per 100 km: 27.4 → 25.0 l
year growth: Fill the empty kilometres
  why: Every fifth kilometre runs empty. That is the margin that we look for elsewhere.
  - Empty kilometres: 21.0 → 16.5 %
  - Revenue per truck and day: 1040 → 1180 €
""",
    "AO": """
year digital: Quote every lane within the hour
  why: The first quote wins four of ten shipments, and we answer the next morning.
  - Quotes answered within an hour: 28 → 75 %
  - Quotes that become bookings: 19 → 27 %
year service: Keep promises that depend on other people's ships
  why: We cannot make a vessel sail. We can tell the customer before they ask.
  - Shipments with a delay told in advance: 44 → 90 %
  - Containers rolled without notice: 37 → 10 per month
year growth: Win pharma and reefer on three new lanes
  why: Cold cargo pays twice the margin and stays with those who never break the chain.
  - Gross profit from cold cargo: 3.1 → 5.0 M€
  - Temperature excursions: 11 → 3 per quarter
""",
    "WH": """
year people: A year without a serious accident in any warehouse
  why: Two colleagues were hurt last year. Both accidents were foreseen in a near-miss report.
  - Lost-time injuries per million hours: 8.4 → 4.0
  - Near misses reported: 210 → 600
year digital: Let the machines carry and the people decide
  why: Operators walk eleven kilometres a shift for work that a robot does better.
  - Picks per hour and person: 84 → 110
  - Sites with goods-to-person picking: 1 → 4
year growth: Fill what we have before we build
  why: Poznań is full while Savannah stands a third empty.
  - Pallet positions in use: 78 → 90 %
  - Contribution margin of fulfilment: 7.9 → 9.5 %
""",
    "division": """
year service: Deliver the promise of {unit}, every week
  why: An average hides bad weeks, and customers remember bad weeks.
  - Weeks above the service target: 29 → 46
  - Complaints answered on the same day: 64 → 92 %
year growth: Make {unit} a place that earns its growth
  why: We grew by seven per cent last year, and our cost by nine.
  - Operating cost per order: 18.40 → 16.90 €
  - Forecast against budget, deviation: 6.5 → 2.0 %
year people: Grow the next leads of {unit} from within
  why: Of the last ten leads we hired eight from outside, and three have left already.
  - Lead roles filled from within: 20 → 60 %
  - People with a development talk this year: 55 → 95 %
""",
}
