"""Remarks: what people write when they check in, and when they close a goal.

`{figure}` stands for the name of a measure in mid-sentence, `{now}` for its value with its unit,
`{before}` for the one before.
"""

from domain.goals import GoalStatus

FIRST = (
    "Kick-off done. We agreed on how we count, which took longer than expected.",
    "First numbers are in: {figure} stands at {now}. Nobody was surprised.",
    "Started. The baseline was worse than we thought, so the target is fair.",
    "Set up the weekly look at {figure}. Small steps so far.",
    "Early days. Two quick wins, both somebody else’s idea.",
    "Spent the first weeks listening. Now we know where it hurts.",
    "Dashboard is live, and people argue about the figures instead of about opinions. Progress.",
    None,
)

ON_TRACK = (
    "{figure} is at {now}, up to plan. The morning huddle works.",
    "{now} now, it was {before} last time. Keeping the pace.",
    "On plan. The pilot team has started to teach the others.",
    "Good weeks. {figure}: {now}. I would not change anything right now.",
    "We had a dip during the holiday, and caught up. {now} as of today.",
    "The new checklist is finally used without reminders. {figure} {now}.",
    "Steady. {before} → {now}. Thanks to the colleagues from the night shift.",
    "The supplier delivered early for once, which gives us two weeks of slack.",
    "Halfway in time and a little further in the numbers.",
    "Two of three actions are closed. The last one is scheduled.",
    "Better than I dared to hope: {figure} at {now}.",
    "Customer noticed before we told them. That felt good.",
    "No drama. {figure} moves in the right direction, {now} this time.",
    "Training is complete for everyone who works days; nights follow.",
    None,
    None,
    None,
)

AT_RISK = (
    "{figure} is stuck at {now}. We see why, and the fix needs IT in the next sprint.",
    "Slower than planned. Two people were out sick for three weeks.",
    "{now} after {before}. Right direction, wrong speed.",
    "Peak season eats the time that we set aside for this. Asked for help from the neighbour team.",
    "The easy part is done. What is left depends on the carrier, who does not answer.",
    "We lost a good week to the system outage. Still doable if nothing else happens.",
    "Volume went up by a fifth and hides the improvement. Per unit we are fine.",
    "I underestimated the paperwork. Re-planned, new milestones from Monday.",
    "Half of the team does it the new way, the other half waits to be convinced. Working on it.",
    "{figure} slipped to {now}. Temporary, I believe, but I have said that before.",
    "Budget for the second phase is not approved yet. Yellow until it is.",
    None,
)

OFF_TRACK = (
    "{figure} at {now}. We will not make it like this, talking to my lead this week.",
    "Blocked. The permit is in its third month.",
    "Honestly: other things came first. I need to decide whether this still matters.",
    "{before} → {now}. The measure works against us since the new customer came on.",
    "The pilot failed. We learned that the scanners do not survive the freezer.",
    "Vacancy still open, so nobody has been doing this for five weeks.",
    "Far behind. Proposed to cut the scope to one site and do that well.",
    None,
)

LAST = (
    "Final figure: {now} for {figure}.",
    "Closing the books on this one. {figure} ended at {now}.",
    "Last check-in. {before} → {now}.",
    None,
)

AT_HOME: dict[str, tuple[str, ...]] = {
    "es": (
        "Vamos bien: {now}. El turno de noche ha sido clave.",
        "Un poco más lento de lo previsto, pero seguimos. {before} → {now}.",
    ),
    "pl": (
        "Idzie zgodnie z planem, {now}. Dzięki zespołowi z nocnej zmiany.",
        "Powoli, ale do przodu: {before} → {now}.",
    ),
    "de": (
        "Läuft. {figure}: {now}.",
        "Zäher als gedacht, aber die Richtung stimmt: {before} → {now}.",
    ),
    "nl": ("Gaat lekker: {now}. Volgende week de nachtploeg erbij.", "Rustig aan, {now}."),
    "pt": ("Estamos no bom caminho, {now}.", "Devagar mas bem: {before} → {now}."),
    "br": ("Tudo certo por aqui: {now}. O time abraçou a ideia.", "Seguimos firmes, {now}."),
    "jp": ("順調です。現在 {now}。", "少し遅れていますが、{before} から {now} まで来ました。"),
    "gr": ("Καλά πάμε: {now}.", "Αργά αλλά σταθερά, {before} → {now}."),
    "ca": ("Ça avance bien: {now}.",),
}
"""What people now and then write in their own language."""

