"use strict";

// Who may see a document: {owner, readers: [names], public: boolean, deleted: boolean}.

/** Owners see their documents even when these are deleted; others never see deleted ones. */
function maySee(user, document) {
  if (user === document.owner) return true;
  if (document.deleted) return false;
  return document.public || document.readers.includes(user);
}

/** Only owners change a document, and none that is deleted. */
function mayChange(user, document) {
  return user === document.owner && !document.deleted;
}

/** Titles of the documents that a user sees, those that the user may change marked by "*". */
function listing(user, documents) {
  return documents
    .filter((document) => maySee(user, document))
    .map((document) => document.title + (mayChange(user, document) ? "*" : ""));
}

module.exports = { maySee, mayChange, listing };
