import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** The path under which a client sees the monitor's files. */
const FOLDER = 'ringside/';
/** An operation is yielded here: `yield vmread(…)`, but not `yield* handler()`. */
const OPERATION = /\byield\s+[^*\s]/;

/** The monitor's own TypeScript files, which no client can open by path. References are stable. */
export class MonitorSources {
  private readonly files: readonly string[];

  constructor(private readonly texts: Readonly<Record<string, string>>) {
    this.files = Object.keys(texts).sort();
  }

  get all(): DebugProtocol.Source[] {
    return this.files.map((file) => this.source(file));
  }

  source(file: string): DebugProtocol.Source {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const reference = this.files.indexOf(file) + 1;
    return {
      name,
      path: `${FOLDER}${file}`,
      origin: l10n.t('Ringside’s monitor'),
      ...(reference > 0 && { sourceReference: reference }),
    };
  }

  /** The file that a client's source means; undefined when it is none of these. */
  fileOf({ path, sourceReference }: DebugProtocol.Source): string | undefined {
    const byPath = this.files.find((file) => path?.endsWith(`${FOLDER}${file}`));
    return byPath ?? this.files[(sourceReference ?? 0) - 1];
  }

  text(file: string): string | undefined {
    return this.texts[file];
  }

  /** Lines with operations, at which the monitor can stop. */
  operationLines(file: string): number[] {
    const lines = (this.texts[file] ?? '').split('\n');
    return lines.flatMap((line, n) =>
      OPERATION.test(line) && !/^\s*\/?\*/.test(line) ? [n + 1] : [],
    );
  }
}
