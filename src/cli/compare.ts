import * as l10n from '@vscode/l10n';
import { labelled } from '../isa/phrases';
import { compareWays, type Comparison } from '../debugger/comparison/comparison';
import { regionsOf } from '../debugger/comparison/regions';
import { scoreboard } from '../debugger/comparison/scoreboard';
import { differenceText, holeText, partingText } from '../debugger/words/comparison';
import { exitStatus, firmwarePrograms } from '../session';
import { asCsv, asMarkdown, asText, gridForMachines, gridForPeople } from './comparison-grid';
import { comparisonJson } from './comparison-json';
import { usageError } from './errors';
import { parseCount, parseSize, writeOutput } from './files';
import { loadImage } from './image';
import { speak } from './translations';
import { requireImage, type ImageArguments } from './image-arguments';

export interface CompareOptions extends ImageArguments {
  readonly keys?: string;
  readonly maxInstructions: string;
  readonly regions?: boolean;
  readonly locale: string;
  readonly json?: string;
  readonly csv?: string;
  readonly markdown?: string;
}

const STATUS = {
  EQUIVALENT: 0,
  DIFFERENT: 1,
  UNDECIDED: exitStatus({ kind: 'instruction-limit' }),
};

/** `ringside compare`: 0 when the guest is the same in all ways, 1 when not, 3 when the limit came first. */
export async function compareCommand(
  path: string | undefined,
  options: CompareOptions,
): Promise<number> {
  requireImage(path, options);
  await speak(options.locale);
  const memory = parseSize(options.memory);
  const limit = parseCount(options.maxInstructions, 'no count: --max-instructions ');
  const { append, initrd, disk: disks, floppy: floppies, cdrom, bios, keys } = options;
  const loaded = await loadImage(path, { memory, append, initrd, disks, floppies, cdrom, bios });
  if (!loaded) return 2;
  const { image, program } = loaded;
  const regions = options.regions && program ? regionsOf(program) : [];
  if (options.regions && regions.length === 0) {
    throw usageError(
      l10n.t('{0}: no labels NAME.begin and NAME.end in its source', path ?? 'ringside'),
    );
  }
  const known = { programs: program ? [program] : [], firmware: firmwarePrograms(image) };
  const comparison = compareWays({ image, memory, limit, keys, known }, regions);
  await writeFiles(comparison, options);
  process.stdout.write(`${told(comparison, asText)}\n`);
  return statusOf(comparison);
}

function statusOf({ trials }: Comparison): number {
  if (trials.some(({ verdict }) => verdict === 'differs')) return STATUS.DIFFERENT;
  const undecided = trials.some(({ verdict }) => verdict === 'undecided');
  return undecided ? STATUS.UNDECIDED : STATUS.EQUIVALENT;
}

async function writeFiles(comparison: Comparison, options: CompareOptions): Promise<void> {
  const { json, csv, markdown } = options;
  if (json !== undefined) await writeOutput(json, comparisonJson(comparison));
  if (csv !== undefined) {
    await writeOutput(csv, asCsv(gridForMachines(comparison, scoreboard(comparison))));
  }
  if (markdown !== undefined) await writeOutput(markdown, `${told(comparison, asMarkdown)}\n`);
}

/** The scoreboard, and what is to be said of single ways. */
function told(comparison: Comparison, table: typeof asText): string {
  const tables = scoreboard(comparison).map((group) => table(gridForPeople(comparison, group)));
  const differing = comparison.trials.flatMap(({ way, differences, parting, holes }) => [
    ...differences.map((difference) => labelled(way.name, differenceText(difference))),
    ...(parting ? [labelled(way.name, partingText(parting))] : []),
    ...(differences.length > 0 ? holes.map((hole) => labelled(way.name, holeText(hole))) : []),
  ]);
  const notRun = comparison.refusals.map(({ way, reason }) =>
    labelled(way.name, labelled(l10n.t('cannot run this image'), reason)),
  );
  const note = l10n.t(
    'Cycles are a model’s: sums of published and estimated figures, no time measured.',
  );
  return [...tables, differing.join('\n'), notRun.join('\n'), note]
    .filter((part) => part !== '')
    .join('\n\n');
}
