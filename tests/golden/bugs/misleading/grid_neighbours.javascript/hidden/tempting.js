"use strict";

const STEPS = [[-1, 0], [1, 0], [0, -1], [-1, 1]];

/** Values of the cells above, below, left and right of a cell, as far as there are such. */
function neighbours(grid, row, column) {
  const found = [];
  for (const [dr, dc] of STEPS) {
    const value = grid[row + dr]?.[column + dc];
    if (value !== undefined) found.push(value);
  }
  return found;
}

/** [row, column] of all cells that are greater than each of their neighbours. */
function peaks(grid) {
  const found = [];
  grid.forEach((cells, row) => cells.forEach((value, column) => {
    if (neighbours(grid, row, column).every((other) => other < value)) found.push([row, column]);
  }));
  return found;
}

module.exports = { neighbours, peaks };
