// The page around GraphiQL: who to be, and how operations travel with that person's token.
"use strict";

(async () => {
  const byId = (id) => document.getElementById(id);
  const say = (text) => { byId("said").textContent = text; };
  const token = { now: "" };

  const people = await fetch("/graphiql/people")
    .then((response) => (response.ok ? response.json() : []))
    .catch(() => []);

  function chooseAmong(people) {
    const select = byId("person");
    for (const [index, each] of people.entries()) {
      select.add(new Option(`${each.name} · ${each.role} · ${each.tenant}`, String(index)));
    }
    const key = "trellis:person";
    const known = people.findIndex((each) => each.name === localStorage.getItem(key));
    select.value = String(Math.max(known, 0));
    const be = () => {
      const person = people[Number(select.value)];
      token.now = person.token;
      localStorage.setItem(key, person.name);
    };
    select.addEventListener("change", be);
    be();
    byId("choice").hidden = false;
  }

  if (people.length > 0) {
    chooseAmong(people);
  } else {
    byId("token").addEventListener("input", (event) => { token.now = event.target.value.trim(); });
    byId("pasted").hidden = false;
  }

  // Tokens of the chooser are short-lived: a page left open overnight asks for new ones.
  async function refreshed() {
    if (people.length === 0) return false;
    const fresh = await fetch("/graphiql/people").then((response) => response.json());
    fresh.forEach((each, index) => { if (people[index]) people[index].token = each.token; });
    token.now = people[Number(byId("person").value)].token;
    return true;
  }

  function post(path, accept, operation, headers, signal) {
    return fetch(path, {
      method: "POST",
      body: JSON.stringify(operation),
      headers: {
        "content-type": "application/json",
        accept,
        ...(token.now ? { authorization: `Bearer ${token.now}` } : {}),
        ...headers,
      },
      signal,
    });
  }

  async function answer(operation, headers) {
    const accept = "application/graphql-response+json";
    let response = await post("/graphql", accept, operation, headers);
    if (response.status === 401 && (await refreshed())) {
      response = await post("/graphql", accept, operation, headers);
    }
    say(response.status === 401 ? "This needs a valid access token." : "");
    return response.json();
  }

  async function* events(operation, headers) {
    const leaving = new AbortController();
    try {
      const response = await post(
        "/graphql/stream", "text/event-stream", operation, headers, leaving.signal,
      );
      if (!response.ok) {
        yield await response.json();
        return;
      }
      let waiting = "";
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const blocks = (waiting + value).split("\n\n");
        waiting = blocks.pop();
        for (const block of blocks) {
          const lines = block.split("\n");
          if (lines.includes("event: complete")) return;
          const data = lines.filter((line) => line.startsWith("data: "));
          if (data.length > 0) yield JSON.parse(data.map((line) => line.slice(6)).join("\n"));
        }
      }
    } finally {
      leaving.abort();
    }
  }

  function isSubscription(operation, document) {
    const chosen = document?.definitions.filter((each) => each.kind === "OperationDefinition");
    const named = chosen?.find((each) => each.name?.value === operation.operationName);
    return (named ?? chosen?.[0])?.operation === "subscription";
  }

  const fetcher = (operation, { documentAST, headers } = {}) =>
    isSubscription(operation, documentAST) ? events(operation, headers) : answer(operation, headers);

  const query = await fetch("/graphiql/first.graphql").then((response) => response.text());

  ReactDOM.createRoot(byId("graphiql")).render(
    React.createElement(GraphiQL, { fetcher, defaultQuery: query }),
  );
})();
