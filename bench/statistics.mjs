// Medians and spread of the rounds.
const quantile = (sorted, q) => sorted[Math.round(q * (sorted.length - 1))];
const sorted = (values) => [...values].sort((a, b) => a - b);

export const median = (values) => quantile(sorted(values), 0.5);

/** Half of what lies between the quartiles, as a share of the median. */
export function spread(values) {
  const inOrder = sorted(values);
  return (quantile(inOrder, 0.75) - quantile(inOrder, 0.25)) / 2 / quantile(inOrder, 0.5);
}

export const geometricMean = (values) => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
