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
  /** For object files: assembled behind STAND_ALONE. */
  readonly linked?: boolean;
  /** Files that the package's own build would make. */
  readonly generated?: Readonly<Record<string, string>>;
}

/** What makes a flat image of sources that are meant for a linker: 64-bit code, and a place for other files' symbols. */
const STAND_ALONE = `bits 64
%imacro global 1+
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

const FFMPEG_CONFIG = [
  ...['ARCH_X86 1', 'ARCH_X86_32 0', 'ARCH_X86_64 1', 'CONFIG_GPL 1', 'HAVE_ALIGNED_STACK 1'],
  ...['HAVE_CPUNOP 1', 'HAVE_MMX_EXTERNAL 1', 'HAVE_MMXEXT_EXTERNAL 1', 'HAVE_SSE_EXTERNAL 1'],
  ...['HAVE_SSE2_EXTERNAL 1', 'HAVE_SSE3_EXTERNAL 1', 'HAVE_SSSE3_EXTERNAL 1'],
  ...['HAVE_SSE4_EXTERNAL 1', 'HAVE_SSE42_EXTERNAL 1', 'HAVE_AVX_EXTERNAL 1'],
  ...['HAVE_XOP_EXTERNAL 1', 'HAVE_FMA3_EXTERNAL 1', 'HAVE_FMA4_EXTERNAL 1'],
  ...['HAVE_AVX2_EXTERNAL 1', 'HAVE_AVX512_EXTERNAL 1', 'HAVE_AVX512ICL_EXTERNAL 1'],
  ...['CONFIG_PIC 1', 'HAVE_3DNOW_EXTERNAL 0', 'CONFIG_MPEG4_DECODER 1', 'HAVE_XMM_CLOBBERS 1'],
]
  .map((line) => `%define ${line}\n`)
  .join('');

const PACKAGES: readonly Package[] = [
  { name: 'nasm', folders: ['test'], include: ['test'] },
  { name: 'yasm' },
  { name: 'syslinux', include: ['core', 'bios/core'] },
  {
    name: 'libjpeg-turbo',
    linked: true,
    include: ['simd/nasm', 'simd/x86_64', 'simd/i386'],
    define: { ELF: '', __x86_64__: '', PIC: '' },
    generated: { 'simd/nasm/jsimdcfg.inc': '' },
  },
  { name: 'x264', linked: true, include: ['.', 'common/x86'], define: { ...X86INC, PREFIX: '' } },
  {
    name: 'dav1d',
    linked: true,
    include: ['src', 'include', 'build'],
    define: { PIC: '1' },
    generated: {
      'src/config.asm': [
        '%define ARCH_X86_32 0\n%define ARCH_X86_64 1\n%define PIC 1\n%define STACK_ALIGNMENT 16',
        '%define FORCE_VEX_ENCODING 0\n%define private_prefix dav1d\n',
      ].join('\n'),
    },
  },
  {
    name: 'ffmpeg',
    linked: true,
    include: ['.', 'libavutil/x86', 'libavcodec/x86', 'libavfilter/x86', 'libswscale/x86'],
    define: { PIC: '' },
    generated: { 'config.asm': FFMPEG_CONFIG, 'config_components.asm': '' },
  },
  {
    name: 'xvidcore',
    linked: true,
    include: ['src', 'build/generic'],
    define: { ARCH_IS_X86_64: '', NO_PREFIX: '' },
  },
  { name: 'lame', linked: true, include: ['libmp3lame/i386'] },
  { name: 'libvpx', linked: true, include: ['.'], define: { PIC: '1' } },
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

const PRELUDE = 'ringside-stand-alone.inc';

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
    if (p.linked) writeFileSync(join(home, PRELUDE), STAND_ALONE);
    for (const [path, content] of Object.entries(p.generated ?? {}))
      if (!existsSync(join(home, path))) writeFileSync(join(home, path), content);
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
