"""The names of people, units and goals in the data set."""

_GIVEN_NAMES_TEXT = (
    "Ada Aino Alba Amara Anaïs Anders Anouk Aria Arjun Astrid Bao Beatriz Björn Boris Camila Carlos"
    " Chen Chiara Clara Dalia Daniel Darius Deniz Diego Dmitri Elena Élise Emeka Emil Esther Farah"
    " Femi Fiona Freya Gabriel Giulia Hana Hannah Hiroshi Ibrahim Ida Ines Ingrid Isaac Ivana Jakub"
    " Jamal Joana Jonas José Julia Kaito Karim Kenji Kofi Lars Layla Leila Lena Liam Lucía Luka"
    " Maëlle Magnus Malik Maren Maria Mateo Maya Mei Mikael Milan Mina Nadia Naomi Nikhil Nina Noah"
    " Nuria Olga Omar Oscar Paolo Petra Priya Rafael Ravi Rosa Ruth Salma Samir Sara Selma Sofia"
    " Søren Suki Tariq Tessa Théo Tomás Uma Viktor Wei Yara Yuki Zainab Zoë"
)

_FAMILY_NAMES_TEXT = (
    "Abe Acosta Adeyemi Aguilar Ahmed Almeida Andersson Arslan Bauer Becker Berg Bianchi Björk Blum"
    " Bonnet Braga Castillo Chowdhury Conti Costa Cruz Dahl Delgado Demir Diallo Dubois Duarte"
    " Eriksen Esposito Farouk Fernández Fischer Fontaine Fujita Gallo García Gupta Haddad Hansen"
    " Hartmann Hassan Herrera Hoffmann Horvat Ito Ivanov Jansen Jensen Johansson Jovanović Kaya"
    " Keller Khan Kim Kimura Klein Kowalski Krüger Lambert Larsen Laurent Leone Lindgren López"
    " Lund Maier Malik Marino Martin Mendes Meyer Mohamed Molina Moreau Müller Mwangi Nakamura"
    " Ncube Nguyen Nielsen Novák Nowak Nuñez Obi Okafor Oliveira Olsen Osei Özdemir Park Patel"
    " Pereira Petrov Popescu Rahman Ramos Rao Reyes Ricci Rivera Rojas Rossi Roy Ruiz Sahin Saito"
    " Santos Sato Schmidt Schwarz Silva Singh Sørensen Sousa Strand Suzuki Svensson Takeda Tan"
    " Thomsen Torres Touré Vargas Vega Virtanen Vogel Wagner Watanabe Weber Wong Yamada Yilmaz"
    " Zhang Zhou"
)

GIVEN_NAMES, FAMILY_NAMES = _GIVEN_NAMES_TEXT.split(), _FAMILY_NAMES_TEXT.split()

JOB_TITLES = (
    "Account Executive",
    "Business Analyst",
    "Customer Success Lead",
    "Data Engineer",
    "Dispatcher",
    "Finance Partner",
    "Operations Planner",
    "Product Designer",
    "Product Manager",
    "Quality Engineer",
    "Recruiter",
    "Software Engineer",
    "Support Specialist",
    "Warehouse Supervisor",
)

LOCATIONS = (
    ("Amsterdam", "Europe/Amsterdam"),
    ("Berlin", "Europe/Berlin"),
    ("Lagos", "Africa/Lagos"),
    ("Lisbon", "Europe/Lisbon"),
    ("São Paulo", "America/Sao_Paulo"),
    ("Singapore", "Asia/Singapore"),
    ("Toronto", "America/Toronto"),
    ("Tokyo", "Asia/Tokyo"),
)

DIVISIONS = ("Commerce", "Logistics", "Platform", "Finance", "People", "Service", "Research")

GOAL_VERBS = ("Reduce", "Improve", "Launch", "Double", "Simplify", "Stabilise", "Grow", "Automate")

GOAL_OBJECTS = (
    "order lead time",
    "customer onboarding",
    "the returns process",
    "carrier punctuality",
    "renewal revenue",
    "invoice accuracy",
    "the hiring funnel",
    "incident response",
    "warehouse throughput",
    "self-service support",
    "forecast quality",
    "data freshness",
)

GOAL_ENDS = (
    "in Europe",
    "for key accounts",
    "before the peak season",
    "with two teams",
    "this year",
)

MEASURES = (
    ("Median lead time", "days", "decrease", 12, 6),
    ("On-time share", "%", "increase", 82, 95),
    ("Tickets per 1,000 orders", "tickets", "decrease", 40, 22),
    ("Net revenue retained", "%", "increase", 96, 108),
    ("Pilots finished", None, "increase", 0, 8),
    ("Errors found by customers", "errors", "decrease", 60, 15),
)

NOTES = (
    "Two pilots finished; the third starts on Monday.",
    "Slower than planned, because the data arrived late.",
    "The new carrier has signed.",
    "We learned that the form was the problem, not the process.",
    None,
)
