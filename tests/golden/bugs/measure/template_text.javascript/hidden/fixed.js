"use strict";

// Text templates: "{{name}}" stands for a value, "{{#list}}...{{/list}}" repeats what is inside for
// each element of a list, and "{{.}}" in it is the element itself. In a repeated part, names are
// looked up in the element first and then outside. What is missing becomes an empty text.

/** Tokens: {type: "text" | "value" | "open" | "close", text}. */
function tokenize(template) {
  const tokens = [];
  const tag = /\{\{([#/]?)([\w.]+)\}\}/g;
  let end = 0;
  for (let found = tag.exec(template); found; found = tag.exec(template)) {
    if (found.index > end) tokens.push({ type: "text", text: template.slice(end, found.index) });
    const type = { "#": "open", "/": "close", "": "value" }[found[1]];
    tokens.push({ type, text: found[2] });
    end = found.index + found[0].length;
  }
  if (end < template.length) tokens.push({ type: "text", text: template.slice(end) });
  return tokens;
}

/** The tree of the tokens; a list has children. Throws if lists are not closed in order. */
function parse(template) {
  const root = { children: [] };
  const open = [root];
  for (const token of tokenize(template)) {
    const parent = open[open.length - 1];
    if (token.type === "close") {
      if (parent.text !== token.text) throw new Error(`unexpected {{/${token.text}}}`);
      open.pop();
      continue;
    }
    const node = { ...token, children: [] };
    parent.children.push(node);
    if (token.type === "open") open.push(node);
  }
  if (open.length > 1) throw new Error(`{{#${open[open.length - 1].text}}} is not closed`);
  return root;
}

/** The value of a name in the innermost scope that has it. */
function lookUp(scopes, name) {
  if (name === ".") return scopes[scopes.length - 1];
  for (let i = scopes.length - 1; i >= 0; i--) {
    const scope = scopes[i];
    if (scope !== null && typeof scope === "object" && name in scope) return scope[name];
  }
  return undefined;
}

function renderNodes(nodes, scopes) {
  let text = "";
  for (const node of nodes) {
    if (node.type === "text") {
      text += node.text;
    } else if (node.type === "value") {
      text += String(lookUp(scopes, node.text) ?? "");
    } else {
      for (const element of lookUp(scopes, node.text) ?? []) {
        text += renderNodes(node.children, [...scopes, element]);
      }
    }
  }
  return text;
}

/** The text of a template with the values of an object. */
function render(template, values) {
  return renderNodes(parse(template).children, [values]);
}

module.exports = { render };
