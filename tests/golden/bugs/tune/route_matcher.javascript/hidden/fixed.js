"use strict";

// Routes of a web server: "/users/:id/posts" matches "/users/7/posts" with {id: "7"}; a last part
// "*" matches one part or more, which come together as the parameter "rest".

/** The parts between slashes; slashes at both ends do not count. */
function split(path) {
  return path.split("/").filter((part) => part !== "");
}

/** The parameters of a path that matches a pattern, or null. */
function match(pattern, path) {
  const wanted = split(pattern);
  const given = split(path);
  const parameters = {};
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === "*" && i === wanted.length - 1 && given.length > i) {
      parameters.rest = given.slice(i).join("/");
      return parameters;
    }
    if (i >= given.length) return null;
    if (wanted[i].startsWith(":")) {
      parameters[wanted[i].slice(1)] = decodeURIComponent(given[i]);
    } else if (wanted[i] !== given[i]) {
      return null;
    }
  }
  return given.length === wanted.length ? parameters : null;
}

class Router {
  constructor() {
    this.routes = [];
  }

  /** Adds a route; returns the router. */
  on(method, pattern, handler) {
    this.routes.push({ method, pattern, handler });
    return this;
  }

  /**
   * Calls the handler of the first route that fits with the parameters and returns
   * {status: 200, body: what it returned}; {status: 405} if routes fit but for the method,
   * {status: 404} if none does.
   */
  handle(method, path) {
    let status = 404;
    for (const route of this.routes) {
      const parameters = match(route.pattern, path);
      if (!parameters) continue;
      if (route.method === method) return { status: 200, body: route.handler(parameters) };
      status = 405;
    }
    return { status };
  }
}

module.exports = { match, Router };
