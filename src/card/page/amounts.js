// Amounts and numbers, by the host's locale. wolkvox's amounts are text, and stay text: a number of
// twenty digits or a balance of ".50" would not survive being a JavaScript number. No currency is
// known, so none is shown.

/**
 * Writes an amount with separators, every digit kept; what may mean two things stays as it is.
 * @param {string} text
 */
function amount(text) {
  const found = /^(-?)([1-9]\d*|0)(?:\.(\d+))?$/.exec(text.trim());
  // "150.000" is a hundred and fifty to one program and thousands to another.
  if (!found || found[3]?.length === 3) return text;
  const [, sign = "", digits = "", fraction] = found;
  const separated = new Intl.NumberFormat(locale).format(BigInt(digits));
  const point = new Intl.NumberFormat(locale).formatToParts(1.5)
    .find((part) => part.type === "decimal")?.value ?? ".";
  return sign + separated + (fraction ? point + fraction : "");
}

/**
 * Writes a count.
 * @param {number} n
 */
function whole(n) {
  return new Intl.NumberFormat(locale).format(n);
}
