"use strict";

// Texts of a program in several languages: {language: {id: text}}. A text may hold {0}, {1} ... for
// arguments. A language such as "de-CH" falls back to "de", and every one to "en".

/** Languages to look into, in order: "de-CH" gives ["de-CH", "de", "en"]. */
function fallbacks(language) {
  const chain = [language];
  const base = language.split("-")[0];
  if (base !== language) chain.push(base);
  if (!chain.includes("en")) chain.push("en");
  return chain;
}

/** The text of an id with the arguments put in; the id itself if no language has it. */
function translate(tables, language, id, ...values) {
  for (const candidate of fallbacks(language)) {
    const text = tables[candidate]?.[id];
    if (text !== undefined) {
      return text.replace(/\{(\d+)\}/g, (whole, index) => values[index] ?? whole);
    }
  }
  return id;
}

/** Ids of the English table that a language has no text of its own for, sorted. */
function missing(tables, language) {
  return Object.keys(tables.en).filter((id) => !(id in (tables[language] ?? {}))).sort();
}

module.exports = { fallbacks, translate, missing };
