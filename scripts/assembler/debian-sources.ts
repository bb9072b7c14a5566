import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
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

/**
 * Compares the assembler with the installed NASM on the NASM sources in Debian's source packages:
 * `npm run assembler:debian [-- --keep FOLDER] [package…]`. The sources are fetched with `apt-get source` into a folder
 * of their own and never become part of the project. Both assemble to a flat image; what NASM itself refuses so (for
 * want of a linker, mostly) is left out with its reason.
 */

interface Package {
  readonly name: string;
  /** Folders below the package's that are searched for sources; the whole package by default. */
  readonly folders?: readonly string[];
  /** Folders for `-I`, below the package's. */
  readonly include?: readonly string[];
  readonly define?: Readonly<Record<string, string>>;
  /** For object files of so many bits: assembled behind STAND_ALONE. */
  readonly linked?: 32 | 64;
  /** Files that the package's own build would make, by what it has in its folder. */
  readonly generated?: Readonly<Record<string, (home: string) => string>>;
  /** The file that its configuration would make, with every switch of this pattern that the sources look at set. */
  readonly configured?: { readonly file: string; readonly switches: RegExp };
}

/** What makes a flat image of sources that are meant for a linker: a place for other files' symbols. */
const STAND_ALONE = `%imacro global 1+
%endmacro
%imacro extern 1-*
%rep %0
%ifndef extern_%1
%define extern_%1
[section .extern nobits]
%1: resb 16
__?SECT?__
%endif
%rotate 1
%endrep
%endmacro
`;

const X86INC = {
  ARCH_X86_64: '1',
  ARCH_X86_32: '0',
  HAVE_ALIGNED_STACK: '1',
  PIC: '1',
  HIGH_BIT_DEPTH: '0',
  BIT_DEPTH: '8',
};

/** Assembled before each source that is meant for a linker. */
const PRELUDE = 'ringside-stand-alone.inc';

/** Where red, green and blue stand in a pixel, and its size. */
const PIXELS = { RGB: '0123', RGBX: '0124', BGR: '2103', BGRX: '2104', XBGR: '3214', XRGB: '1234' };

const JPEG_VALUES = {
  ...{ DCTSIZE: 8, DCTSIZE2: 64, CENTERJSAMPLE: 128 },
  ...{ JSIMD_NONE: 0, JSIMD_MMX: 1, JSIMD_3DNOW: 2, JSIMD_SSE: 4, JSIMD_SSE2: 8, JSIMD_AVX2: 128 },
};

/** The package makes it with the C preprocessor, which only puts in the values. */
function jpegConfiguration(home: string): string {
  const header = readFileSync(join(home, 'simd/nasm/jsimdcfg.inc.h'), 'utf8').split('\n');
  const types = header.filter((line) => /^%define (?!_cpp)/.test(line));
  const pixels = Object.entries({ '': '0123', ...PIXELS }).flatMap(([order, places]) =>
    ['RED', 'GREEN', 'BLUE', 'PIXELSIZE'].map((what, i) => {
      const prefix = order === '' ? 'RGB' : `EXT_${order}`;
      return `%define ${prefix}_${what} ${places[i] ?? ''}`;
    }),
  );
  const values = Object.entries(JPEG_VALUES).map(([name, n]) => `%define ${name} ${n}`);
  return [...types, ...pixels, ...values, ''].join('\n');
}

const JPEG = {
  name: 'libjpeg-turbo',
  generated: { 'simd/nasm/jsimdcfg.inc': jpegConfiguration },
} as const;

