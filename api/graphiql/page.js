// The page around GraphiQL: the choice of a user, and requests with that user's token.
// All addresses are relative, so that the page works below any path prefix.
"use strict";

(async () => {
  const byId = (id) => document.getElementById(id);
  const showMessage = (text) => { byId("message").textContent = text; };
  const addresses = byId("graphiql").dataset;
  let token = "";

  async function fetchUsers() {
    if (!addresses.users) return [];
    const response = await fetch(addresses.users);
    if (response.ok) return response.json();
    if (response.status === 403) showMessage((await response.json()).errors[0].message);
    return [];
  }

  const users = await fetchUsers().catch(() => []);

  function offerUsers() {
    const select = byId("user");
    for (const [index, each] of users.entries()) {
      select.add(new Option(`${each.name} · ${each.role} · ${each.tenant}`, String(index)));
    }
    const key = "trellis:user";
    const lastIndex = users.findIndex((each) => each.name === localStorage.getItem(key));
    select.value = String(Math.max(lastIndex, 0));
    const selectUser = () => {
      const user = users[Number(select.value)];
      token = user.token;
      localStorage.setItem(key, user.name);
    };
    select.addEventListener("change", selectUser);
    selectUser();
    byId("user-choice").hidden = false;
  }

  if (users.length > 0) {
    offerUsers();
  } else {
    byId("token").addEventListener("input", (event) => { token = event.target.value.trim(); });
    byId("token-form").hidden = false;
  }

  // The users' tokens are short-lived; a page that stays open overnight needs new ones.
  async function refreshTokens() {
    if (users.length === 0) return false;
    const updated = await fetch(addresses.users).then((response) => response.json());
    updated.forEach((each, index) => { if (users[index]) users[index].token = each.token; });
    token = users[Number(byId("user").value)].token;
    return true;
  }

  function post(path, accept, operation, headers, signal) {
    return fetch(path, {
      method: "POST",
      body: JSON.stringify(operation),
      headers: {
        "content-type": "application/json",
        accept,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      signal,
    });
  }

  async function execute(operation, headers) {
    const accept = "application/graphql-response+json";
    let response = await post("graphql", accept, operation, headers);
    if (response.status === 401 && (await refreshTokens())) {
      response = await post("graphql", accept, operation, headers);
    }
    showMessage(response.status === 401 ? "Enter a valid access token." : "");
    return response.json();
  }

  const fetcher = (operation, { headers } = {}) =>
    trellis.findOperationKind(operation.query, operation.operationName) === "subscription"
      ? trellis.streamEvents((signal) =>
        post("graphql/stream", "text/event-stream", operation, headers, signal))
      : execute(operation, headers);

  const query = await fetch(addresses.firstQuery).then((response) => response.text());

  // Each page keeps its own tabs: a query of one graph is not valid in the other.
  const prefix = `${location.pathname}:`;
  const listKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  const storage = {
    get length() { return listKeys().length; },
    getItem: (name) => localStorage.getItem(prefix + name),
    setItem: (name, value) => localStorage.setItem(prefix + name, value),
    removeItem: (name) => localStorage.removeItem(prefix + name),
    clear: () => listKeys().forEach((key) => localStorage.removeItem(key)),
  };

  ReactDOM.createRoot(byId("graphiql")).render(
    React.createElement(GraphiQL, { fetcher, defaultQuery: query, storage }),
  );
})();
