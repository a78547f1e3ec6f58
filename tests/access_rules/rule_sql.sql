-- AnyOf(rules=())
SELECT it.id FROM goals AS it WHERE false

-- AllOf(rules=())
SELECT it.id FROM goals AS it WHERE true

-- Is(attribute='owner_person_id')
SELECT it.id FROM goals AS it WHERE it.owner_person_id = %(param_1)s::UUID

-- AnyOf(rules=(Is(attribute='owner_person_id'), Has(attribute='status', values=('active', 'missed'))))
SELECT it.id FROM goals AS it WHERE it.status = 'active' OR it.status = 'missed' OR it.owner_person_id = %(param_1)s::UUID

-- AnyOf(rules=(Is(attribute='owner_person_id'), Has(attribute='status', values=('active', 'achieved', 'missed', 'abandoned'))))
SELECT it.id FROM goals AS it WHERE it.status != 'draft' OR it.owner_person_id = %(param_1)s::UUID

-- AllOf(rules=(Is(attribute='owner_person_id'), Has(attribute='visibility', values=("it's",))))
SELECT it.id FROM goals AS it WHERE it.visibility = 'it''s' AND it.owner_person_id = %(param_1)s::UUID

-- Has(attribute='is_built_in', values=('True',))
SELECT it.id FROM roles AS it WHERE it.is_built_in IS true

-- Has(attribute='is_built_in', values=('False',))
SELECT it.id FROM roles AS it WHERE it.is_built_in IS false

-- HasStarted(attribute='starts_on')
SELECT it.id FROM goals AS it WHERE it.starts_on <= %(param_1)s

-- IsOneOf(attribute='viewer_ids')
SELECT it.id FROM goals AS it WHERE EXISTS (SELECT 1 FROM goal_viewers AS goal_viewers_1 WHERE goal_viewers_1.tenant_id = %(param_1)s::UUID AND goal_viewers_1.goal_id = it.id AND goal_viewers_1.person_id = %(param_2)s::UUID)

-- Manages(attribute='owner_person_id')
SELECT it.id FROM goals AS it WHERE EXISTS (SELECT 1 FROM reporting_closure AS reporting_closure_1 WHERE reporting_closure_1.tenant_id = %(param_1)s::UUID AND reporting_closure_1.descendant_id = it.owner_person_id AND reporting_closure_1.ancestor_id = %(param_2)s::UUID AND reporting_closure_1.starts_on <= %(param_3)s AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > %(param_3)s))

-- Leads(owner=OwnerAttributes(person='owner_person_id', team='owner_team_id', organization='owner_organization_id'))
SELECT it.id FROM goals AS it WHERE (EXISTS (SELECT 1 FROM team_closure AS team_closure_1 WHERE team_closure_1.tenant_id = %(param_1)s::UUID AND team_closure_1.descendant_id = it.owner_team_id AND team_closure_1.ancestor_id = ANY (%(param_2)s))) OR (EXISTS (SELECT 1 FROM team_memberships AS team_memberships_1, team_closure AS team_closure_1 WHERE team_memberships_1.tenant_id = %(param_3)s::UUID AND team_memberships_1.person_id = it.owner_person_id AND team_memberships_1.starts_on <= %(param_4)s AND (team_memberships_1.ends_on IS NULL OR team_memberships_1.ends_on > %(param_4)s) AND team_closure_1.tenant_id = %(param_5)s::UUID AND team_closure_1.descendant_id = team_memberships_1.team_id AND team_closure_1.ancestor_id = ANY (%(param_6)s)))

-- Leads(owner=OwnerAttributes(person=None, team='owner_team_id', organization=None))
SELECT it.id FROM goals AS it WHERE EXISTS (SELECT 1 FROM team_closure AS team_closure_1 WHERE team_closure_1.tenant_id = %(param_1)s::UUID AND team_closure_1.descendant_id = it.owner_team_id AND team_closure_1.ancestor_id = ANY (%(param_2)s))

-- Leads(owner=OwnerAttributes(person='owner_person_id', team=None, organization=None))
SELECT it.id FROM goals AS it WHERE EXISTS (SELECT 1 FROM team_memberships AS team_memberships_1, team_closure AS team_closure_1 WHERE team_memberships_1.tenant_id = %(param_1)s::UUID AND team_memberships_1.person_id = it.owner_person_id AND team_memberships_1.starts_on <= %(param_2)s AND (team_memberships_1.ends_on IS NULL OR team_memberships_1.ends_on > %(param_2)s) AND team_closure_1.tenant_id = %(param_3)s::UUID AND team_closure_1.descendant_id = team_memberships_1.team_id AND team_closure_1.ancestor_id = ANY (%(param_4)s))

-- MemberOf(owner=OwnerAttributes(person='owner_person_id', team='owner_team_id', organization='owner_organization_id'))
SELECT it.id FROM goals AS it WHERE it.owner_organization_id = ANY (%(param_1)s) OR it.owner_organization_id IS NULL AND it.owner_team_id IN (SELECT teams_1.id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_2)s::UUID AND teams_1.organization_id = ANY (%(param_1)s)) OR it.owner_organization_id IS NULL AND it.owner_team_id IS NULL AND it.owner_person_id IN (SELECT people_1.id FROM people AS people_1 WHERE people_1.tenant_id = %(param_3)s::UUID AND people_1.organization_id = ANY (%(param_1)s))

