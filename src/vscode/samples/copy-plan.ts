import type { Sample } from './samples';

/** A launch configuration as it stands in the samples' launch.json. */
export type Launch = Readonly<Record<string, unknown>>;

export interface CopyPlan {
  /** Names among the samples, and in the copy. */
  readonly files: readonly { readonly from: string; readonly to: string }[];
  /** Its own launch configurations: their `${workspaceFolder}` is the copy. */
  readonly launches: readonly Launch[];
}

const ROOT = '${workspaceFolder}/';

/** What a sample consists of. What its launch configurations need of other samples comes along. */
export function planCopy(
  sample: Sample,
  allFiles: readonly string[],
  allLaunches: readonly Launch[],
): CopyPlan {
  const folder = `${sample.id}/`;
  const files = new Map(
    allFiles
      .filter((name) => name.startsWith(folder))
      .map((name) => [name, name.slice(folder.length)]),
  );
  const move = (text: string): string => {
    if (!text.startsWith(ROOT)) return text;
    const name = text.slice(ROOT.length);
    const to = files.get(name) ?? name.slice(name.lastIndexOf('/') + 1);
    files.set(name, to);
    return ROOT + to;
  };
  const wanted = sample.configurations ?? [];
  const launches = allLaunches
    .filter(({ name }) => typeof name === 'string' && wanted.includes(name))
    .map((launch) => mapTexts(launch, move) as Launch);
  return { files: [...files].map(([from, to]) => ({ from, to })), launches };
}

/** The same value with each text in it replaced. */
export function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, replace));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, mapTexts(each, replace)]);
  return Object.fromEntries(entries) as object;
}
