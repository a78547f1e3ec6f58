"""Known attacks by GraphQL documents, each of a random size around the limits."""

from collections.abc import Callable
from random import Random

AttackBuilder = Callable[[Random], str]

ATTACKS: dict[str, AttackBuilder] = {}

LEAVES = ("id", "title", "status", "createdAt", "version", "__typename", "nonsense", "titel")
ROOTS = ("goals", "people", "teams", "organizations", "members", "roles", "auditLog")


def register_attack(made: AttackBuilder) -> AttackBuilder:
    """Register a builder of a known attack."""
    ATTACKS[made.__name__] = made
    return made


def draw_size(random: Random, most: int) -> int:
    """Draw a size: mostly around a limit, sometimes far beyond."""
    return max(1, int(most * random.choice([0.05, 0.3, 0.6, 0.9, 0.97, 1, 1.1, 2, 5])))


def wrap_in_goal_query(inside: str, before: str = "", after: str = "") -> str:
    return f'{before}query{{goal(by:{{id:"goal_1"}}){{{inside}}}}}{after}'


@register_attack
def aliases(random: Random) -> str:
    field = random.choice(
        ["__typename", 'goal(by:{id:"g"}){id}', "goals{nodes{id}}", "viewer{person{id}}"]
    )
    return "{" + " ".join(f"a{n}:{field}" for n in range(draw_size(random, 30))) + "}"


@register_attack
def duplicates(random: Random) -> str:
    field = random.choice(
        ["__typename", "goals{nodes{id}}", 'goal(by:{id:"g"}){id}', "viewer{person{id}}"]
    )
    if random.random() < 0.5:
        return "{" + (field + " ") * draw_size(random, 300) + "}"
    return wrap_in_goal_query((random.choice(LEAVES) + " ") * draw_size(random, 1000))


@register_attack
def deep_nesting(random: Random) -> str:
    step = random.choice(["parent", "children{nodes", "owner{...on Person{manager", "a:parent"])
    levels = draw_size(random, 16)
    return wrap_in_goal_query(f"{step}{{" * levels + "id" + "}" * (step.count("{") + 1) * levels)


@register_attack
def circular_fragments(random: Random) -> str:
    ring = random.choice([1, 2, 3, 10, 18, 19, 40])
    spread = random.choice(["...F{0}", "parent{{...F{0}}}", "...on Goal{{...F{0}}}"])
    parts = [f"fragment F{n} on Goal{{id {spread.format((n + 1) % ring)}}}" for n in range(ring)]
    return wrap_in_goal_query("...F0", after=" ".join(parts))


@register_attack
def fragment_bombs(random: Random) -> str:
    parts, copies = random.choice([3, 5, 10, 18]), random.choice([2, 3, 10, 50])
    inner = random.choice(["...F{0}", "parent{{...F{0}}}", "a{0}:parent{{...F{0}}}"])
    bodies = [
        f"fragment F{n} on Goal{{{(inner.format(n + 1) + ' ') * copies}}}" for n in range(parts)
    ]
    return wrap_in_goal_query(
        "...F0", after=" ".join([*bodies, f"fragment F{parts} on Goal{{id}}"])
    )


@register_attack
def fragment_pairs(random: Random) -> str:
    """Build parallel fragments, each of which is compared with all others."""
    parts = random.choice([5, 10, 18])
    each = draw_size(random, 900) // parts
    bodies = [
        f"fragment F{n} on Goal{{{' '.join(f'f{m % 29}:title' for m in range(each))}}}"
        for n in range(parts)
    ]
    return wrap_in_goal_query(" ".join(f"...F{n}" for n in range(parts)), after=" ".join(bodies))


@register_attack
def overlapping_fields(random: Random) -> str:
    """Build equal keys: the merging rule compares all pairs below them."""
    depth, width = random.choice([1, 2, 4, 7]), draw_size(random, 100)
    inner = random.choice(
        ["title", "id status", "t{0}:title id", "children(first:{0}){{totalCount}}"]
    )
    field = random.choice(["parent", "children{{nodes", "owner{{...on Person"])
    opened = (field.replace("{{", "{") + "{") * depth
    closed = "}" * (opened.count("{"))
    parts = [f"...on Goal{{{opened}{inner.format(n)}{closed}}}" for n in range(width)]
    return wrap_in_goal_query(" ".join(parts))


