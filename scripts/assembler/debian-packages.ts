import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A source package with NASM sources, and what its own build would tell NASM. */
export interface Package {
  readonly name: string;
  /** Which of its sources, by their paths in the package; all by default. */
  readonly files?: RegExp;
  /** Folders for `-I`, below the package's. */
  readonly include?: readonly string[];
  readonly define?: Readonly<Record<string, string>>;
  /** For object files of so many bits: assembled behind STAND_ALONE. */
  readonly linked?: 32 | 64;
  /** Files that the package's own build would make, by what it has in its folder. */
  readonly generated?: Readonly<Record<string, (home: string) => string>>;
  /** The file that its configuration would make, with every switch of this pattern that the sources look at set. */
  readonly configured?: {
    readonly file: string;
    readonly switches: RegExp;
    readonly but?: readonly string[];
  };
  /** Definitions before each source, beside STAND_ALONE. */
  readonly prelude?: string;
}

/** What makes a flat image of sources that are meant for a linker: a place for other files' symbols. */
export const STAND_ALONE = `%imacro global 1+
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
export const PRELUDE = 'ringside-stand-alone.inc';

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

/** Firmware; its build takes ASM_PFX from the C compiler. */
const EDK2 = { name: 'edk2', prelude: '%define ASM_PFX(x) x\n' } as const;

const EDK2_INCLUDES = [
  ...['UefiCpuPkg/Include', 'UefiCpuPkg/Library/MpInitLib', 'IntelFsp2Pkg/Include'],
  ...['OvmfPkg/Include', 'OvmfPkg/TdxDxe/X64'],
];

const SWITCHES = /\b(HAVE|CONFIG)_[A-Z0-9_]+\b/g;

export const PACKAGES: readonly Package[] = [
  { name: 'nasm', files: /^test\//, include: ['test'] },
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
    files: /^simd\/x86_64\//,
    include: ['simd/nasm', 'simd/x86_64'],
    define: { ELF: '', __x86_64__: '', PIC: '' },
  },
  {
    ...JPEG,
    linked: 32,
    files: /^simd\/i386\//,
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
    configured: { file: PRELUDE, switches: SWITCHES, but: ['HAVE_CPUNOP'] },
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
    configured: { file: 'vpx_config.asm', switches: SWITCHES },
  },
  {
    ...EDK2,
    linked: 64,
    files: /\/X64\//,
    include: [...EDK2_INCLUDES, 'MdePkg/Include/X64'],
  },
  {
    ...EDK2,
    linked: 32,
    files: /\/Ia32\//,
    include: [...EDK2_INCLUDES, 'MdePkg/Include/Ia32'],
  },
  {
    name: 'x265',
    linked: 64,
    include: ['source/common/x86'],
    define: { ...X86INC, X265_NS: 'x265', PREFIX: '' },
  },
  {
    name: 'svt-av1',
    linked: 64,
    include: ['Source/Lib/Encoder/ASM_SSE2', 'Source/Lib/Common/ASM_SSE2'],
    define: { ...X86INC, UNIX64: '' },
  },
  {
    name: 'openh264',
    linked: 64,
    files: /^codec\//,
    include: ['codec/common/x86'],
    define: { UNIX64: '', PIC: '' },
  },
  {
    name: 'libass',
    linked: 64,
    include: ['.', 'libass'],
    define: { ...X86INC, private_prefix: 'ass' },
  },
  {
    name: 'intel-ipsec-mb',
    linked: 64,
    files: /^lib\//,
    include: ['lib', 'lib/include'],
    define: { LINUX: '' },
  },
];
