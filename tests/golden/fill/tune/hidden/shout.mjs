export const meant = (text) => `${text.toUpperCase()}!`;
export const inputs = [['x'], ['Stop it'], ['']];
