// Finds the known word that the user probably meant.

// A word of five letters may have one mistake, one of eight two.
const LETTERS_PER_MISTAKE = 3;
const MAX_MISTAKES = 3;
const MIN_PREFIX_LENGTH = 3;

/**
 * Finds the known word that is closest to a typed one, by the number of missing, extra, wrong or swapped
 * letters; failing that, one that begins like it.
 *
 * @returns undefined when no word is close
 */
export function suggestWord(typed: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  let best: string | undefined;
  let fewest = Math.min(MAX_MISTAKES, Math.max(1, Math.floor(typed.length / LETTERS_PER_MISTAKE))) + 1;
  for (const word of words) {
    const mistakes = countMistakes(typed.toLowerCase(), word);
    // A word of two letters is one mistake away from too many others.
    if (mistakes < fewest && mistakes < word.length - 1) [best, fewest] = [word, mistakes];
  }
  if (best !== undefined || typed.length < MIN_PREFIX_LENGTH) return best;
  return words.filter((word) => word.startsWith(typed)).sort((a, b) => a.length - b.length)[0];
}

/** The optimal string alignment distance: the Levenshtein distance, two swapped letters counted as one mistake. */
function countMistakes(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
  }
  return rows[a.length]![b.length]!;
}
