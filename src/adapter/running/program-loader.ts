import * as l10n from '@vscode/l10n';
import {
  assemble,
  fileTroubleText,
  isFileTrouble,
  plainName,
  type Assembly,
  type Diagnostic,
} from '../../program';
import { breathe, type AdapterHost } from '../host';
import type { BootSettings } from './guest-attributes';
import { CustomEvent, type DiagnosticsEventBody } from '../protocol';
import { RequestError } from '../request-error';

/** The assembler goes on for so long (milliseconds) before others have their turn. */
const TURN = 20;

export type Send = (event: string, body: unknown) => void;

/**
 * Assembles a program of a launch. What the assembler has to say is sent as an event.
 *
 * @throws RequestError with one message when the program cannot be run, and the signal's reason when it is called off
 */
export async function assembleProgram(
  path: string,
  settings: BootSettings,
  host: AdapterHost,
  send: Send,
  signal: AbortSignal,
): Promise<Assembly> {
  const { defines } = settings;
  // Clients know the file by its plain name.
  const program = /[/\\]\.\.?[/\\]/.test(path) ? plainName(host.files, path) : path;
  checkText(program, await readFile(program, host));
  const last = host.workingFolder === undefined ? [] : [host.workingFolder];
  const includeDirs = [...settings.includeDirs, ...last];
  const pause = pauses(host, signal);
  const assembly = await assemble(program, host.files, { defines, includeDirs, pause });
  signal.throwIfAborted();
  const errors = assembly.diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const failure = first && failureText(program, first, errors.length);
  const body = diagnosticsBody(assembly);
  send(CustomEvent.DIAGNOSTICS, failure === undefined ? body : { ...body, failure });
  if (failure !== undefined) throw new RequestError(failure);
  checkImage(program, assembly, settings);
  return assembly;
}

/** Between two steps of the assembler: others' turn when it is time, and the end when it is called off. */
function pauses(host: AdapterHost, signal: AbortSignal): () => Promise<void> {
  let lastTurn = performance.now();
  return async () => {
    if (performance.now() - lastTurn < TURN) return;
    await breathe(host);
    signal.throwIfAborted();
    lastTurn = performance.now();
  };
}

const fileName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** @throws RequestError that says what is wrong with the file */
export async function readFile(path: string, host: AdapterHost): Promise<Uint8Array> {
  return host.files.read(path).catch((error: unknown) => {
    throw new RequestError(unreadable(path, error), true);
  });
}

function checkText(program: string, bytes: Uint8Array): void {
  if (bytes.includes(0)) {
    throw new RequestError(
      l10n.t('{0} is a binary file, not assembly text.', fileName(program)),
      true,
    );
  }
}

function unreadable(program: string, error: unknown): string {
  if (!isFileTrouble(error)) return l10n.t('{0} cannot be read.', program);
  if (error.kind === 'missing') return l10n.t('There is no file {0}.', program);
  if (error.kind === 'folder') return l10n.t('{0} is a folder, not an assembly file.', program);
  return fileTroubleText(program, error);
}

function failureText(program: string, first: Diagnostic, count: number): string {
  const place = `${fileName(first.file)}:${String(first.line)}:${String(first.column)}`;
  const name = fileName(program);
  return count === 1
    ? l10n.t('{0} was not assembled. {1}: {2}', name, place, first.message)
    : l10n.t(
        '{0} was not assembled: {1} errors. The first, {2}: {3}',
        name,
        count,
        place,
        first.message,
      );
}

function checkImage(program: string, { image, origin }: Assembly, { memory }: BootSettings): void {
  const name = fileName(program);
  if (image.length === 0) {
    throw new RequestError(l10n.t('{0} is empty: it gives not one byte of code.', name), true);
  }
  const org = `0x${origin.toString(16)}`;
  if (origin < BigInt(memory) && origin + BigInt(image.length) > BigInt(memory)) {
    throw new RequestError(
      l10n.t(
        '{0} needs {1} bytes from {2} on, which is more than the guest has memory.',
        name,
        image.length,
        org,
      ),
      true,
    );
  }
}

export function diagnosticsBody({ files, diagnostics }: Assembly): DiagnosticsEventBody {
  return {
    files: [...files],
    diagnostics: diagnostics.map((diagnostic) => {
      const { file, line, column, endColumn, severity, message, related } = diagnostic;
      return {
        file,
        line,
        column,
        endColumn,
        severity,
        message,
        ...(related && { related: related.map((place) => ({ ...place })) }),
      };
    }),
  };
}
