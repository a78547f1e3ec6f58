"""What the trades of the air, the sea and the border aim at."""

FREIGHT = {
    "air": """
team service: Fly what we booked, on the flight we booked
  why: Offloads at {city} doubled last winter, and each one starts twelve e-mails.
  - Shipments flown as booked: 88.0 → 95.0 %
  - Offloads found out from the customer: 21 → 4 per month
team growth: Become the pharma desk that {city} recommends
  why: CEIV Pharma takes a year of clean files. Then the tenders come to us.
  - Cold-chain shipments: 140 → 260 per month
  - Temperature excursions: 6 → 1 per quarter
  - Open audit findings: 14 → 0
team digital: Paperless export from {city}
  - Electronic air waybills: 57 → 92 %
  - Documents printed per shipment: 9 → 2
person service: Shorten the way from acceptance to ready-for-carriage
  - Hours from dock to ready: 7.5 → 4.5 h
  - Cut-offs missed: 13 → 4 per month
person growth: Build load plans that fill the corners
  - Average container fill by volume: 74 → 83 %
  - Revenue per kilogram: 2.12 → 2.30 €
person people: Train the weekend crew on lithium batteries
  - Colleagues certified: 4 → 16
  - Dangerous goods rejected at acceptance: 5.2 → 1.5 %
""",
    "ocean": """
team service: No container waits for us
  why: Demurrage at {city} came to 212,000 € last year. Most of it was a document one day late.
  - Demurrage and detention paid: 53 → 20 T€ per quarter
  - Bills of lading out within 24 hours: 66 → 92 %
team digital: Book with the carriers without retyping
  - Bookings sent by interface: 38 → 80 %
  - Booking errors per 1,000: 22 → 6
team growth: Fill the weekly consolidation from {city}
  why: Above 80 % the box earns money. We average 71.
  - Fill of the weekly box: 71 → 84 %
  - New shippers in consolidation: 0 → 25
person service: Know of every rolled booking before the customer does
  - Rolled bookings told in advance: 48 → 92 %
  - Hours until an alternative is offered: 19 → 6 h
person growth: Turn my ten oldest quotes into a lane or into peace
  - Quotes decided: 0 → 10
  - Volume won: 0 → 320 TEU
person green: Offer the slower, cleaner sailing with every quote
  - Quotes with a low-carbon option: 5 → 90 %
  - Customers who chose it: 2 → 24
""",
    "buying": """
team growth: Buy capacity early where {city} always runs short
  why: Spot rates in the fourth quarter are twice the contract. We know the weeks by now.
  - Peak volume under contract: 54 → 80 %
  - Paid above the market index: 6.0 → 1.5 %
team service: Work with fewer carriers, and know them well
  - Carriers with a quarterly review: 6 → 20
  - Tender rejections by carriers: 17 → 8 %
team green: Make carbon a line in every tender
  - Tenders scored on emissions: 10 → 100 %
  - Carriers that report primary data: 9 → 40
person digital: Retire the rate spreadsheet
  why: Version 47_final_NEW is nobody's source of truth.
  - Lanes in the rate system: 220 → 1400
  - Minutes to find a rate: 14 → 1 min
person growth: Renegotiate the surcharges nobody reads
  - Surcharges reviewed: 0 → 38
  - Saved per year: 0 → 410 T€
person service: Check every carrier invoice against its contract
  - Invoices checked by rule: 22 → 95 %
  - Recovered from wrong invoices: 0 → 120 T€
""",
    "customs": """
team service: Clear {city} before the ship is unloaded
  why: Goods that wait for papers block the yard and the customer's line.
  - Declarations filed before arrival: 59 → 88 %
  - Hours from arrival to release: 31 → 14 h
team digital: Let the system classify what it has seen before
  - Lines classified automatically: 26 → 65 %
  - Corrections after filing: 3.4 → 1.2 %
team growth: Keep the authorised-operator status without a finding
  - Findings in the internal audit: 9 → 0
  - Controls tested on time: 70 → 100 %
person service: Answer tariff questions within the day
  - Questions answered the same day: 52 → 90 %
  - Binding rulings obtained: 1 → 6
person people: Pass the senior broker exam
  - Mock exam score: 61 → 80 %
  - Modules finished: 2 → 8
person digital: Describe goods so that nobody has to call the shipper
  - Calls to shippers about descriptions: 45 → 15 per week
  - Product records enriched: 0 → 1500
""",
}
