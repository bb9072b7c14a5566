import { diagnoseText, diagnosisText, NoDump, reportJson } from '../doctor';
import { usageError } from './errors';
import { readInput, writeOutput } from './files';
import { speak } from './translations';

export interface VmcsOptions {
  readonly json?: string;
  readonly locale: string;
}

/** The largest text that is read. */
const MAX_TEXT = 64 * 2 ** 20;

/** `ringside vmcs`: 0 when a dump could be read, whatever it says. */
export async function vmcsCommand(path: string, options: VmcsOptions): Promise<number> {
  await speak(options.locale);
  const bytes = await readInput(path === '-' ? '/dev/stdin' : path, MAX_TEXT);
  const diagnoses = diagnosesOf(path, new TextDecoder().decode(bytes));
  if (options.json !== undefined) await writeOutput(options.json, reportJson(diagnoses));
  process.stdout.write(diagnoses.map(diagnosisText).join('\n'));
  return 0;
}

function diagnosesOf(path: string, text: string): ReturnType<typeof diagnoseText> {
  try {
    return diagnoseText(text);
  } catch (error) {
    if (error instanceof NoDump) throw usageError(`${path}: ${error.message}`);
    throw error;
  }
}
