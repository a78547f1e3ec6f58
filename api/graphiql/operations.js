// What the page needs without a browser: the kind of an operation, and events that can be stopped.
"use strict";

globalThis.trellis = (() => {
  const KINDS = ["query", "mutation", "subscription"];
  const TOKENS = /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|[{}()[\]]|[@$]?[_A-Za-z]\w*/g;

  // Return the kind of the operation with this name, by default of the first one. GraphiQL's parsed
  // document cannot be used: while somebody types fast, it is that of an earlier text.
  function findOperationKind(text, name) {
    const operations = [];
    let depth = 0;
    let definition = null;
    let previous = "";
    for (const [token] of text.matchAll(TOKENS)) {
      if (token.startsWith("#") || token.startsWith('"')) continue;
      if ("})]".includes(token)) {
        depth -= 1;
        if (depth === 0 && token === "}") definition = null;
      } else if ("{([".includes(token)) {
        if (definition === null) operations.push((definition = { kind: "query" }));
        depth += 1;
      } else if (depth === 0 && definition === null) {
        definition = { kind: token };
        if (KINDS.includes(token)) operations.push(definition);
      } else if (depth === 0 && previous === definition.kind && !token.startsWith("@")) {
        definition.name ??= token;
      }
      previous = token;
    }
    return (operations.find((each) => name && each.name === name) ?? operations[0])?.kind;
  }

  async function* readEvents(post, signal) {
    const response = await post(signal);
    if (!response.ok) {
      yield await response.json();
      return;
    }
    let buffer = "";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (buffer + value).split("\n\n");
      buffer = blocks.pop();
      for (const block of blocks) {
        const lines = block.split("\n");
        if (lines.includes("event: complete")) return;
        const data = lines.filter((line) => line.startsWith("data: "));
        if (data.length > 0) yield JSON.parse(data.map((line) => line.slice(6)).join("\n"));
      }
    }
  }

  // Return the events of a request. A generator alone would not stop while it waits for the next
  // event: its `return` runs only after that.
  function streamEvents(post) {
    const controller = new AbortController();
    const events = readEvents(post, controller.signal);
    const end = { done: true, value: undefined };
    return {
      [Symbol.asyncIterator]() { return this; },
      next: () => events.next().catch((error) => {
        if (controller.signal.aborted) return end;
        throw error;
      }),
      return() {
        controller.abort();
        return Promise.resolve(end);
      },
    };
  }

  return { findOperationKind, streamEvents };
})();
