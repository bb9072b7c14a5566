import * as l10n from '@vscode/l10n';
import { compareWays, type Comparison } from '../debugger/comparison/comparison';
import { comparisonJson } from '../debugger/comparison/json';
import { regionsOf } from '../debugger/comparison/regions';
import { comparisonCsv, comparisonMarkdown, comparisonText } from '../debugger/comparison/reports';
import { exitStatus, firmwarePrograms } from '../session';
import { usageError } from './errors';
import { parseCount, parseMemory, writeOutput } from './files';
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
  const memory = parseMemory(options.memory);
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
  process.stdout.write(`${comparisonText(comparison)}\n`);
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
  if (csv !== undefined) await writeOutput(csv, comparisonCsv(comparison));
  if (markdown !== undefined) await writeOutput(markdown, comparisonMarkdown(comparison));
}
