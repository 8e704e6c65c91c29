"use strict";

// Tracks as {title, seconds, tags: [...]}; tags may be missing.

/** "m:ss" */
function clock(seconds) {
  return Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
}

/** All different tags in alphabetical order. */
function allTags(tracks) {
  return [...new Set(tracks.flatMap((track) => track.tags ?? []))].sort();
}

/** Titles of the tracks with a tag, the shortest track first. */
function withTag(tracks, tag) {
  return tracks
    .filter((track) => track.tags.includes(tag))
    .sort((a, b) => a.seconds - b.seconds)
    .map((track) => track.title);
}

/** Length of all tracks together. */
function total(tracks) {
  return clock(tracks.reduce((sum, track) => sum + track.seconds, 0));
}

if (require.main === module) {
  const tracks = [
    { title: "Dawn", seconds: 185, tags: ["calm", "piano"] },
    { title: "Rush", seconds: 121 },
  ];
  console.log(total(tracks), allTags(tracks), withTag(tracks, "calm"));
}

module.exports = { clock, allTags, withTag, total };