@register_attack
def directives(random: Random) -> str:
    one = random.choice(
        ["@skip(if:false)", "@include(if:true)", "@nonsense", "@deprecated", "@a(b:[1,2])"]
    )
    many = one * draw_size(random, random.choice([50, 500]))
    place = random.choice(
        [
            "{{__typename {0}}}",
            "query {0}{{__typename}}",
            "query($a:Int {0}){{__typename}}",
            "{{...on Query {0}{{__typename}}}}",
            "{{...F {0}}} fragment F on Query {0}{{__typename}}",
        ]
    )
    return place.format(many)


@register_attack
def literals(random: Random) -> str:
    """Build oversized literals of all kinds."""
    n = draw_size(random, 3000)
    value = random.choice(
        [
            '"' + "x" * n * 5 + '"',
            '"""' + "x\n  " * n + '"""',
            "1" * n,
            f"1e{n}",
            "-0." + "9" * n,
            "[" + "1 " * (n // 2) + "]",
            "[" * (n // 3) + "]" * (n // 3),
            "{" + " ".join(f"k{m}:1" for m in range(n // 4)) + "}",
            "{a:" * (n // 4) + "1" + "}" * (n // 4),
            "[" + '"goal_1",' * (n // 3) + "]",
        ]
    )
    place = random.choice(
        [
            "{{goal(by:{{id:{0}}}){{id}}}}",
            "{{goals(first:{0}){{nodes{{id}}}}}}",
            "{{goals(where:{{title:{{contains:{0}}}}}){{totalCount}}}}",
            "{{goals(where:{{title:{{in:{0}}}}}){{totalCount}}}}",
            "{{goals(where:{0}){{totalCount}}}}",
            "{{nodes(ids:{0}){{id}}}}",
            "query($a:[Int]={0}){{__typename}}",
            "mutation{{goalCreate(input:{0}){{goal{{id}}}}}}",
        ]
    )
    return place.format(value)


@register_attack
def filters(random: Random) -> str:
    """Build nested filters, and lists of them."""
    n = draw_size(random, random.choice([10, 100, 400]))
    inner = random.choice(['{title:{contains:"a"}}', "{status:{eq:ACTIVE}}", "{}", "{nonsense:1}"])
    step = random.choice(
        [
            "not:",
            "and:[",
            "or:[",
            "children:{some:",
            "parent:",
            "owner:{person:",
            "keyResults:{every:",
        ]
    )
    shut = {"[": "]", "{": "}"}.get(step[-1], "")
    if random.random() < 0.5:
        where = "{" + step + inner + shut + "}"
        for _ in range(n):
            where = "{" + step + where + shut + "}"
    else:
        where = "{" + random.choice(["and", "or"]) + ":[" + inner * n + "]}"
    return f"{{goals(where:{where}){{totalCount}}}}"


@register_attack
def orders(random: Random) -> str:
    keys = " ".join(
        ["{field:TITLE}", "{field:DUE_ON direction:DESC}", "{field:NONSENSE}"][
            n % random.choice([2, 3])
        ]
        for n in range(draw_size(random, 200))
    )
    return f"{{goals(orderBy:[{keys}]){{nodes{{id}}}}}}"


@register_attack
def introspection_loops(random: Random) -> str:
    step = random.choice(
        [
            "fields{type{",
            "possibleTypes{fields{type{",
            "ofType{",
            "interfaces{",
            "inputFields{type{",
        ]
    )
    levels = draw_size(random, 9)
    root = random.choice(["__schema{types{", '__type(name:"Goal"){'])
    opened = root + step * levels
    return "{" + opened + "name" + "}" * opened.count("{") + "}"


@register_attack
def introspection_wide(random: Random) -> str:
    n = draw_size(random, 20)
    types = ["Goal", "Query", "Mutation", "Person"]
    return (
        "{"
        + " ".join(
            f't{m}:__type(name:"{random.choice(types)}")'
            "{fields{name args{name type{name}} type{name}}}"
            for m in range(n)
        )
        + "}"
    )


@register_attack
def operations(random: Random) -> str:
    kind = random.choice(["query", "mutation", "subscription"])
    same = random.random() < 0.3
    return " ".join(
        f"{kind} Q{0 if same else n}{{__typename}}" for n in range(draw_size(random, 20))
    )


@register_attack
def long_names(random: Random) -> str:
    name = random.choice(["a", "A", "_", "title"]) * draw_size(random, 15_000)
    place = random.choice(
        [
            "{{{0}}}",
            "query {0}{{__typename}}",
            "{{{0}:__typename}}",
            "{{...{0}}}",
            "query(${0}:Int){{__typename}}",
            "{{goal({0}:1){{id}}}}",
            "{{__typename @{0}}}",
            "{{...on {0}{{id}}}}",
            "{{goals(where:{{{0}:1}}){{totalCount}}}}",
        ]
    )
    return place.format(name)


@register_attack
def misspelled_names(random: Random) -> str:
    """Build unknown names: each is compared with all known ones to find suggestions."""
    n = draw_size(random, 900)
    what = random.choice(["field", "argument", "type", "variable", "input", "enum", "fragment"])
    names = [f"goalTitle{random.randrange(10**6)}" for _ in range(n)]
    return {
        "field": wrap_in_goal_query(" ".join(names)),
        "argument": "{goals(" + " ".join(f"{name}:1" for name in names) + "){totalCount}}",
        "type": "{" + " ".join(f"...on {name}{{id}}" for name in names) + "}",
        "variable": "query(" + " ".join(f"${name}:{name}" for name in names) + "){__typename}",
        "input": "{goals(where:{" + " ".join(f"{name}:1" for name in names) + "}){totalCount}}",
        "enum": "{goals(where:{status:{in:[" + " ".join(names) + "]}}){totalCount}}",
        "fragment": "{" + " ".join(f"...{name}" for name in names) + "}",
    }[what]


@register_attack
def ignored_characters(random: Random) -> str:
    """Build masses of characters that the lexer skips."""
    fill = random.choice(
        ["#\n", "# x\n", "\n", " ", ",", "\t", "\ufeff", "\r\n", "#" + "y" * 90 + "\n"]
    )
    count = draw_size(random, 18_000) // len(fill)
    return random.choice(["{{{0}__typename}}", "{0}{{__typename}}", "{{__typename}}{0}"]).format(
        fill * count
    )


@register_attack
def escapes(random: Random) -> str:
    piece = random.choice(
        [
            "\\u0041",
            "\\u{10FFFF}",
            "\\u{0000000041}",
            "\\uD83D\\uDE00",
            "\\uD800",
            "\\u0000",
            "\\x",
            '\\"',
            "\\n",
            "🚢",
            "\u202e",
        ]
    )
    return f'{{goal(by:{{id:"{piece * (draw_size(random, 10_000) // len(piece))}"}}){{id}}}}'


@register_attack
def variables(random: Random) -> str:
    n = draw_size(random, 300)
    kind = random.choice(["Int", "[[[[Int!]!]!]!]!", "GoalWhere", "Nonsense", 'ID = "x"', "Goal"])
    used = random.random() < 0.5
    body = "nodes(ids:[" + " ".join(f"$v{m}" for m in range(n)) + "]){id}" if used else "__typename"
    return "query(" + " ".join(f"$v{m}:{kind}" for m in range(n)) + f"){{{body}}}"


@register_attack
def truncated_input(random: Random) -> str:
    piece = random.choice(
        [
            "{",
            "{a",
            "{a(b:",
            '{a(b:"',
            '"""',
            "[",
            "(",
            "...",
            "...on ",
            "@",
            "$",
            "!",
            "\\",
            "&",
            "|",
            "query ",
            "fragment F on Goal{",
        ]
    )
    return piece * draw_size(random, 600)


@register_attack
def garbage(random: Random) -> str:
    alphabet = random.choice(
        [
            "{}()[]:!|&$@.=\"' \nabc123#",
            "".join(map(chr, range(32, 127))),
            "{ }id goal",
            "áß漢🚢\u200b\u0000\x07{}",
        ]
    )
    return "".join(random.choice(alphabet) for _ in range(draw_size(random, 2_000)))


@register_attack
def subscriptions(random: Random) -> str:
    fields = " ".join(f"s{n}:goalChanged{{goal{{id}}}}" for n in range(draw_size(random, 10)))
    return f"subscription{{{fields}}}"


@register_attack
def mutations(random: Random) -> str:
    one = 'm{0}:goalActivate(input:{{id:"goal_1"}}){{goal{{id}} errors{{code}}}}'
    return "mutation{" + " ".join(one.format(n) for n in range(draw_size(random, 20))) + "}"


@register_attack
def expensive_pages(random: Random) -> str:
    """Build valid nested pages that multiply rows."""
    path = random.choices(
        ["children", "keyResults", "checkIns", "history"], k=random.randrange(1, 5)
    )
    opened = "".join(f"{each}(first:100){{nodes{{id " for each in ["goals", *path])
    return "{" + opened + "}}" * (len(path) + 1) + "}"
