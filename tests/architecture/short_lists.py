"""The names of lists without pages: each has few items, by a limit or by its nature."""

AXES = ("horizontal", "vertical")

SHORT_LISTS = {"edges", "nodes", "errors", "viewerCan", "permissions", "ancestors", "references"}
SHORT_LISTS |= {
    "managementChain",
    "reportingLines",
    "employments",
    "jobs",
    "leaves",
    "grants",
    "roles",
}
SHORT_LISTS |= {"outcomes", "warnings", "kpis"}  # of a batch, which has a limit
SHORT_LISTS |= {
    "assignments",
    "values",
    "changes",
    "labels",
    "field",
    "inputs",
    "entries",
    "signals",
}
SHORT_LISTS |= {"kpiTemplates", "variants", "frequencies"}
SHORT_LISTS |= {"limitsByBaseline"}  # one for each of at most 50 baselines
SHORT_LISTS |= {"dimensions", "members"}  # 10 and 200 at most
SHORT_LISTS |= {"audiences", "clients"}  # of an issuer, 20 at most
SHORT_LISTS |= {"triggerFields"}  # of a webhook, which has 50 at most
SHORT_LISTS |= {"columns"}  # of a CSV file: one for each field of a person
SHORT_LISTS |= {"levels"}  # of a rating scale, which has 30 at most
SHORT_LISTS |= {"competencies", "tracks", "expectations"}  # of a framework, with limits
SHORT_LISTS |= {"answers"}  # of a review, one for each of at most 200 questions
SHORT_LISTS |= {"subjects", "guidance", "unitFigures", "cells", "managers"}  # of a session
SHORT_LISTS |= {"adjustments"}  # of a row of a session
SHORT_LISTS |= {"quotas", "quotaFigures"}  # of a session, for each level
SHORT_LISTS |= {f"{axis}{part}" for axis in AXES for part in ("Bounds", "Labels")}  # 50 at most
SHORT_LISTS |= {"fairness", "bandStarts", "bandCounts"}  # of a cycle, one for each attribute
SHORT_LISTS |= {"goals", "kpis"}  # of the evidence of a review, the newest ones
SHORT_LISTS |= {"directions", "sections", "questions", "choices"}  # of a template, with limits
SHORT_LISTS |= {"careerGroups", "careerGroupKeys", "jobTitles"}  # of a template, with limits
SHORT_LISTS |= {"steps", "conditions"}  # of a score rule, which has 60 steps of 20 at most
SHORT_LISTS |= {"scores", "components"}  # one for each submit, and one for each rated question
SHORT_LISTS |= {"phases", "selections", "employmentTypes"}  # of a cycle, with limits
SHORT_LISTS |= {"tables"}  # of a receipt, one for each table
SHORT_LISTS |= {"days"}  # of a preview, 31 at most
SHORT_LISTS |= {"mutations"}  # of a task, three at most
SHORT_LISTS |= {"groups", "timeZones", "locations"}  # of a cycle, with limits
SHORT_LISTS |= {"participants", "conflicts", "writerLoads", "reviews"}  # of a plan, with limits
SHORT_LISTS |= {"nominators", "proposals", "nominees"}  # 3 and 50 at most
SHORT_LISTS |= {"suggestedReviewers", "sharedTeams", "sharedGoals", "nominations"}  # 20, and a few
SHORT_LISTS |= {"quality", "lineage"}  # one check for each code, and at most 500 links
SHORT_LISTS |= {"keyResults"}  # of a proposed goal, which has 10 at most
SHORT_LISTS |= {"raters", "made"}  # of a proposal, from a line and teams; and 20 links
SHORT_LISTS |= {"shares"}  # of a survey, one for each answer
SHORT_LISTS |= {"decisions"}  # 50 at most
SHORT_LISTS |= {"feedbackPromises", "questions"}  # 7 and 10
SHORT_LISTS |= {"groups", "parts"}  # at most 10 labels, and one part for each entry
SHORT_LISTS |= {"byStep", "byUnit"}  # of a cycle, one for each step, and 500 at most
SHORT_LISTS |= {"reminderDays"}  # 10 at most
SHORT_LISTS |= {"allowedNetworks", "keys"}  # 50 and 10 at most
SHORT_LISTS |= {
    "changes",
    "fieldsChanged",
    "typesToRead",
    "types",
}  # 1,000, and a few names
SHORT_LISTS |= {"series", "points", "kpiPeriods"}  # one series, and at most 400 points
SHORT_LISTS |= {"types", "counts", "issues", "undone"}  # of a sync run: each type, and 250
SHORT_LISTS |= {"permissionMatrix", "who", "states", "grants"}  # rules of the program, and of roles
SHORT_LISTS |= {"conditions"}  # of an explanation, one for each rule that was asked
SHORT_LISTS |= {"customValues", "options"}  # 100 fields of a type, and 200 options
SHORT_LISTS |= {"entries", "memberIds"}  # of a comparison of roles, 400 and 100 at most
SHORT_LISTS |= {"parts", "path"}  # of an estimate of a cost, 10 and 12 at most
SHORT_LISTS |= {"viewerMay", "reasons", "visibleBecause"}  # one entry for each action or rule
SHORT_LISTS |= {"fieldOwners"}  # one for each field of the rows of upserts