ACHIEVED = (
    "Done, and it stays done: the weekly check is now part of the routine.",
    "Reached two weeks early. The credit goes to the whole crew.",
    "Target met. Next quarter we should aim at what causes the rest.",
    "Made it in the last week. Would plan more time for training next time.",
    "Better than planned. The hardest part was to stop doing it the old way.",
    "Achieved. We wrote down how, so that the other sites can copy it.",
    None,
    None,
    None,
)

MISSED = (
    "Missed by a fair bit. We set the target before we knew the baseline.",
    "We got two thirds of the way. The system change came six weeks late, and so did we.",
    "Not reached: peak season started early and this was the first thing that we dropped.",
    "Close, but no. The last sites need a different approach, which is next quarter’s goal.",
    "I took on too much. Two goals would have been better than four.",
    "The carrier went out of business in week seven. Hard to foresee.",
    "We measured the right thing and changed the wrong one. Lesson noted.",
    "Three vacancies in a team of eight. We kept the lights on instead.",
    "Missed. The figure looks better now than at the due date, so we go on without the label.",
)

ABANDONED = (
    "Stopped: the customer moved this volume to their own fleet.",
    "Overtaken by the new booking platform, which solves this for everybody.",
    "Dropped together with my lead. It was a solution looking for a problem.",
    "The site closes next year, so the investment would not pay back.",
    "Merged into the team’s goal; counting it twice helps nobody.",
    "The regulation was postponed by two years. We will come back to it.",
    "Given up after the pilot. The robots are not ready for mixed pallets, and we said so openly.",
    "Priorities changed after the reorganization. Handed my notes to the new team.",
)

ABANDONED_BY_LEAVER = (
    "I am leaving at the end of the month; the open points are with my lead.",
    "Closed because of my departure. The list of what is left is in the team folder.",
)

PERSONAL = (
    "{before} → {now}.",
    "Slow and steady.",
    "Harder than the work itself, and more fun.",
    "Had to skip two weeks, and picked it up again.",
    "Told a friend about it, so now I have to.",
    None,
    None,
)

PERSONAL_ENDS: dict[GoalStatus, tuple[str | None, ...]] = {
    GoalStatus.ACHIEVED: ("Proud of this one.", "Done. What next?", None),
    GoalStatus.MISSED: (
        "Life happened. I will try again with a smaller step.",
        "Too ambitious beside the night shifts.",
    ),
    GoalStatus.ABANDONED: (
        "I found out that I do not want this, which is a result too.",
        "Not now. The family needs the evenings.",
    ),
}

MISSED_AT_CLINIC = (
    "Flu season filled every slot that we had opened.",
    "We lost our second sonographer in October, and with her every third list.",
    "The provincial form changed twice. We are close, and we will finish it next quarter.",
    "Honest miss. Charting from home sounded better than it was.",
)

ABANDONED_AT_CLINIC = (
    "The province took this over, with more money than we have.",
    "Stopped after the safety review: the benefit was small, and the risk was not.",
)

FIRST_AT_CLINIC = (
    "Started with the morning list. Patients seem to like it.",
    "Baseline counted by hand for two weeks: {now}.",
    "Everybody has read the protocol. Two have questions, good ones.",
)

ON_TRACK_AT_CLINIC = (
    "{figure}: {now}. Patients have started to mention it.",
    "{before} → {now}. The huddle at eight makes the difference.",
    "Good month. The locum found her way into it within a day.",
    "On plan. The new template saves about four minutes per visit.",
    None,
)

AT_RISK_AT_CLINIC = (
    "Short of two nurses since the 3rd; {figure} is at {now}.",
    "{now}. The Saturday clinics helped, the storm day did not.",
    "Waiting for the health authority to sign. Everything else is ready.",
)

OFF_TRACK_AT_CLINIC = (
    "{figure} at {now}. With the vacancies as they are this will not work.",
    "Two outbreaks in a row. I would rather stop and start again in spring.",
)

LEAVING = (
    "Moved to another city",
    "Found a role closer to home",
    "Career change",
    "End of fixed-term contract",
    "Retirement",
    "Full-time studies",
    "Better offer elsewhere",
    "Family reasons",
    "Probation not passed",
)

ABSENCES = (
    "Parental leave",
    "Parental leave",
    "Long-term illness",
    "Sabbatical",
    "Family care leave",
    "Study leave",
)