-- MemberOf(owner=OwnerAttributes(person=None, team='owner_team_id', organization=None))
SELECT it.id FROM goals AS it WHERE it.owner_team_id IN (SELECT teams_1.id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_1)s::UUID AND teams_1.organization_id = ANY (%(param_2)s))

-- InGrantedSubtree(owner=OwnerAttributes(person='owner_person_id', team='owner_team_id', organization='owner_organization_id'), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM goals AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = coalesce(it.owner_organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_2)s::UUID AND teams_1.id = it.owner_team_id), (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_3)s::UUID AND people_1.id = it.owner_person_id)) AND organization_closure_1.ancestor_id = ANY (%(param_4)s))

-- InGrantedSubtree(owner=OwnerAttributes(person=None, team=None, organization='id'), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM organizations AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = it.id AND organization_closure_1.ancestor_id = ANY (%(param_2)s))

-- InGrantedSubtree(owner=OwnerAttributes(person='id', team=None, organization='organization_id'), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM people AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = coalesce(it.organization_id, it.organization_id) AND organization_closure_1.ancestor_id = ANY (%(param_2)s))

-- InGrantedSubtree(owner=OwnerAttributes(person='id', team=None, organization=None), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM people AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = it.organization_id AND organization_closure_1.ancestor_id = ANY (%(param_2)s))

-- InGrantedSubtree(owner=OwnerAttributes(person='person_id', team=None, organization=None), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM members AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_2)s::UUID AND people_1.id = it.person_id) AND organization_closure_1.ancestor_id = ANY (%(param_3)s))

-- InGrantedSubtree(owner=OwnerAttributes(person=None, team='id', organization='organization_id'), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM teams AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = coalesce(it.organization_id, it.organization_id) AND organization_closure_1.ancestor_id = ANY (%(param_2)s))

-- InGrantedSubtree(owner=OwnerAttributes(person=None, team='parent_id', organization='organization_id'), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM teams AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = coalesce(it.organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_2)s::UUID AND teams_1.id = it.parent_id)) AND organization_closure_1.ancestor_id = ANY (%(param_3)s))

-- InGrantedSubtree(owner=OwnerAttributes(person=None, team='id', organization=None), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM teams AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = it.organization_id AND organization_closure_1.ancestor_id = ANY (%(param_2)s))

-- InGrantedSubtree(owner=OwnerAttributes(person=None, team='parent_id', organization=None), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM teams AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_2)s::UUID AND teams_1.id = it.parent_id) AND organization_closure_1.ancestor_id = ANY (%(param_3)s))

-- InGrantedSubtree(owner=OwnerAttributes(person='id', team=None, organization=None), permission=<Permission.GOALS_READ: 'goals:read'>, population=<Population.ORGANIZATION: 'organization'>)
SELECT it.id FROM teams AS it WHERE EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_2)s::UUID AND people_1.id = it.id) AND organization_closure_1.ancestor_id = ANY (%(param_3)s))

-- Holds(permission=<Permission.GOALS_READ: 'goals:read'>, over=OwnerAttributes(person='owner_person_id', team='owner_team_id', organization='owner_organization_id'), anywhere=False)
SELECT it.id FROM goals AS it WHERE it.owner_person_id = %(param_1)s::UUID OR (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_2)s::UUID AND organization_closure_1.descendant_id = coalesce(it.owner_organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_3)s::UUID AND teams_1.id = it.owner_team_id), (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_4)s::UUID AND people_1.id = it.owner_person_id)) AND organization_closure_1.ancestor_id = ANY (%(param_5)s))) OR (EXISTS (SELECT 1 FROM reporting_closure AS reporting_closure_1 WHERE reporting_closure_1.tenant_id = %(param_6)s::UUID AND reporting_closure_1.descendant_id = it.owner_person_id AND reporting_closure_1.ancestor_id = %(param_7)s::UUID AND reporting_closure_1.starts_on <= %(param_8)s AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > %(param_8)s))) OR (EXISTS (SELECT 1 FROM team_closure AS team_closure_1 WHERE team_closure_1.tenant_id = %(param_9)s::UUID AND team_closure_1.descendant_id = it.owner_team_id AND team_closure_1.ancestor_id = ANY (%(param_10)s))) OR (EXISTS (SELECT 1 FROM team_memberships AS team_memberships_1, team_closure AS team_closure_1 WHERE team_memberships_1.tenant_id = %(param_11)s::UUID AND team_memberships_1.person_id = it.owner_person_id AND team_memberships_1.starts_on <= %(param_12)s AND (team_memberships_1.ends_on IS NULL OR team_memberships_1.ends_on > %(param_12)s) AND team_closure_1.tenant_id = %(param_13)s::UUID AND team_closure_1.descendant_id = team_memberships_1.team_id AND team_closure_1.ancestor_id = ANY (%(param_14)s)))

