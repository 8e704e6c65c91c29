"use strict";

// Reviews as {stars, text}; stars (1 to 5) may be missing.

/** Mean of the stars that were given, null if none were. */
function average(reviews) {
  const stars = reviews.map((review) => review.stars).filter((n) => n !== undefined);
  return stars.length === 0 ? null : stars.reduce((a, b) => a + b, 0) / stars.length;
}

/** Texts of the reviews with at least so many stars. */
function textsFrom(reviews, least) {
  return reviews.filter((review) => review.stars >= least).map((review) => review.text);
}

module.exports = { average, textsFrom };
