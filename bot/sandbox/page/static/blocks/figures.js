// What drawings and tables of a chart share: its colours, its axes, and how its numbers read.

const NUMBERS = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });

/** The names of the six colours, which are classes of the drawing. */
export const COLOURS = ["one", "two", "three", "four", "five", "six"];

/** A number as it is shown: "12,500". */
export function shown(value) {
  return NUMBERS.format(value);
}

/** 0.256 → "26%". */
export function percent(part) {
  return `${Math.round(part * 100)}%`;
}

/** The axes of a plot: {categories, x_label, y_label}; categories that only a series names come last. */
export function axes({ axis_config: given, series }) {
  const named = series.flatMap((one) => one.data.map((point) => point.label));
  return { ...given, categories: [...new Set([...given.categories, ...named])] };
}