-- Holds(permission=<Permission.GOALS_MANAGE: 'goals:manage'>, over=OwnerAttributes(person='owner_person_id', team='owner_team_id', organization='owner_organization_id'), anywhere=False)
SELECT it.id FROM goals AS it WHERE (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = coalesce(it.owner_organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_2)s::UUID AND teams_1.id = it.owner_team_id), (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_3)s::UUID AND people_1.id = it.owner_person_id)) AND organization_closure_1.ancestor_id = ANY (%(param_4)s))) OR it.owner_person_id = %(param_5)s::UUID AND (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_6)s::UUID AND organization_closure_1.descendant_id = coalesce(it.owner_organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_7)s::UUID AND teams_1.id = it.owner_team_id), (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_8)s::UUID AND people_1.id = it.owner_person_id)) AND organization_closure_1.ancestor_id = ANY (%(param_9)s))) OR (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_10)s::UUID AND organization_closure_1.descendant_id = coalesce(it.owner_organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_11)s::UUID AND teams_1.id = it.owner_team_id), (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_12)s::UUID AND people_1.id = it.owner_person_id)) AND organization_closure_1.ancestor_id = ANY (%(param_13)s))) AND (EXISTS (SELECT 1 FROM reporting_closure AS reporting_closure_1 WHERE reporting_closure_1.tenant_id = %(param_14)s::UUID AND reporting_closure_1.descendant_id = it.owner_person_id AND reporting_closure_1.ancestor_id = %(param_15)s::UUID AND reporting_closure_1.starts_on <= %(param_16)s AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > %(param_16)s))) OR (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_17)s::UUID AND organization_closure_1.descendant_id = coalesce(it.owner_organization_id, (SELECT teams_1.organization_id FROM teams AS teams_1 WHERE teams_1.tenant_id = %(param_18)s::UUID AND teams_1.id = it.owner_team_id), (SELECT people_1.organization_id FROM people AS people_1 WHERE people_1.tenant_id = %(param_19)s::UUID AND people_1.id = it.owner_person_id)) AND organization_closure_1.ancestor_id = ANY (%(param_20)s))) AND ((EXISTS (SELECT 1 FROM team_closure AS team_closure_1 WHERE team_closure_1.tenant_id = %(param_21)s::UUID AND team_closure_1.descendant_id = it.owner_team_id AND team_closure_1.ancestor_id = ANY (%(param_22)s))) OR (EXISTS (SELECT 1 FROM team_memberships AS team_memberships_1, team_closure AS team_closure_1 WHERE team_memberships_1.tenant_id = %(param_23)s::UUID AND team_memberships_1.person_id = it.owner_person_id AND team_memberships_1.starts_on <= %(param_24)s AND (team_memberships_1.ends_on IS NULL OR team_memberships_1.ends_on > %(param_24)s) AND team_closure_1.tenant_id = %(param_25)s::UUID AND team_closure_1.descendant_id = team_memberships_1.team_id AND team_closure_1.ancestor_id = ANY (%(param_26)s))))

-- Holds(permission=<Permission.GOALS_MANAGE: 'goals:manage'>, over=OwnerAttributes(person=None, team='id', organization='organization_id'), anywhere=False)
SELECT it.id FROM teams AS it WHERE (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_1)s::UUID AND organization_closure_1.descendant_id = coalesce(it.organization_id, it.organization_id) AND organization_closure_1.ancestor_id = ANY (%(param_2)s))) OR (EXISTS (SELECT 1 FROM organization_closure AS organization_closure_1 WHERE organization_closure_1.tenant_id = %(param_3)s::UUID AND organization_closure_1.descendant_id = coalesce(it.organization_id, it.organization_id) AND organization_closure_1.ancestor_id = ANY (%(param_4)s))) AND (EXISTS (SELECT 1 FROM team_closure AS team_closure_1 WHERE team_closure_1.tenant_id = %(param_5)s::UUID AND team_closure_1.descendant_id = it.id AND team_closure_1.ancestor_id = ANY (%(param_6)s)))

-- InheritedFrom(attribute='goal_id', parent='goal', rule=AnyOf(rules=(Is(attribute='owner_person_id'), Manages(attribute='owner_person_id'))))
SELECT it.id FROM key_results AS it WHERE EXISTS (SELECT 1 FROM goals AS goals_1 WHERE goals_1.tenant_id = %(param_1)s::UUID AND goals_1.id = it.goal_id AND (goals_1.owner_person_id = %(param_2)s::UUID OR (EXISTS (SELECT 1 FROM reporting_closure AS reporting_closure_1 WHERE reporting_closure_1.tenant_id = %(param_3)s::UUID AND reporting_closure_1.descendant_id = goals_1.owner_person_id AND reporting_closure_1.ancestor_id = %(param_4)s::UUID AND reporting_closure_1.starts_on <= %(param_5)s AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > %(param_5)s)))))
