"""What the trades of the road aim at."""

ROAD = {
    "linehaul": """
team service: Get the {city} trailers out on time, every night
  why: A trailer that leaves twenty minutes late misses its window and idles for half a day.
  - Departures within ten minutes of plan: 82 → 94 %
  - Trailers planned anew after the cut-off: 34 → 15 per week
team growth: Drive fewer empty kilometres out of {city}
  why: Return loads are there; we look for them too late in the day.
  - Empty kilometres: 22.5 → 16.0 %
  - Return loads booked before noon: 41 → 70 %
team green: Move the {city} shuttles to electric trucks
  why: Six shuttles under 180 km a day are an easy start, and the port pays for the chargers.
  - Electric shuttles in daily service: 0 → 6
  - Energy per kilometre: 1.45 → 1.20 kWh
  - Tonnes of CO₂ avoided: 0 → 140 t
person digital: Plan the peak season from forecasts instead of memory
  why: Last November we booked forty trucks too few and then paid spot rates.
  - Forecast error, weekly volume: 18 → 9 %
  - Spot trucks bought at short notice: 46 → 20 per month
person service: Hand over every shift without loose ends
  - Open questions at handover: 7 → 1 per shift
  - Planning rules written down: 0 → 25
person people: Cut driver waiting time at our docks
  why: Drivers tell each other where they wait. We want to be where they do not.
  - Average waiting time: 52 → 25 min
  - Driver satisfaction at the gate: 3.4 → 4.3 of 5
""",
    "last_mile": """
team service: Deliver {city} the first time we ring
  why: A second attempt costs 4.10 € and a good part of the goodwill.
  - First-attempt deliveries: 86.5 → 93.0 %
  - Parcels back at the depot each day: 310 → 150
team green: Take the inner ring of {city} by cargo bike
  why: The zero-emission zone comes either way. We would rather practise now.
  - Parcels delivered by bike or on foot: 4 → 22 %
  - Parking fines: 48 → 10 per month
team people: Routes that a new courier can drive on day three
  - Days until a courier works alone: 9 → 3
  - Couriers who leave within 90 days: 31 → 15 %
person digital: Clean up the addresses that cost us most
  why: Two hundred addresses cause a fifth of all failed stops.
  - Addresses corrected and pinned: 0 → 200
  - Failed stops at those addresses: 27 → 8 %
person service: Answer the couriers before they have to call twice
  - Calls answered within a minute: 58 → 90 %
  - Repeat calls: 24 → 9 %
person growth: Bring the cost of a stop below two euros in my area
  - Cost per stop: 2.34 → 1.98 €
  - Stops per route: 112 → 128
""",
    "fleet": """
team green: Keep the electric trucks of {city} on the road
  why: Every day in the workshop is a day on diesel.
  - Electric fleet availability: 88.0 → 96.5 %
  - Charging sessions that fail: 9.5 → 2.0 %
team service: No surprises by the roadside
  why: A breakdown costs 1,900 € and a customer's patience. Most of them announce themselves.
  - Breakdowns per million km: 6.2 → 3.5
  - Planned share of workshop hours: 63 → 82 %
team growth: Make tyres last another season
  - Tyre cost per 1,000 km: 4.80 → 4.10 €
  - Trucks with right tyre pressure: 71 → 95 %
person green: Qualify for high-voltage work, and bring two others along
  - Colleagues certified: 0 → 3
  - Battery jobs done in house: 5 → 40 %
person digital: Read the telematics so that we call the driver first
  - Faults found before the driver reports: 12 → 55 %
  - False alarms: 38 → 15 %
person growth: Halve the parts that gather dust
  - Stock value of slow parts: 184 → 90 T€
  - Parts available on the day: 91.0 → 95.0 %
""",
    "care": """
team service: Solve it in the first call
  why: Customers who call twice about one shipment are three times as likely to leave.
  - Solved at first contact: 61 → 78 %
  - Customer satisfaction after contact: 4.0 → 4.5 of 5
team digital: Tell customers about the delay before they ask
  why: A third of our calls are “where is it?”.
  - Delays announced in advance: 35 → 85 %
  - “Where is it?” calls per 1,000 shipments: 41 → 18
team growth: Close claims while they are still small
  - Days until a claim is settled: 34 → 12
  - Claims settled below 100 € on the same day: 8 → 60 %
person service: Write answers that need no second e-mail
  - Replies per case: 3.1 → 1.8
  - Quality score of my cases: 82 → 92 points
person digital: Teach the help centre the twenty questions I hear most
  - Articles written and translated: 0 → 20
  - Article views per week: 150 → 900
person growth: Keep my six key accounts, and learn what they need next
  - Business reviews held: 0 → 6
  - Contract value renewed: 0 → 1.8 M€
""",
}
