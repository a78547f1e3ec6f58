"""What Harbor Clinic and its trades aim at."""

CLINIC_YEAR = {
    "HARBOR": """
year access: See everybody who needs us within two days
  why: One in nine Nova Scotians waits for a family practice. We can shorten the line in our town.
  - Third next available appointment: 9.0 → 2.0 days
  - Patients attached to a practice here: 11200 → 13000
  - Visits that end without being seen: 6.1 → 2.5 %
year care: Care that people would choose for their mother
  - Patients who would recommend us: 81 → 90 %
  - Charts with a current medication list: 68 → 95 %
year people: A clinic that staff come back to
  - Voluntary turnover: 19.0 → 11.0 %
  - Overtime: 310 → 120 hours per month
year money: End the fiscal year in the black
  - Operating result: -85 → 40 T$
  - Claims paid at first submission: 88.0 → 96.0 %
""",
    "CLIN": """
year care: Make the safe thing the easy thing
  - Hand hygiene observed: 78 → 95 %
  - Critical results called within the hour: 71 → 98 %
year access: Open on Saturday, all year
  - Saturdays with full clinic: 12 → 50
  - Same-day slots per week: 60 → 140
""",
    "OPS": """
year access: Answer the phone
  why: It is the first thing patients write about, and they are right.
  - Calls answered within three minutes: 46 → 85 %
  - Appointments booked online: 12 → 45 %
year money: Get paid for what we do
  - Days to submit a claim: 11 → 3 days
  - Write-offs: 21 → 8 T$ per quarter
""",
}

CLINIC = {
    "nursing": """
team care: Vaccinate before the flu season peaks
  - Over-65s vaccinated: 52 → 75 %
  - Clinics held in the community: 0 → 8
team access: Triage at the door within five minutes
  - Median time to triage: 14 → 5 min
  - Patients sent back to the right place: 61 → 85 %
person care: Run the diabetes foot clinic on my own
  - Feet checked: 0 → 160
  - Patients with a current check: 44 → 80 %
person people: Bring two students through their placement, and want them back
  - Skills signed off: 0 → 48
person care: Certify in wound care
  - Supervised hours: 10 → 60 h
  - Healing time of leg ulcers: 14 → 10 weeks
""",
    "medicine": """
team care: Prescribe fewer antibiotics, and the right ones
  - Antibiotics for sore throats: 48 → 25 %
  - Prescriptions by guideline: 66 → 88 %
team access: Give every urgent visit a follow-up
  - Urgent visits with a booked follow-up: 39 → 80 %
  - Returns within 72 hours: 7.5 → 4.5 %
person access: Clear my referral backlog
  - Referrals waiting over a week: 64 → 5
  - Days until a referral is sent: 12 → 3 days
person care: Deprescribe with my ten-medicine patients
  - Medication reviews done: 0 → 60
  - Average number of medicines: 11.2 → 8.5
person people: Finish charting before supper
  - Charts closed on the day: 54 → 92 %
""",
    "diagnostics": """
team access: X-ray in and out in twenty minutes
  - Arrival to image: 41 → 20 min
  - Repeat images: 6.8 → 3.0 %
team care: No lost samples, no second needle
  - Samples rejected: 2.9 → 0.8 %
  - Results within two hours: 72 → 94 %
person care: Validate the new chemistry analyser
  - Assays validated: 0 → 32
person access: Open the early ultrasound list
  - Scans before nine: 0 → 90
""",
    "rehab": """
team access: First physiotherapy visit within a week
  - Wait for the first visit: 23 → 7 days
  - Missed appointments: 14.0 → 6.0 %
team care: Get knees moving sooner
  - Flexion at six weeks: 96 → 112 degrees
  - Patients who do their exercises: 48 → 75 %
person care: Start a falls-prevention group in Dartmouth
  - People in the group: 0 → 18
  - Falls reported per quarter: 11 → 4
person access: Offer visits by video where hands are not needed
  - Visits by video: 2 → 20 %
""",
    "front": """
team access: Nobody waits on hold for a prescription renewal
  - Renewals by web or text: 9 → 60 %
  - Average time on hold: 11.0 → 3.0 min
team people: A front desk that stays kind on Mondays
  - Incidents of abuse at the desk: 13 → 4 per month
  - Staff who feel safe: 6.2 → 8.5 points
person access: Fill the gaps that cancellations leave
  - Cancelled slots filled: 31 → 75 %
  - Names on the short-notice list: 20 → 150
person care: Greet in French and Arabic too
  - Visits with an interpreter booked ahead: 35 → 90 %
person people: Know every face of the morning list by name
  - Patient comments that mention the desk: 2 → 15
""",
    "office": """
team money: Claims out in three days, and paid the first time
  - Days to submit: 11 → 3 days
  - Rejected claims: 8.4 → 3.0 %
team digital: Scan the last paper chart
  - Paper charts left: 5400 → 0
  - Minutes to find a record: 9.0 → 0.5 min
person digital: Patch everything within two weeks
  - Devices up to date: 63 → 98 %
person money: Tame the supply cupboard
  - Supplies thrown away: 2.9 → 0.8 T$ per month
  - Items with a reorder point: 40 → 210
person people: Pay everybody right, the first time, every time
  - Payroll corrections: 14 → 2 per month
""",
}
