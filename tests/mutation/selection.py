"""The modules that are mutated, and the tests that must fail for each, the quickest first."""

ACCESS = "tests/domain/test_access.py"
RULES_TO_SQL = "tests/persistence/test_rules_to_sql.py"
EQUIVALENCE = "tests/access_equivalence/test_equivalence.py"
VIEWER_CAN = "tests/access_equivalence/test_viewer_can.py"
WITHOUT_RLS = "tests/isolation/test_without_rls.py"
RULE_SEMANTICS = "tests/access_rules/test_rule_semantics.py"
RULE_SQL_GOLDEN = "tests/access_rules/test_rule_sql_golden.py"
RULE_SIMPLIFIER = "tests/access_rules/test_rule_simplifier.py"
RELATIONSHIPS = f"{WITHOUT_RLS}::test_relationships_are_loaded_of_the_named_subjects_alone"
HIERARCHY_QUERIES = f"{WITHOUT_RLS}::test_questions_about_the_tenant_as_a_whole_count_its_own"
KNOWN_LINES = f"{WITHOUT_RLS}::test_lines_are_known_of_the_own_tenant_alone"
RULE_SUBJECTS = "tests/access_rules/test_rule_subjects.py"
ACTORS = "tests/persistence/test_actor_query.py"
ACTOR_CACHE = "tests/persistence/test_actor_cache.py"
SUBSCRIBER_ACTORS = "tests/persistence/test_subscriber_actors.py"
WORK = "tests/persistence/test_work.py"
UNIT_OF_WORK = "tests/persistence/test_unit_of_work.py"
JOURNAL = "tests/persistence/test_journal.py"
TOMBSTONES = "tests/persistence/test_tombstones.py"
SEARCH_INDEX = "tests/persistence/test_search_index.py"
CLOSURES = "tests/persistence/test_closure_tables.py"
PREFETCH = "tests/persistence/test_prefetch.py"
CONCURRENCY = "tests/persistence/test_concurrency.py"
MIGRATED_SCHEMA = "tests/persistence/test_schema.py::test_the_migration_makes_what_the_tables_say"
SCHEMA_LINT = "tests/isolation/test_schema_lint.py"
PROTECTION = "tests/resilience/test_migrations.py::test_every_table_is_protected_in_the_one_way"
SQL_ATTACKS = "tests/isolation/test_sql_attacks.py"
GOLDEN_READS = "tests/reads/test_golden.py"
FILTERED_READS = "tests/reads/test_filters.py"
DIFFERENTIAL_READS = "tests/reads/test_differential.py"
PLANNED_CHANGES = (
    "tests/api/test_teams.py",
    "tests/api/test_people.py",
    EQUIVALENCE,
    DIFFERENTIAL_READS,
)

TESTS_BY_MODULE = {
    "domain/kernel/access.py": (RULE_SEMANTICS, ACCESS, EQUIVALENCE),
    "persistence/access/rule_simplifier.py": (RULE_SIMPLIFIER, EQUIVALENCE),
    "persistence/access/actor_facts.py": (EQUIVALENCE, RULES_TO_SQL),
    "persistence/access/rules_to_sql.py": (
        RULE_SQL_GOLDEN,
        RULE_SEMANTICS,
        EQUIVALENCE,
        WITHOUT_RLS,
    ),
    "persistence/access/relationships.py": (RULE_SUBJECTS, RELATIONSHIPS, EQUIVALENCE, VIEWER_CAN),
    "persistence/unit_of_work/work.py": (
        WORK,
        PREFETCH,
        UNIT_OF_WORK,
        JOURNAL,
        SEARCH_INDEX,
        CONCURRENCY,
        WITHOUT_RLS,
        VIEWER_CAN,
    ),
    "persistence/unit_of_work/messages.py": (WORK, UNIT_OF_WORK),
    "persistence/unit_of_work/prefetch.py": (PREFETCH,),
    "persistence/kernel/transaction.py": (PREFETCH, WITHOUT_RLS),
    "persistence/unit_of_work/tracked.py": (WORK, JOURNAL, TOMBSTONES, CLOSURES, UNIT_OF_WORK),
    "persistence/kernel/mapping/row_mapper.py": (
        WORK,
        PREFETCH,
        UNIT_OF_WORK,
        JOURNAL,
        WITHOUT_RLS,
    ),
    "persistence/kernel/mapping/write_batch.py": (
        WORK,
        PREFETCH,
        UNIT_OF_WORK,
        SEARCH_INDEX,
        JOURNAL,
        WITHOUT_RLS,
        "tests/persistence/test_writes_one_by_one.py",
    ),
    "persistence/kernel/journal.py": (
        JOURNAL,
        UNIT_OF_WORK,
        WITHOUT_RLS,
        MIGRATED_SCHEMA,
    ),
    "persistence/kernel/schema/row_level_security.py": (PROTECTION, SCHEMA_LINT, SQL_ATTACKS),
    "persistence/access/hierarchy_queries.py": (HIERARCHY_QUERIES, UNIT_OF_WORK, CLOSURES),
    "persistence/access/known_lines.py": (KNOWN_LINES, "tests/persistence/test_known_lines.py"),
    "persistence/access/closure_tables.py": (MIGRATED_SCHEMA, UNIT_OF_WORK, CLOSURES, WITHOUT_RLS),
    "persistence/kernel/schema/lint.py": (SCHEMA_LINT,),
    "persistence/reading/compile_context.py": (GOLDEN_READS, FILTERED_READS, DIFFERENTIAL_READS),
    "persistence/reading/compiler.py": (GOLDEN_READS, FILTERED_READS, DIFFERENTIAL_READS),
    "persistence/reading/relations.py": (RULE_SQL_GOLDEN, GOLDEN_READS, DIFFERENTIAL_READS),
    "persistence/reading/reader.py": (GOLDEN_READS, DIFFERENTIAL_READS),
    "persistence/access/actor_query.py": (ACTORS, WITHOUT_RLS),
    "persistence/access/actor_cache.py": (ACTOR_CACHE,),
    "persistence/access/actor_resolver.py": (PREFETCH, "tests/persistence/test_actor_resolver.py"),
    "persistence/access/subscriber_actors.py": (SUBSCRIBER_ACTORS, WITHOUT_RLS),
    "domain/goals/policy.py": (RULE_SEMANTICS, ACCESS, EQUIVALENCE),
    "domain/people/policy.py": (RULE_SEMANTICS, ACCESS, EQUIVALENCE),
    "domain/people/reporting_lines.py": PLANNED_CHANGES,
    "persistence/people/reporting.py": PLANNED_CHANGES,
    "persistence/people/known_managers.py": (
        "tests/api/test_known_managers.py",
        DIFFERENTIAL_READS,
    ),
    "persistence/teams.py": PLANNED_CHANGES,
}

MUTATED_SCOPES = {
    "persistence/reading/compile_context.py": {
        "build_row_condition",
        "guard_condition",
        "guard_value",
    },
    "persistence/reading/compiler.py": {"_compile_linked_object", "compile_object_by_id"},
    "persistence/reading/reader.py": {"open_snapshot", "_build_begin_sql"},
    "domain/people/reporting_lines.py": {"ReportingLine"},
    "persistence/people/reporting.py": {
        "get_requested_day",
        "is_in_effect",
        "_can_see_planned_step",
        "_match_manager",
    },
    "persistence/teams.py": {"_build_membership_condition"},
}
"""The functions and classes of a module that decide access; tests/reads covers the rest of it."""

FAST_ENVIRONMENT = {"TRELLIS_DECISIONS": "30000", "TRELLIS_METAMORPHIC": "3"}
