import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The installed NASM as a reference for tests; only version 2.16, since newer ones choose some forms differently. */

export const NASM_VERSION = /version ([\d.]+)/.exec(
  spawnSync('nasm', ['-v'], { encoding: 'utf8' }).stdout ?? '',
)?.[1];

export const hasNasm = NASM_VERSION?.startsWith('2.16') ?? false;

/** What NASM makes of a source. */
export interface NasmResult {
  /** Undefined when there were errors. */
  readonly image: Uint8Array | undefined;
  /** Lines with errors, or with a word that NASM takes for a label without a colon; the first message of each. */
  readonly complaints: ReadonlyMap<number, string>;
}

/** A folder of its own for NASM's files. The caller closes it. */
export class NasmFolder {
  private readonly path = mkdtempSync(join(tmpdir(), 'ringside-nasm-'));

  close(): void {
    rmSync(this.path, { recursive: true });
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  assemble(source: string, options: readonly string[] = []): NasmResult {
    const input = this.write('in.asm', source);
    const output = join(this.path, 'out.bin');
    const flags = ['-w-all', '-w+label-orphan', '-f', 'bin', '-I', `${this.path}/`];
    const run = spawnSync('nasm', [...flags, ...options, input, '-o', output], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      cwd: this.path,
    });
    const complaints = new Map<number, string>();
    for (const [, line, message] of run.stderr.matchAll(
      /in\.asm:(\d+): (?:error|fatal|panic|warning): (.*)/g,
    )) {
      if (!complaints.has(Number(line))) complaints.set(Number(line), message ?? '');
    }
    const image = run.status === 0 ? new Uint8Array(readFileSync(output)) : undefined;
    return { image, complaints };
  }
}
