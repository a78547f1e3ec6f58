"""What the trades of the warehouse aim at."""

WAREHOUSES = {
    "warehouse": """
team people: A hundred shifts without an injury in {city}
  why: We count shifts and not months, because each one is somebody's day.
  - Shifts in a row without injury: 23 → 100
  - Near misses reported: 12 → 45 per month
  - Walkways kept clear at audit: 81 → 100 %
team service: Ship what was ordered, all of it, today
  - Order accuracy: 99.20 → 99.80 %
  - Orders shipped on the day: 93.0 → 98.5 %
team growth: Put it away once, and where it belongs
  why: Every second touch costs 0.38 € and hides stock from the pickers.
  - Touches per pallet: 3.1 → 2.2
  - Dock to stock: 9.0 → 4.0 h
team green: Halve the plastic that leaves {city}
  - Stretch film per pallet: 310 → 150 g
  - Void fill on paper instead of plastic: 15 → 95 %
person service: Count so well that nobody looks twice
  - Inventory accuracy of my zones: 97.6 → 99.5 %
  - Recounts per week: 28 → 8
person people: Become a trainer for the new reach trucks
  - Colleagues trained: 0 → 14
  - Rack damage: 9 → 2 per month
person growth: Bring returns back on the shelf within a day
  - Returns restocked within 24 h: 38 → 85 %
  - Value written off: 6.4 → 3.0 %
person digital: Get rid of the paper pick list on the mezzanine
  - Picks with scanner: 64 → 100 %
  - Picks per hour: 78 → 96
""",
    "design": """
team digital: Bring goods-to-person picking live in {city}
  why: Board approval rests on eighteen months of payback. The first site decides about the rest.
  - Robots in daily operation: 0 → 42
  - Picks per hour and station: 120 → 310
  - Milestones on time: 40 → 90 %
team growth: Win tenders with designs that hold in practice
  - Tender designs that won: 24 → 35 %
  - Cost in operation against design: 12.0 → 5.0 % off
team people: Lay out stations that do not hurt backs
  - Stations with ergonomic assessment: 18 → 80 %
  - Lifts above 15 kg per shift: 140 → 45
person digital: Simulate before we bolt anything to the floor
  - Designs simulated: 3 → 12
  - Late layout changes: 16 → 5
person growth: Find one hour in every shift
  why: Waiting, walking, searching: it is there on the video.
  - Improvements put into practice: 0 → 15
  - Hours saved per week: 0 → 60 h
person green: Cut the night-time power of an empty hall
  - Base load at night: 86 → 45 kW
  - Lights on sensors: 35 → 100 %
""",
    "site": """
team green: Put the roof of {city} to work
  why: Twelve thousand square metres face the sun and nothing else.
  - Solar power installed: 0 → 900 kWp
  - Own power in our mix: 0 → 28 %
team service: Turn trucks at the {city} gate in half an hour
  - Gate to gate time: 71 → 30 min
  - Trucks with a booked slot: 48 → 90 %
person people: Make the yard readable at night
  - Lamps and markings renewed: 0 → 64
  - Yard incidents: 5 → 1 per month
person service: Fix what is reported within two days
  - Tickets closed in two days: 55 → 90 %
  - Tickets reported again: 19 → 5 %
""",
}
