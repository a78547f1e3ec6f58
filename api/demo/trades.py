"""Trades: what the people of a department do, how its teams are called and what its titles are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """One kind of work; `{city}` in a team's name stands for where the team sits."""

    head: str
    lead: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]


TRADES: dict[str, Trade] = {
    "linehaul": Trade(
        "Head of Linehaul Operations",
        "Linehaul Team Lead",
        (
            "Linehaul Planner",
            "Transport Coordinator",
            "Cross-border Coordinator",
            "Driver Coach",
            "Senior Linehaul Planner",
        ),
        ("Day Linehaul {city}", "Night Linehaul {city}", "Cross-border Desk {city}"),
    ),
    "last_mile": Trade(
        "Head of Last Mile",
        "Depot Lead",
        (
            "Route Planner",
            "Delivery Coordinator",
            "Hub Operator",
            "Courier Coach",
            "Address Quality Analyst",
        ),
        ("City Delivery {city}", "Parcel Hub {city}", "Home & Heavy {city}"),
    ),
    "fleet": Trade(
        "Head of Fleet & Maintenance",
        "Workshop Lead",
        (
            "Fleet Technician",
            "Fleet Analyst",
            "Charging Infrastructure Engineer",
            "Tyre & Parts Buyer",
            "Senior Fleet Technician",
        ),
        ("Workshop {city}", "Fleet Electrification {city}"),
    ),
    "care": Trade(
        "Head of Customer Care",
        "Customer Care Team Lead",
        (
            "Customer Care Specialist",
            "Claims Handler",
            "Key Account Coordinator",
            "Order Desk Agent",
            "Senior Customer Care Specialist",
        ),
        ("Customer Care {city}", "Key Account Desk {city}"),
    ),
    "air": Trade(
        "Head of Air Freight Operations",
        "Air Freight Team Lead",
        (
            "Air Freight Coordinator",
            "Export Documentation Specialist",
            "Pharma Handling Specialist",
            "Charter Broker",
            "Senior Air Freight Coordinator",
        ),
        ("Air Export {city}", "Air Import {city}", "Pharma & Charter {city}"),
    ),
    "ocean": Trade(
        "Head of Ocean Freight Operations",
        "Ocean Freight Team Lead",
        (
            "Ocean Freight Coordinator",
            "Booking Specialist",
            "Reefer Specialist",
            "Vessel Schedule Planner",
            "Senior Ocean Freight Coordinator",
        ),
        ("FCL Desk {city}", "Consolidation {city}", "Reefer Desk {city}"),
    ),
    "buying": Trade(
        "Head of Carrier Procurement",
        "Procurement Lead",
        (
            "Carrier Buyer",
            "Rates Analyst",
            "Contract Manager, Carriers",
            "Tender Specialist",
            "Senior Carrier Buyer",
        ),
        ("Carrier Buying {city}", "Rates & Tenders {city}"),
    ),
    "customs": Trade(
        "Head of Customs",
        "Clearance Team Lead",
        (
            "Customs Declarant",
            "Customs Broker",
            "Classification Specialist",
            "Trade Compliance Analyst",
            "Senior Customs Broker",
        ),
        ("Import Clearance {city}", "Export Clearance {city}"),
    ),
    "warehouse": Trade(
        "Head of Warehouse Operations",
        "Shift Lead",
        (
            "Warehouse Operator",
            "Forklift Operator",
            "Stock Controller",
            "Returns Inspector",
            "Shift Coordinator",
        ),
        ("Inbound {city}", "Outbound {city}", "Night Shift {city}"),
    ),
    "design": Trade(
        "Head of Solution Design",
        "Solution Design Lead",
        (
            "Solution Designer",
            "Automation Engineer",
            "Continuous Improvement Engineer",
            "Simulation Analyst",
            "Senior Solution Designer",
        ),
        ("Solution Design {city}", "Automation {city}"),
    ),
    "finance": Trade(
        "Head of Finance Operations",
        "Finance Team Lead",
        (
            "Billing Specialist",
            "Business Controller",
            "Accounts Payable Specialist",
            "Treasury Analyst",
            "Senior Controller",
        ),
        ("Business Controlling {city}", "Billing & Collections {city}"),
    ),
    "people": Trade(
        "Head of People Operations",
        "People Team Lead",
        (
            "People Operations Specialist",
            "Talent Partner",
            "Learning Designer",
            "HR Business Partner",
            "Compensation Analyst",
        ),
        ("People Operations {city}", "Talent Acquisition {city}"),
    ),
    "tech": Trade(
        "Head of Engineering",
        "Engineering Lead",
        (
            "Software Engineer",
            "Senior Software Engineer",
            "Product Designer",
            "Data Engineer",
            "Site Reliability Engineer",
        ),
        ("Booking Platform {city}", "Tracking & ETA {city}", "Warehouse Systems {city}"),
    ),
    "sales": Trade(
        "Head of Sales",
        "Sales Team Lead",
        (
            "Account Executive",
            "Tender Manager",
            "Account Developer",
            "Sales Analyst",
            "Senior Account Executive",
        ),
        ("Enterprise Sales {city}", "Tender Desk {city}"),
    ),
    "quality": Trade(
        "Head of Quality & Compliance",
        "Quality Lead",
        (
            "Quality Auditor",
            "Safety Adviser",
            "Legal Counsel",
            "Insurance & Claims Analyst",
            "Privacy Officer",
        ),
        ("Quality & Safety {city}", "Legal & Insurance {city}"),
    ),
    "site": Trade(
        "Site Manager",
        "Facilities Lead",
        (
            "Facilities Technician",
            "Yard Marshal",
            "Gatehouse Officer",
            "Energy Technician",
            "Site Administrator",
        ),
        ("Site Services {city}",),
    ),
    "nursing": Trade(
        "Director of Nursing",
        "Charge Nurse",
        ("Registered Nurse", "Nurse Practitioner", "Licensed Practical Nurse", "Triage Nurse"),
        ("Urgent Care Nurses", "Family Practice Nurses"),
    ),
    "medicine": Trade(
        "Medical Director",
        "Lead Physician",
        ("Family Physician", "Urgent Care Physician", "Physician Assistant", "Resident Physician"),
        ("Physicians",),
    ),
    "diagnostics": Trade(
        "Head of Diagnostics",
        "Chief Technologist",
        ("Medical Laboratory Technologist", "X-ray Technologist", "Sonographer", "Phlebotomist"),
        ("Imaging", "Laboratory"),
    ),
    "rehab": Trade(
        "Head of Rehabilitation",
        "Senior Physiotherapist",
        ("Physiotherapist", "Occupational Therapist", "Dietitian", "Kinesiologist"),
        ("Rehabilitation",),
    ),
    "front": Trade(
        "Head of Patient Access",
        "Patient Access Lead",
        ("Receptionist", "Booking Clerk", "Medical Secretary", "Interpreter Coordinator"),
        ("Front Desk", "Booking Office"),
    ),
    "office": Trade(
        "Director of Operations",
        "Office Lead",
        ("Billing Clerk", "IT Technician", "Health Records Clerk", "Payroll Clerk"),
        ("Back Office",),
    ),
}
