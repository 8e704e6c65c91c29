export const meant = (address) => address.split('@')[1];
export const inputs = [['x@y'], ['who@where.example'], ['a.long.name@sub.host.test']];
