import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The installed NASM as a reference for tests; only version 2.16, since newer ones choose some forms differently. */

const version = spawnSync('nasm', ['-v'], { encoding: 'utf8' });

export const hasNasm = version.status === 0 && version.stdout.includes('version 2.16');

/** What NASM makes of a source. */
export interface NasmResult {
  /** Undefined when there were errors. */
  readonly image: Uint8Array | undefined;
  /** Lines with errors, or with a word that NASM takes for a label without a colon; the first message of each. */
  readonly complaints: ReadonlyMap<number, string>;
}

/** All warnings off but the one for a lone word, which is more likely an unknown instruction. */
const WARNINGS = ['-w-all', '-w+label-orphan'];

function complaintsIn(stderr: string): Map<number, string> {
  const complaints = new Map<number, string>();
  for (const [, line, message] of stderr.matchAll(
    /\.asm:(\d+): (?:error|fatal|panic|warning): (.*)/g,
  )) {
    if (!complaints.has(Number(line))) complaints.set(Number(line), message ?? '');
  }
  return complaints;
}

/** A folder of its own for NASM's files. The caller closes it. */
export class NasmFolder {
  private readonly path = mkdtempSync(join(tmpdir(), 'ringside-nasm-'));

  close(): void {
    rmSync(this.path, { recursive: true });
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.path, name), content);
  }

  private read(name: string): Uint8Array | undefined {
    const path = join(this.path, name);
    return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
  }

  private remove(name: string): void {
    rmSync(join(this.path, name), { force: true });
  }

  assemble(source: string, options: readonly string[] = []): NasmResult {
    this.write('in.asm', source);
    this.remove('out.bin');
    const args = [...WARNINGS, '-f', 'bin', ...options, 'in.asm', '-o', 'out.bin'];
    const run = spawnSync('nasm', args, {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      cwd: this.path,
      // NASM itself loops for ever on some sources.
      timeout: 20_000,
    });
    const image = run.status === 0 ? this.read('out.bin') : undefined;
    return { image, complaints: complaintsIn(run.stderr) };
  }

  /** Assembles many sources in one shell: starting each process from Node would cost more than NASM itself. */
  async assembleAll(sources: readonly string[]): Promise<NasmResult[]> {
    sources.forEach((source, i) => {
      this.write(`${i}.asm`, source);
      this.remove(`${i}.bin`);
    });
    const loop = `for i in $(seq 0 ${sources.length - 1}); do nasm ${WARNINGS.join(' ')} -f bin $i.asm -o $i.bin 2>$i.err; done`;
    const child = spawn('sh', ['-c', loop], { cwd: this.path, stdio: 'ignore' });
    await new Promise((done, reject) => {
      child.on('error', reject);
      child.on('close', done);
    });
    return sources.map((_source, i) => {
      const stderr = new TextDecoder().decode(this.read(`${i}.err`));
      return { image: this.read(`${i}.bin`), complaints: complaintsIn(stderr) };
    });
  }
}
