export const meant = (values) => [...new Set(values)];
export const inputs = [[[]], [[1, 1, 1]], [['q', 'r']], [[9, 8, 9, 7, 8]]];
