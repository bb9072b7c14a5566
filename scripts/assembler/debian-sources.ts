import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assemble, type Assembly } from '../../src/program';
import { PACKAGES, PRELUDE, STAND_ALONE, type Package } from './debian-packages';

/**
 * Compares the assembler with the installed NASM on the NASM sources in Debian's source packages:
 * `npm run assembler:debian [-- --keep FOLDER] [--verbose] [package…]`. The sources are fetched with `apt-get source` into a folder
 * of their own and never become part of the project. Both assemble to a flat image; what NASM itself refuses so (for
 * want of a linker, mostly) is left out with its reason.
 */

const NASM_NAMES = /\.(asm|nasm|nas)$/i;

/** The longest that NASM may take for one file. */
const TIMEOUT_MS = 30_000;

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && NASM_NAMES.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The place that this machine takes its release from, without later updates, as a place of sources. */
function sourceLists(): string {
  const format = 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)';
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', format], {
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').filter((line) => /^deb-src \S+ [a-z]+ main$/.test(line));
  return `${[...new Set(lines)].join('\n')}\n`;
}

/** Fetches a source package and gives back its folder; undefined when that fails. */
function fetch(name: string, root: string): string | undefined {
  const home = join(root, name);
  mkdirSync(home, { recursive: true });
  const unpacked = (): string | undefined =>
    readdirSync(home, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name;
  if (unpacked() === undefined) {
    const list = join(root, 'sources.list');
    const lists = join(root, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const options = [
      ...['-qq', '-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=/dev/null'],
      ...['-o', `Dir::State::lists=${lists}`, '-o', 'APT::Sandbox::User=root'],
    ];
    if (!existsSync(list)) {
      writeFileSync(list, sourceLists());
      spawnSync('apt-get', [...options, 'update'], { stdio: 'inherit' });
    }
    spawnSync('apt-get', [...options, 'source', name], { cwd: home, stdio: 'ignore' });
  }
  const folder = unpacked();
  return folder === undefined ? undefined : join(home, folder);
}

type Outcome = 'equal' | 'different' | 'refused' | 'left out';

interface Result {
  readonly file: string;
  readonly outcome: Outcome;
  readonly detail: string;
}

/** What NASM makes of a file, or why it makes nothing of it. */
function reference(file: string, cwd: string, flags: readonly string[]): Uint8Array | string {
  const output = join(tmpdir(), `ringside-${process.pid}.bin`);
  const run = spawnSync('nasm', ['-w-all', '-f', 'bin', ...flags, file, '-o', output], {
    cwd,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 2 ** 26,
  });
  if (run.status === 0) return new Uint8Array(readFileSync(output));
  if (run.signal) return 'nasm does not end';
  const [first = 'no message'] = run.stderr.split('\n').filter((line) => /error|fatal/.test(line));
  return first.replace(/^.*?(error|fatal): /, '');
}

async function ours(file: string, cwd: string, p: Package, root: string): Promise<Assembly> {
  return assemble(
    file,
    { read: (path) => Promise.resolve(new Uint8Array(readFileSync(resolve(cwd, path)))) },
    {
      defines: p.define ?? {},
      preincludes: p.linked ? [PRELUDE] : [],
      includeDirs: ['.', ...(p.include ?? []).map((dir) => relative(cwd, join(root, dir)))],
      environment: process.env,
    },
  );
}

async function compare(file: string, root: string, p: Package): Promise<Result> {
  const cwd = p.name === 'nasm' ? dirname(file) : root;
  const name = relative(cwd, file);
  const flags = [
    ...Object.entries(p.define ?? {}).map(([key, value]) => `-D${key}=${value}`),
    ...(p.include ?? []).map((dir) => `-I${join(root, dir)}/`),
  ];
  if (p.linked) flags.push('-P', PRELUDE);
  const wanted = reference(name, cwd, flags);
  const shown = relative(root, file);
  if (typeof wanted === 'string') return { file: shown, outcome: 'left out', detail: wanted };
  const assembly = await ours(name, cwd, p, root);
  const error = assembly.diagnostics.find((d) => d.severity === 'error');
  if (error) {
    const detail = `${error.file}:${error.line}: ${error.message}`;
    return { file: shown, outcome: 'refused', detail };
  }
  const at = assembly.image.findIndex((byte, i) => byte !== wanted[i]);
  if (at < 0 && assembly.image.length === wanted.length)
    return { file: shown, outcome: 'equal', detail: '' };
  const offset = BigInt(at < 0 ? Math.min(assembly.image.length, wanted.length) : at);
  const place = assembly.lines.atLoad(assembly.origin + offset)?.chain[0];
  const lengths = `${assembly.image.length} for ${wanted.length} bytes`;
  const where = place ? `${place.file}:${place.line}` : '?';
  return { file: shown, outcome: 'different', detail: `byte ${offset}, ${where}, ${lengths}` };
}

/** Every switch that the sources look at, set but for some. */
function configuration(
  home: string,
  { switches, but }: NonNullable<Package['configured']>,
): string {
  const texts = sourcesIn(home).map((file) => readFileSync(file, 'latin1'));
  const names = new Set(texts.flatMap((text) => text.match(switches) ?? []));
  return [...names].map((name) => `%define ${name} ${but?.includes(name) ? 0 : 1}\n`).join('');
}

/** Makes the files that the package's own build would have made. */
function prepare(home: string, { linked, generated, configured, prelude = '' }: Package): void {
  const made = new Map(Object.entries(generated ?? {}).map(([path, make]) => [path, make(home)]));
  if (linked) made.set(PRELUDE, `bits ${linked}\n${STAND_ALONE}${prelude}`);
  if (configured)
    made.set(configured.file, (made.get(configured.file) ?? '') + configuration(home, configured));
  for (const [path, content] of made) writeFileSync(join(home, path), content);
}

async function main(): Promise<void> {
  const { values, positionals: names } = parseArgs({
    options: { keep: { type: 'string' }, verbose: { type: 'boolean' } },
    allowPositionals: true,
  });
  const root = resolve(values.keep ?? mkdtempSync(join(tmpdir(), 'ringside-debian-')));
  mkdirSync(root, { recursive: true });
  const wanted = PACKAGES.filter((p) => names.length === 0 || names.includes(p.name));
  const rows: string[] = [];
  let failed = false;
  for (const p of wanted) {
    const home = fetch(p.name, root);
    if (home === undefined) {
      console.log(`${p.name}: the source package cannot be fetched`);
      continue;
    }
    prepare(home, p);
    const files = sourcesIn(home).filter((file) => p.files?.test(relative(home, file)) ?? true);
    const count: Record<Outcome, number> = { equal: 0, different: 0, refused: 0, 'left out': 0 };
    const reasons = new Map<string, number>();
    for (const file of files) {
      const { file: shown, outcome, detail } = await compare(file, home, p);
      count[outcome]++;
      const reason = detail.replace(/`[^']*'/g, '…').replace(/\d+/g, 'n');
      if (values.verbose && outcome === 'left out') console.log(`${p.name}/${shown}: ${detail}`);
      if (outcome === 'left out') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      else if (outcome !== 'equal') {
        failed = true;
        console.log(`${p.name}/${shown}: ${outcome}: ${detail}`);
      }
    }
    const left = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, n]) => `${n} × ${reason}`);
    const { equal, different, refused } = count;
    rows.push(
      [p.name, files.length, equal, different, refused, count['left out']].join(' | ') +
        ` | ${left.slice(0, 3).join('; ')}`,
    );
  }
  console.log('\npackage | files | equal | different | refused | left out | why left out, mostly');
  for (const row of rows) console.log(row);
  process.exitCode = failed ? 1 : 0;
}

void main();
