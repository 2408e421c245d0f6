// Figures and phone numbers as people write them.

const GROUPS = new Intl.NumberFormat("fr-FR"); // puts a thin space between thousands
const FRENCH = /^33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;

/** 12345 → "12 345", with thin spaces that do not break. */
export function count(number) {
  return GROUPS.format(number ?? 0);
}

/** several(1, "segment") → "1 segment", several(2, "reply", "replies") → "2 replies". */
export function several(number, one, more = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : more}`;
}

/** "33612345678" → "06 12 34 56 78"; numbers of other countries keep their plus: "+447700900123". */
export function national(number) {
  const french = FRENCH.exec(number);
  return french ? `0${french.slice(1).join(" ")}` : `+${number}`;
}

/**
 * What a person typed, as digits with the country code: "06 12 34 56 78", "+33 6 12 …", "0033 6 …" → "336123…".
 * Empty if it cannot be a number; the provider looks more closely.
 */
export function digits(typed) {
  const bare = typed.replace(/[\s.()-]/g, "").replace(/^(\+|00)/, "+");
  const french = /^0([1-9]\d{8})$/.exec(bare);
  if (french) return `33${french[1]}`;
  return /^\+?[1-9]\d{6,14}$/.test(bare) ? bare.replace("+", "") : "";
}