const PACKAGES: readonly Package[] = [
  { name: 'nasm', folders: ['test'], include: ['test'] },
  { name: 'yasm' },
  {
    name: 'syslinux',
    include: ['core', 'memdisk', 'diag/geodsp'],
    define: { IS_LPXELINUX: '0', IS_PXELINUX: '0', IS_ISOLINUX: '0', IS_SYSLINUX: '1' },
    generated: {
      'version.gen': () =>
        [
          ...['%define VERSION_STR "6"', '%define VERSION_MAJOR 6', '%define VERSION_MINOR 4'],
          ...['%define DATE_STR "2026"', '%define DATE "2026"\n'],
        ].join('\n'),
    },
  },
  {
    ...JPEG,
    linked: 64,
    folders: ['simd/x86_64'],
    include: ['simd/nasm', 'simd/x86_64'],
    define: { ELF: '', __x86_64__: '', PIC: '' },
  },
  {
    ...JPEG,
    linked: 32,
    folders: ['simd/i386'],
    include: ['simd/nasm', 'simd/i386'],
    define: { ELF: '' },
  },
  { name: 'x264', linked: 64, include: ['.', 'common/x86'], define: { ...X86INC, PREFIX: '' } },
  {
    name: 'dav1d',
    linked: 64,
    include: ['src', 'include', 'build'],
    define: { PIC: '1' },
    generated: {
      'src/config.asm': () =>
        [
          '%define ARCH_X86_32 0\n%define ARCH_X86_64 1\n%define PIC 1\n%define STACK_ALIGNMENT 16',
          '%define FORCE_VEX_ENCODING 0\n%define private_prefix dav1d\n',
        ].join('\n'),
    },
  },
  {
    name: 'ffmpeg',
    linked: 64,
    include: ['.', 'libavutil/x86', 'libavcodec/x86', 'libavfilter/x86', 'libswscale/x86'],
    define: { PIC: '', ARCH_X86_64: '1', ARCH_X86_32: '0' },
    configured: { file: PRELUDE, switches: /\b(HAVE|CONFIG)_[A-Z0-9_]+\b/g },
  },
  {
    name: 'xvidcore',
    linked: 64,
    include: ['src', 'build/generic'],
    define: { ARCH_IS_X86_64: '', NO_PREFIX: '' },
  },
  { name: 'lame', linked: 32, include: ['libmp3lame/i386'] },
  {
    name: 'libvpx',
    linked: 64,
    include: ['.'],
    define: { VPX_ARCH_X86_64: '1', VPX_ARCH_X86: '0' },
    configured: { file: 'vpx_config.asm', switches: /\b(HAVE|CONFIG)_[A-Z0-9_]+\b/g },
  },
];

const NASM_NAMES = /\.(asm|nasm|nas)$/i;

/** The longest that NASM may take for one file. */
const TIMEOUT_MS = 30_000;

function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && NASM_NAMES.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
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
      writeFileSync(list, 'deb-src http://deb.debian.org/debian bookworm main\n');
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

/** Every switch that the sources look at, set. */
function configuration(home: string, switches: RegExp): string {
  const texts = sourcesIn(home).map((file) => readFileSync(file, 'latin1'));
  const names = new Set(texts.flatMap((text) => text.match(switches) ?? []));
  return [...names].map((name) => `%define ${name} 1\n`).join('');
}

/** Makes the files that the package's own build would have made. */
function prepare(home: string, { linked, generated, configured }: Package): void {
  if (linked) writeFileSync(join(home, PRELUDE), `bits ${linked}\n${STAND_ALONE}`);
  for (const [path, content] of Object.entries(generated ?? {}))
    writeFileSync(join(home, path), content(home));
  if (configured)
    appendFileSync(join(home, configured.file), configuration(home, configured.switches));
}

async function main(): Promise<void> {
  const { values, positionals: names } = parseArgs({
    options: { keep: { type: 'string' } },
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
    const files = (p.folders ?? ['.']).flatMap((dir) => sourcesIn(join(home, dir)));
    const count: Record<Outcome, number> = { equal: 0, different: 0, refused: 0, 'left out': 0 };
    const reasons = new Map<string, number>();
    for (const file of files) {
      const { file: shown, outcome, detail } = await compare(file, home, p);
      count[outcome]++;
      const reason = detail.replace(/`[^']*'/g, '…').replace(/\d+/g, 'n');
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
