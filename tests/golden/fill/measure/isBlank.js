function isBlank(text) {
  // TODO: whether there is nothing but white space
}

module.exports = { isBlank };
