/** The number of single-character edits (with transpositions) between two words, or `limit + 1` when above it. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}

/** The word of `words` that `word` was most likely meant to be, if any is near enough. */
export function closest(word: string, words: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let limit = wanted.length <= 3 ? 1 : 2;
  let best: string | undefined;
  for (const candidate of words) {
    if (candidate === word) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), limit);
    if (distance > limit) continue;
    if (best !== undefined && distance === limit) continue;
    best = candidate;
    limit = distance;
    if (distance === 0) break;
  }
  return best;
}

/** Some of the words that `word` may have been meant to be: the nearest first, those as near in their order. */
export function nearest(word: string, words: Iterable<string>, count: number): string[] {
  const wanted = word.toLowerCase();
  const limit = wanted.length <= 3 ? 1 : 2;
  return [...new Set(words)]
    .filter((candidate) => candidate !== word)
    .map((candidate) => ({
      candidate,
      distance: editDistance(wanted, candidate.toLowerCase(), limit),
    }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Answers kept by a Suggester. */
const KEPT = 1000;

/** `closest` among words that never change; a source may repeat its mistake a thousand times. */
export class Suggester {
  private words: readonly string[] | undefined;
  private readonly answers = new Map<string, string | undefined>();

  constructor(private readonly all: () => Iterable<string>) {}

  closest(word: string): string | undefined {
    if (this.answers.has(word)) return this.answers.get(word);
    const answer = closest(word, (this.words ??= [...this.all()]));
    if (this.answers.size >= KEPT) this.answers.clear();
    this.answers.set(word, answer);
    return answer;
  }
}
