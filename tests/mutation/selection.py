"""Which modules are broken, and which tests have to notice, the quickest first."""

ACCESS = "tests/domain/test_access.py"
RULES = "tests/persistence/test_rules_to_sql.py"
DECISIONS = "tests/access_equivalence/test_equivalence.py"
VIEWER_CAN = "tests/access_equivalence/test_viewer_can.py"
WITHOUT_THE_NET = "tests/isolation/test_without_rls.py"
SPELLING = "tests/access_rules/test_rule_semantics.py"
SAID = "tests/access_rules/test_rule_sql_golden.py"
PLAIN = "tests/access_rules/test_rule_simplifier.py"
STANDING = f"{WITHOUT_THE_NET}::test_where_things_stand_is_told_of_what_was_named_alone"
QUESTIONS = f"{WITHOUT_THE_NET}::test_questions_about_the_tenant_as_a_whole_count_its_own"
NAMING = "tests/access_rules/test_rule_subjects.py"
ACTORS = "tests/persistence/test_actor_query.py"
ADMISSIONS = "tests/persistence/test_actor_cache.py"
ATTENDANCE = "tests/persistence/test_subscriber_actors.py"
WORK = "tests/persistence/test_work.py"
KEPT_WORK = "tests/persistence/test_unit_of_work.py"
JOURNAL = "tests/persistence/test_journal.py"
WORDS = "tests/persistence/test_search_index.py"
CLOSURES = "tests/persistence/test_closure_tables.py"
OPENING = "tests/persistence/test_prefetch.py"
CONCURRENCY = "tests/persistence/test_concurrency.py"
TABLES = "tests/persistence/test_schema.py::test_the_migration_makes_what_the_tables_say"
CATALOGUE = "tests/isolation/test_schema_lint.py"
PROTECTION = "tests/resilience/test_migrations.py::test_every_table_is_protected_in_the_one_way"
PROBES = "tests/isolation/test_sql_attacks.py"
STATEMENTS = "tests/reads/test_golden.py"
FILTERS = "tests/reads/test_filters.py"
ANSWERS = "tests/reads/test_differential.py"
PLANS = ("tests/api/test_teams.py", "tests/api/test_people.py", DECISIONS, ANSWERS)

NOTICED_BY = {
    "domain/kernel/access.py": (SPELLING, ACCESS, DECISIONS),
    "persistence/access/rule_simplifier.py": (PLAIN, DECISIONS),
    "persistence/access/actor_facts.py": (DECISIONS, RULES),
    "persistence/access/rules_to_sql.py": (SAID, SPELLING, DECISIONS, WITHOUT_THE_NET),
    "persistence/access/relationships.py": (NAMING, STANDING, DECISIONS, VIEWER_CAN),
    "persistence/unit_of_work/work.py": (
        WORK,
        OPENING,
        KEPT_WORK,
        JOURNAL,
        WORDS,
        CONCURRENCY,
        WITHOUT_THE_NET,
        VIEWER_CAN,
    ),
    "persistence/unit_of_work/prefetch.py": (OPENING,),
    "persistence/kernel/transaction.py": (OPENING, WITHOUT_THE_NET),
    "persistence/unit_of_work/tracked.py": (WORK, JOURNAL, CLOSURES, KEPT_WORK),
    "persistence/kernel/mapping/row_mapper.py": (
        WORK,
        OPENING,
        KEPT_WORK,
        JOURNAL,
        WITHOUT_THE_NET,
    ),
    "persistence/kernel/mapping/write_batch.py": (
        WORK,
        OPENING,
        KEPT_WORK,
        WORDS,
        JOURNAL,
        WITHOUT_THE_NET,
    ),
    "persistence/kernel/journal.py": (JOURNAL, KEPT_WORK, WITHOUT_THE_NET, TABLES, WITHOUT_THE_NET),
    "persistence/kernel/schema/row_level_security.py": (PROTECTION, CATALOGUE, PROBES),
    "persistence/access/hierarchy_queries.py": (QUESTIONS, KEPT_WORK, CLOSURES),
    "persistence/access/closure_tables.py": (TABLES, KEPT_WORK, CLOSURES, WITHOUT_THE_NET),
    "persistence/kernel/schema/lint.py": (CATALOGUE,),
    "persistence/reading/compile_context.py": (STATEMENTS, FILTERS, ANSWERS),
    "persistence/reading/compiler.py": (STATEMENTS, FILTERS, ANSWERS),
    "persistence/reading/relations.py": (SAID, STATEMENTS, ANSWERS),
    "persistence/reading/reader.py": (STATEMENTS, ANSWERS),
    "persistence/access/actor_query.py": (ACTORS, WITHOUT_THE_NET),
    "persistence/access/actor_cache.py": (ADMISSIONS,),
    "persistence/access/actor_resolver.py": (OPENING, "tests/api/test_execution.py"),
    "persistence/access/invalidation.py": (ADMISSIONS, ATTENDANCE),
    "persistence/access/subscriber_actors.py": (ATTENDANCE, WITHOUT_THE_NET),
    "domain/goals/policy.py": (SPELLING, ACCESS, DECISIONS),
    "domain/people/policy.py": (SPELLING, ACCESS, DECISIONS),
    "domain/people/reporting_lines.py": PLANS,
    "domain/teams/__init__.py": PLANS,
    "persistence/people.py": PLANS,
    "persistence/teams.py": PLANS,
}

HOMES = {
    "persistence/reading/compile_context.py": {
        "build_row_condition",
        "guard_condition",
        "guard_value",
    },
    "persistence/reading/compiler.py": {"_compile_linked_object", "compile_object_by_id"},
    "persistence/reading/reader.py": {"open_snapshot", "_build_begin_sql"},
    "domain/people/reporting_lines.py": {"ReportingLine"},
    "domain/teams/__init__.py": {"Membership"},
    "persistence/people.py": {"day", "running", "_step_foreseen", "_manager"},
    "persistence/teams.py": {"_running"},
}
"""Of these modules only what keeps people apart; tests/reads looks after the rest."""

QUICKLY = {"TRELLIS_DECISIONS": "30000", "TRELLIS_METAMORPHIC": "3"}
